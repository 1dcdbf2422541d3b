/** Finds where a text ceases to be JSON: what engines say of that differs, and often lacks it. */

/** Where and how a text is no JSON. */
export interface SyntaxFlaw {
  /** From 1 on. */
  readonly line: number;
  /** What is there, and what may be: `there is ] where a value has to be`. */
  readonly flaw: string;
}

/** What may come next. */
type Next = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

const wanted: Readonly<Record<Next, string>> = {
  value: 'a value',
  valueOrEnd: 'a value or ]',
  name: 'a name in quotes',
  nameOrEnd: 'a name in quotes or }',
  colon: 'a colon',
  commaOrEnd: 'a comma or the end of the list or object',
  nothing: 'the end',
};

const space = /[ \t\n\r]*/uy;
/** A mark, a word or number, or the beginning of a text. */
const token = /[{}[\],:"]|[^\s{}[\],:"]+/uy;
const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/u;

/** The first flaw of a text that `JSON.parse` refuses. */
export function syntaxFlaw(text: string): SyntaxFlaw {
  const opened: ('[' | '{')[] = [];
  let next: Next = 'value';
  let at = 0;
  for (;;) {
    at = matched(space, text, at);
    const end = at < text.length ? endOfToken(text, at) : undefined;
    if (end === undefined) return flawAt(text, at, wanted[next]);
    const after: Next | undefined = nextAfter(text.slice(at, end), next, opened);
    if (after === undefined) return flawAt(text, at, wanted[next]);
    next = after;
    at = end;
  }
}

/** What may come after this; undefined if this itself may not come. */
function nextAfter(found: string, next: Next, opened: ('[' | '{')[]): Next | undefined {
  const inside = opened.at(-1);
  switch (found) {
    case '[':
    case '{':
      if (next !== 'value' && next !== 'valueOrEnd') return undefined;
      opened.push(found);
      return found === '[' ? 'valueOrEnd' : 'nameOrEnd';
    case ']':
      if (inside !== '[' || (next !== 'valueOrEnd' && next !== 'commaOrEnd')) return undefined;
      opened.pop();
      return afterValue(opened);
    case '}':
      if (inside !== '{' || (next !== 'nameOrEnd' && next !== 'commaOrEnd')) return undefined;
      opened.pop();
      return afterValue(opened);
    case ',':
      if (next !== 'commaOrEnd') return undefined;
      return inside === '[' ? 'value' : 'name';
    case ':':
      return next === 'colon' ? 'value' : undefined;
    default:
      if (found.startsWith('"') && (next === 'name' || next === 'nameOrEnd')) return 'colon';
      return next === 'value' || next === 'valueOrEnd' ? afterValue(opened) : undefined;
  }
}

function afterValue(opened: readonly string[]): Next {
  return opened.length === 0 ? 'nothing' : 'commaOrEnd';
}

/** Where the token at `at` ends; undefined if it is none. */
function endOfToken(text: string, at: number): number | undefined {
  if (text[at] === '"') return endOfText(text, at);
  const end = matched(token, text, at);
  const found = text.slice(at, end);
  return /^[{}[\],:]$/u.test(found) || scalar.test(found) ? end : undefined;
}

/** Where the text in quotes at `at` ends; undefined if it does not, or is wrongly written. */
function endOfText(text: string, at: number): number | undefined {
  for (let end = at + 1; end < text.length && text[end]! >= ' '; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '"') return isText(text.slice(at, end + 1)) ? end + 1 : undefined;
  }
  return undefined;
}

function isText(quoted: string): boolean {
  try {
    JSON.parse(quoted);
    return true;
  } catch {
    return false;
  }
}

function matched(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function flawAt(text: string, at: number, right: string): SyntaxFlaw {
  const line = text.slice(0, at).split('\n').length;
  return { line, flaw: `this is no JSON: ${foundAt(text, at)} where ${right} has to be` };
}

function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'it ends';
  if (text[at] === '"' && endOfText(text, at) === undefined) {
    return 'there is a text that has no end on its line, or a wrong mark after \\,';
  }
  const near = text.slice(at, at + 20);
  return `there is ${/^(?:[{}[\],:]|[^\s{}[\],:]+|.)/su.exec(near)![0]}`;
}
