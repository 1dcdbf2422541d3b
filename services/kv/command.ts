/** A command of the Redis front, as a line of its family's table. */
import type { Request } from './request.js';
import type { Session } from './session.js';

/**
 * Positions of the keys among the arguments: first, last (-1: the last argument), step; 0: none.
 */
export type KeyPositions = readonly [first: number, last: number, step: number];

export const noKeys: KeyPositions = [0, 0, 0];
export const oneKey: KeyPositions = [1, 1, 1];
export const allKeys: KeyPositions = [1, -1, 1];
export const keysAndValues: KeyPositions = [1, -1, 2];

/** Runs a command: answers, executes or queries once. The request is not valid afterwards. */
export type Run = (request: Request, session: Session) => void;

export interface Command {
  /** In lower case; a subcommand's begins with its container's: `client|id`. */
  readonly name: string;
  /** The number of arguments, the name included; negative: at least so many. */
  readonly arity: number;
  /** Redis's flags; `no_auth`: allowed before AUTH. */
  readonly flags: readonly string[];
  readonly keys: KeyPositions;
  readonly summary: string;
  /** Undefined: the second argument names one of `subcommands`. */
  readonly run: Run | undefined;
  readonly subcommands: readonly Command[];
}

/** A line of a table. `flags` are separated by spaces. */
export function command(
  name: string,
  arity: number,
  flags: string,
  keys: KeyPositions,
  summary: string,
  run: Run,
): Command {
  return { name, arity, flags: flags.split(' '), keys, summary, run, subcommands: [] };
}

/** A command whose second argument says what to do. One with a `run` of its own may do without. */
export function container(
  name: string,
  arity: number,
  summary: string,
  subcommands: readonly Command[],
  run?: Run,
): Command {
  return { name, arity, flags: ['loading', 'stale'], keys: noKeys, summary, run, subcommands };
}
