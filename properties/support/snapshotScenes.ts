/** Scenes with snapshots: a leader that has one, and a follower that needs it (§7). */
import type { ServerId } from '../../machines/entry.js';
import type { Progress } from '../../machines/progress.js';
import { conflicted, installSnapshot, threeServers } from './script.js';
import type { Given, Stage, Start } from './stage.js';

/** Nothing stays behind a snapshot. */
export const nothingTrails = { trailingEntriesMax: 0 };

/**
 * A leader of term 2 that serves, with a log of ten entries, all of them on its disk and on a
 * majority; of S2 and S4 it has not heard yet.
 */
export function leaderOfTen(
  start: Start,
  settings: Given['settings'] = nothingTrails,
  voters: readonly ServerId[] = threeServers,
): Stage {
  const s1 = start({ voters, log: [1, 1, 1, 1, 1, 1, 1, 1, 1], settings }).asLeader();
  return s1.isReplicated(voters.filter((id) => id === 'S3' || id === 'S5'));
}

/** The same, whose S2 lacks all but the first entry, and gets the snapshot up to `index`. */
export function sendingTo2(
  start: Start,
  index = 6,
  settings: Given['settings'] = nothingTrails,
): Stage {
  const s1 = leaderOfTen(start, settings).takesSnapshot(index);
  return s1.receives(conflicted({ term: 2, prevIndex: 9, conflictTerm: 0, conflictIndex: 2 }));
}

export const progressOf2 = (s1: Stage): Progress => s1.context.leadership!.progress.S2!;

/** Which snapshots the pieces are of that go to a server now, and where in them they begin. */
export function chunksTo(s1: Stage, id: ServerId = 'S2'): readonly (readonly [number, number])[] {
  const sent = s1.chunks.filter(({ to }) => to === id);
  return sent.map(({ message }) => [message.base.index, message.offset]);
}

/** The entries that go to S2 now, one list of indexes for each message. */
export function entriesTo2(s1: Stage): readonly (readonly number[])[] {
  const sent = s1.sent('AppendEntriesRequest').filter(({ to }) => to === 'S2');
  const indexes = sent.map(({ message }) => message.entries.map(({ index }) => index));
  return indexes.filter(({ length }) => length > 0);
}

/** A follower of term 2, with a log of three entries. */
export const followerOfThree = (start: Start): Stage => start({ log: [1, 1, 1], term: 2 });

/** By default the first ten bytes of S2's snapshot up to entry 9, of term 2. */
export const piece = (said: Partial<Parameters<typeof installSnapshot>[0]> = {}) =>
  installSnapshot({ term: 2, index: 9, entryTerm: 2, ...said });

/** The whole of it has arrived, in one piece, and is about to be put in place. */
export const completing = (server: Stage, index = 9): Stage =>
  server.receives(piece({ index, isLast: true }));

/** What goes to the disk of a snapshot: its base, the offset, how many bytes, if they are last. */
export function put(server: Stage): readonly (readonly [number, number, number, boolean])[] {
  const stored = server.effects.filter((effect) => effect.type === 'storeChunk');
  return stored.map(({ base, offset, bytes, isLast }) => [
    base.index,
    offset,
    bytes.length,
    isLast,
  ]);
}

/** Which piece it says it wants, of which snapshot. */
export function wants(server: Stage): readonly (readonly [number, number])[] {
  const answers = server.sent('InstallSnapshotResponse');
  return answers.map(({ message }) => [message.baseIndex, message.offset]);
}
