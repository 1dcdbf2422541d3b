/**
 * The loader of mutants, a module hook of Node: serves other sources in place of some files. It
 * runs on the thread of the hooks; `register` gives it the sources, by the URLs of the files.
 */
import type { LoadHook } from 'node:module';

let mutantSources: Readonly<Record<string, string>> = {};

export function initialize(sources: Readonly<Record<string, string>>): void {
  mutantSources = sources;
}

export const load: LoadHook = (url, context, nextLoad) => {
  const source = mutantSources[url];
  if (source === undefined) return nextLoad(url, context);
  return { format: 'module', source, shortCircuit: true };
};
