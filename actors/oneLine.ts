/**
 * Foreign text in messages to people: what came over the wire must not be able to forge lines of a
 * log, or fill it.
 */

/** `text` with everything unprintable as `?`, cut to `lengthMax` characters. */
export function oneLine(text: string, lengthMax = 300): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}

/** A name that someone else chose, in quotes. */
export function quoted(name: string): string {
  return `"${oneLine(name, 64)}"`;
}
