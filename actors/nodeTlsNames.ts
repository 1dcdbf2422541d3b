/**
 * The names of servers in a certificate, out of the one text in which Node gives all its names.
 */

/**
 * One name. Node puts those that contain a comma or a quote in quotes, as JSON: without heed to
 * that, one long name could pass for several.
 */
const name = /(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)/uy;

/** The `raftchart:` URIs in a subject alternative name; none if it cannot be read to its end. */
export function tlsNames(subjectAltName: string | undefined): ReadonlySet<string> {
  const text = subjectAltName ?? '';
  const names = new Set<string>();
  let at = 0;
  while (at < text.length) {
    name.lastIndex = at;
    const match = name.exec(text);
    if (match === null) return new Set();
    const [whole, kind = '', value = ''] = match;
    if (kind === 'URI' && value.startsWith('raftchart://')) names.add(value);
    at += whole.length;
  }
  return names;
}
