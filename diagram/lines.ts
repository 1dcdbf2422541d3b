/**
 * Lines of text in a picture: how wide they are, and where they break.
 *
 * A picture is laid out where it is made and read where other fonts are installed. So every text
 * but a state's name is set in a fixed-width face, and `characterWidth` is the widest that is
 * common: no text is ever clipped.
 */

/** What a piece of text is; the theme gives each its colour. */
export type Tone = 'name' | 'event' | 'guard' | 'rule' | 'target' | 'hint';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** Pieces of text, one space between each two. */
export type Line = readonly Span[];

/** Of common fixed-width faces, the widest is this wide, in parts of the font size. */
const characterWidth = 0.62;
/**
 * Names are set in a bold proportional face: so wide are its letters on average, and its widest.
 */
const nameCharacterWidth = 0.68;
const wideWidth = 1.1;

function widthOfSpan({ text, tone }: Span, fontSize: number): number {
  const usual = tone === 'name' ? nameCharacterWidth : characterWidth;
  const wide = tone === 'name' ? /[mwMW\u2e80-\u{10ffff}]/u : /[\u2e80-\u{10ffff}]/u;
  return Array.from(text).reduce(
    (sum, c) => sum + (wide.test(c) ? wideWidth : usual) * fontSize,
    0,
  );
}

/** Width of a line, in the unit of `fontSize`. */
export function widthOf(line: Line, fontSize: number): number {
  const spaces = Math.max(0, line.length - 1) * characterWidth * fontSize;
  return line.reduce((width, span) => width + widthOfSpan(span, fontSize), spaces);
}

/** Width of the widest line; 0 if there is none. */
export function widthOfAll(lines: readonly Line[], fontSize: number): number {
  return Math.max(0, ...lines.map((line) => widthOf(line, fontSize)));
}

/**
 * Breaks a line between spans, and a span that is too long by itself inside, at `lengthMax`
 * characters.
 */
export function wrap(line: Line, lengthMax: number): readonly Line[] {
  const lines: Span[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const span of line.flatMap((whole) => piecesOf(whole, lengthMax))) {
    const more = span.text.length + 1;
    if (length + more > lengthMax) {
      lines.push([]);
      length = -1;
    }
    lines.at(-1)!.push(span);
    length += more;
  }
  return lines;
}

function piecesOf({ text, tone }: Span, lengthMax: number): readonly Span[] {
  const pieces: Span[] = [];
  for (let rest = text; rest !== ''; ) {
    const piece = rest.slice(0, breakIn(rest, lengthMax));
    pieces.push({ text: piece.trimEnd(), tone });
    rest = rest.slice(piece.length);
  }
  return pieces;
}

/**
 * Where to break: after the last space, point or hyphen, or before the last capital; else anywhere.
 */
function breakIn(text: string, lengthMax: number): number {
  if (text.length <= lengthMax) return text.length;
  const found = /^.+(?:[\s.\-_,]|(?=\p{Lu}))/u.exec(text.slice(0, lengthMax + 1));
  return found === null ? lengthMax : Math.min(found[0].length, lengthMax);
}

/** How many characters of text fit into `width`. */
export function charactersIn(width: number, fontSize: number): number {
  return Math.max(1, Math.floor(width / (characterWidth * fontSize)));
}
