/**
 * Redis's glob patterns, as in CONFIG GET and COMMAND LIST: `*`, `?`, `[abc]`, `[^a-z]`, and a
 * backslash before what means itself.
 */

/**
 * Whether all of `text` matches, upper and lower case alike. Takes time in proportion to both
 * lengths' product.
 */
export function globMatch(pattern: string, text: string): boolean {
  const tokens = parse(pattern.toLowerCase());
  const characters = text.toLowerCase();
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = tokens[token];
    if (current === 'any') {
      starToken = token++;
      starAt = at;
    } else if (current?.(characters[at]!) === true) {
      token++;
      at++;
    } else if (starToken >= 0) {
      // The last star takes one character more; earlier ones need not be tried again.
      token = starToken + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (tokens[token] === 'any') token++;
  return token === tokens.length;
}

type Token = 'any' | ((character: string) => boolean);

function parse(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') {
      tokens.push('any');
    } else if (character === '?') {
      tokens.push(() => true);
    } else if (character === '[') {
      const close = closing(pattern, at);
      tokens.push(oneOf(pattern.slice(at + 1, close)));
      at = close;
    } else {
      if (character === '\\' && at + 1 < pattern.length) at++;
      const literal = pattern[at]!;
      tokens.push((other) => other === literal);
    }
  }
  return tokens;
}

/** Position of the bracket that closes the one at `open`, or the end. */
function closing(pattern: string, open: number): number {
  for (let at = open + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}

function oneOf(content: string): (character: string) => boolean {
  const isNegated = content.startsWith('^');
  const ranges: [string, string][] = [];
  for (let at = isNegated ? 1 : 0; at < content.length; at++) {
    if (content[at] === '\\' && at + 1 < content.length) at++;
    const low = content[at]!;
    const isRange = content[at + 1] === '-' && at + 2 < content.length;
    const high = isRange ? content[at + 2]! : low;
    ranges.push(low <= high ? [low, high] : [high, low]);
    if (isRange) at += 2;
  }
  return (character) =>
    ranges.some(([low, high]) => character >= low && character <= high) !== isNegated;
}
