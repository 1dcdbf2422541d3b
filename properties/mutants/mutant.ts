/**
 * A known bug, put back: as a few words of one file that read otherwise, as a named guard or rule
 * of the machine, through its own `provide`, or as one method of one part beside it.
 */
import { server } from '../../machines/server.js';
import type { Schedule } from '../../sim/schedule.js';
import type { TextChange } from './textChange.js';

export interface Mutant {
  /** Under which number the field discusses it; those of our own begin with their topic. */
  readonly id: string;
  /** The bug, in one sentence. */
  readonly bug: string;
  /** The laws that it breaks; none, where no run of a cluster has shown it. */
  readonly breaks: readonly string[];
  /** What reads otherwise. */
  readonly text?: readonly TextChange[];
  readonly machine?: typeof server;
  readonly part?: Replacement;
  /** Where random search meets it too seldom: a schedule that is made for it. */
  readonly pinned?: Schedule<number>;
  /** The test that fails, where no law can. */
  readonly unitTest?: string;
}

type Method = (this: any, ...given: any[]) => unknown;

/** A method in place of another one. */
export interface Replacement {
  /** The prototype of the class. */
  readonly of: object;
  readonly method: string;
  readonly by: (original: Method) => Method;
}

/** The server's machine with other guards or rules under their names. */
export function provide(implementations: object): typeof server {
  return server.provide(implementations as never) as typeof server;
}

/** Runs `run` while the bug is there; afterwards it is gone again. Texts stay as they are. */
export function withMutant<T>({ part }: Pick<Mutant, 'part'>, run: () => T): T {
  if (part === undefined) return run();
  const methods = part.of as Record<string, Method>;
  const original = methods[part.method]!;
  methods[part.method] = part.by(original);
  try {
    return run();
  } finally {
    methods[part.method] = original;
  }
}
