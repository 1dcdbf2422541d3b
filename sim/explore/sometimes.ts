/**
 * What happened somewhere in an exploration: a search in which nobody was elected and nothing
 * committed shows nothing, whatever laws have held.
 */
import type { Worlds } from './worlds.js';

/** How many different steps of a server, or histories, there were of each kind. */
export function sometimesOf({ steps, histories }: Worlds): Record<string, number> {
  const counts = {
    'a leader was elected': 0,
    'an entry was committed': 0,
    'a suffix was overwritten': 0,
    'a leader was elected after a commit': 0,
  };
  for (const { before, after, deeds } of steps.all()) {
    if (deeds?.election !== undefined) counts['a leader was elected']++;
    if (deeds !== undefined && deeds.commits.length > 0) counts['an entry was committed']++;
    const was = steps.servers.values[before]!.snapshot.context.log;
    const is = steps.servers.values[after]!.snapshot.context.log;
    const index = Math.min(was.lastIndex, is.lastIndex);
    if (was.termAt(index) !== is.termAt(index)) counts['a suffix was overwritten']++;
  }
  for (const { elections, commits } of histories.values) {
    const isAfter = elections.some(({ term }) => commits.some(({ inTerm }) => inTerm < term));
    if (isAfter) counts['a leader was elected after a commit']++;
  }
  return counts;
}
