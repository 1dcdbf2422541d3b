/**
 * A change of a few words in one file, as a mutant makes it: `find` must be there exactly once.
 * Blanks do not count, so that the same change fits a source and what the compiler makes of it.
 */

export interface TextChange {
  /** The source, such as `machines/quorum.ts`. */
  readonly file: string;
  /** What stands there; without types, which the compiler leaves out. */
  readonly find: string;
  readonly replace: string;
}

/** `text` with the change; a RangeError that names the file, unless it fits exactly once. */
export function changeText(text: string, { file, find, replace }: TextChange): string {
  const places = [...text.matchAll(patternOf(find))];
  const [place] = places;
  if (place === undefined || places.length > 1) {
    throw new RangeError(`${file}: ${places.length} places read "${find}", and not exactly one`);
  }
  return text.slice(0, place.index) + replace + text.slice(place.index + place[0].length);
}

/** The words and signs of `find`, with any blanks between them. */
function patternOf(find: string): RegExp {
  const parts = find.match(/\w+|[^\w\s]/gu) ?? [];
  const pattern = parts.map((part, at) => {
    const escaped = part.replace(/[$()*+./?[\\\]^{|}]/u, '\\$&');
    const areWords = at > 0 && /^\w/u.test(part) && /^\w/u.test(parts[at - 1]!);
    return `${at === 0 ? '' : areWords ? '\\s+' : '\\s*'}${escaped}`;
  });
  return new RegExp(pattern.join(''), 'gu');
}
