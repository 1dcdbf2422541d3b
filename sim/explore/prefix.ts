/**
 * Prefixes: how a scenario begins, in the lines of a trace. A line of a trace names one action in
 * full; a line of a prefix may say less, and means the first action on offer whose line begins so.
 *
 * Besides actions there is `DropMessages`: all that is under way is lost, and the scenario is
 * quiet. What follows a `#` is a comment, and a number before an action is no part of it.
 */
import { lineOf } from './trace.js';
import type { World, Worlds } from './worlds.js';

/** A line of a prefix that cannot happen; its message names the line, and what could. */
export class PrefixError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PrefixError';
  }
}

/** The world to which these lines lead. Throws a {@link PrefixError} where they do not. */
export function followPrefix(worlds: Worlds, first: World, lines: readonly string[]): World {
  let world = first;
  for (const [i, written] of lines.entries()) {
    const line = written.replace(/#.*/u, '').trim().replace(/^\d+ /u, '');
    if (line === '') continue;
    const place = `line ${i + 1} of the prefix, "${line}"`;
    world = line === 'DropMessages' ? { ...world, letters: [] } : next(worlds, world, line, place);
  }
  return world;
}

function next(worlds: Worlds, world: World, line: string, place: string): World {
  const offered = worlds.actionsOf(world);
  const lines = offered.map((one) => lineOf(worlds, world, one));
  const at = lines.includes(line)
    ? lines.indexOf(line)
    : lines.findIndex((l) => l.startsWith(line));
  if (at < 0) {
    // Whatever can arrive can arrive twice, or get lost.
    const can = lines.filter((other) => !/^(Duplicate|Drop)Message/u.test(other)).join('; ');
    throw new PrefixError(`${place}: nothing like it can happen; what can: ${can}`);
  }
  const successor = worlds.successor(world, offered[at]!);
  if ('world' in successor) return successor.world;
  const { detail } = 'broken' in successor ? successor.broken : { detail: successor.cut };
  throw new PrefixError(`${place}: ${detail}`);
}
