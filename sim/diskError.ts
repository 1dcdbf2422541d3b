/** What a simulated disk answers with where an operation cannot be: errors as the platform's. */

const sentences = {
  ENOENT: 'no such file',
  EEXIST: 'the file exists already',
  ENOSPC: 'no space is left',
} as const;

export function diskError(path: string, code: keyof typeof sentences): Error {
  return Object.assign(new Error(`${path}: ${sentences[code]}`), { code });
}
