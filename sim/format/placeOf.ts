/** Finds where in a text of JSON a value stands, so that people find it, too. */

/** What a name or a list leads to, from the place where it begins. */
type Path = readonly (string | number)[];

/** The line, from 1 on, on which the value at this path begins; as far down as there is one. */
export function lineOf(json: string, path: Path): number {
  return json.slice(0, placeOf(json, path)).split('\n').length;
}

/** The offset at which the value at this path of valid JSON begins; as far down as there is one. */
export function placeOf(json: string, path: Path): number {
  let at = skipSpace(json, 0);
  for (const part of path) {
    const next = json[at] === '{' ? member(json, at, part) : item(json, at, part);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Where the value of a member of the object at `at` begins. */
function member(json: string, at: number, name: string | number): number | undefined {
  let next = skipSpace(json, at + 1);
  while (json[next] === '"') {
    const end = endOf(json, next);
    const value = skipSpace(json, skipSpace(json, end) + 1);
    if (JSON.parse(json.slice(next, end)) === name) return value;
    next = afterComma(json, endOf(json, value));
  }
  return undefined;
}

/** Where an item of the list at `at` begins. */
function item(json: string, at: number, number: string | number): number | undefined {
  if (json[at] !== '[' || typeof number !== 'number') return undefined;
  let next = skipSpace(json, at + 1);
  for (let passed = 0; passed < number; passed++) {
    if (json[next] === ']') return undefined;
    next = afterComma(json, endOf(json, next));
  }
  return json[next] === ']' ? undefined : next;
}

/** The offset behind the value that begins at `at`. */
function endOf(json: string, at: number): number {
  let depth = 0;
  let next = at;
  do {
    if (json[next] === '"') next = endOfText(json, next);
    else {
      if (json[next] === '{' || json[next] === '[') depth++;
      else if (json[next] === '}' || json[next] === ']') depth--;
      next++;
    }
  } while (next < json.length && (depth > 0 || !/[\s,\]}:]/u.test(json[next]!)));
  return next;
}

function endOfText(json: string, at: number): number {
  let next = at + 1;
  while (next < json.length && json[next] !== '"') next += json[next] === '\\' ? 2 : 1;
  return next + 1;
}

function skipSpace(json: string, at: number): number {
  let next = at;
  while (/\s/u.test(json[next] ?? '')) next++;
  return next;
}

function afterComma(json: string, at: number): number {
  const next = skipSpace(json, at);
  return json[next] === ',' ? skipSpace(json, next + 1) : next;
}
