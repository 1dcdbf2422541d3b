/**
 * Where a bug is found that a random search meets too seldom: schedules made for it. Each is tried
 * with a few seeds; chance has the rest.
 */
import type { FaultWindow } from '../sim/fault.js';
import type { LoadItem, Schedule } from '../sim/schedule.js';

const calm: Schedule<number> = { servers: 3, forMs: 2_600, windows: [], load: [], deviations: [] };

/** Commands, one every so many ms. */
function commands(from: number, until: number, everyMs: number): LoadItem<number>[] {
  const count = Math.ceil((until - from) / everyMs);
  return Array.from({ length: count }, (_, n) => ({
    at: from + n * everyMs,
    client: 0,
    command: 1,
  }));
}

/** Reads by several clients: of those without a session, some hold to a leader that is deposed. */
function reads(from: number, until: number): LoadItem<number>[] {
  const count = until - from;
  return Array.from({ length: count }, (_, n) => ({ at: from + n, client: n % 5 }));
}

function during(at: number, dur: number, fault: FaultWindow['fault']): FaultWindow {
  return { at, dur, fault };
}

export const mutantSchedules: Readonly<Record<string, Schedule<number>>> = {
  /** Two of five hear only each other, and every other message comes twice. */
  B6: {
    ...calm,
    servers: 5,
    windows: [
      during(0, 3e3, {
        kind: 'partition',
        side: [0, 1],
      }),
      during(0, 3e3, {
        kind: 'duplication',
        percent: 60,
      }),
    ],
  },
  /** The leader stands still with answers on their way to it, and is cut off before it goes on. */
  B38: {
    ...calm,
    settings: { leaseReads: true },
    windows: [
      during(1_000, 700, { kind: 'pause', server: 'leader' }),
      during(1_010, 1_500, { kind: 'isolate', server: 'leader' }),
    ],
    load: [...commands(990, 1_001, 1), ...commands(1_500, 1_700, 10), ...reads(1_701, 1_880)],
  },
  /** The leader hands over, and hears nothing any more. */
  B40: {
    ...calm,
    settings: { leaseReads: true },
    windows: [
      during(1_000, 1, { kind: 'transfer', server: 'leader' }),
      during(1_000.25, 400, { kind: 'deafen', server: 'leader' }),
    ],
    load: [...commands(980, 995, 1), ...commands(1_015, 1_060, 3), ...reads(1_030, 1_170)],
  },
  /** A leader that is cut off appends much; the next one takes a snapshot of less than that. */
  B51: {
    ...calm,
    settings: { snapshotAfterEntries: 5, trailingEntriesMax: 0 },
    windows: [during(1_000, 900, { kind: 'isolate', server: 'leader' })],
    load: [...commands(1_005, 1_150, 2), ...commands(1_500, 1_800, 20)],
  },
  /** A follower that was cut off gets snapshots, some of them twice and late. */
  B53: {
    ...calm,
    settings: { snapshotAfterEntries: 1, trailingEntriesMax: 0 },
    windows: [
      during(700, 600, { kind: 'isolate', server: 'upToDate' }),
      during(1_200, 1_400, { kind: 'duplication', percent: 60 }),
      during(1_200, 1_400, { kind: 'delay', percent: 30, maxMs: 100 }),
    ],
    load: commands(600, 2_500, 20),
  },
  /** The leader is asked to hand over while entries are on their way. */
  B64: {
    ...calm,
    windows: [during(1_000, 1, { kind: 'transfer', server: 'leader' })],
    load: commands(980, 1_010, 1),
  },
  /** The leader's disk fails while entries are on their way. */
  B68: {
    ...calm,
    windows: [during(1_000, 400, { kind: 'failSync', server: 'leader' })],
    load: commands(980, 1_010, 0.25),
  },
};
