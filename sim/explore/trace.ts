/** Traces: what happened on the way to a world, a line for each action. */
import { isOfMessage, nameOf, placeOf } from './action.js';
import { said } from './fact.js';
import type { World, Worlds } from './worlds.js';

/** An action in a line: its name, whom it is about, and what a message says. */
export function lineOf(worlds: Worlds, { letters }: World, action: number): string {
  const name = nameOf(action);
  const place = placeOf(action);
  if (!isOfMessage(name)) return `${name} ${worlds.ids[place]}`;
  const { to, message } = worlds.steps.letters.values[letters[place]!]!;
  return `${name} ${message.from} -> ${worlds.ids[to]} ${said(message)}`;
}

/** What happened along a path of actions that begins with `first`. */
export function traceOf(worlds: Worlds, first: World, path: readonly number[]): string[] {
  let world = first;
  return path.map((action) => {
    const line = lineOf(worlds, world, action);
    const successor = worlds.successor(world, action);
    if ('world' in successor) ({ world } = successor);
    return line;
  });
}
