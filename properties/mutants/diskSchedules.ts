/**
 * Schedules that are made for bugs of snapshots, of sessions and of the log store, as those of
 * `mutantSchedules.ts` for the rest.
 */
import type { Schedule } from '../../sim/schedule.js';
import { calm, commands, during, sessionCommands } from './calmSchedule.js';

export const diskSchedules: Readonly<Record<string, Schedule<number>>> = {
  /** A follower that was cut off gets a snapshot of an earlier term. */
  B54: {
    ...calm,
    settings: { snapshotAfterEntries: 10, trailingEntriesMax: 0 },
    windows: [
      during(700, 1_000, { kind: 'isolate', server: 'upToDate' }),
      during(1_250, 50, { kind: 'crash', server: 'leader' }),
    ],
    load: commands(600, 1_200, 20),
  },
  /** One server after another starts from a snapshot. */
  B46: {
    ...calm,
    quietMs: 4_000,
    segmentBytes: 2_048,
    settings: { snapshotAfterEntries: 5, trailingEntriesMax: 0 },
    windows: [0, 1, 2].map((server) => during(1_000 + 400 * server, 50, { kind: 'crash', server })),
    load: commands(500, 980, 5),
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
  /** The leader's disk fails while entries are on their way. */
  B68: {
    ...calm,
    windows: [during(1_000, 400, { kind: 'failSync', server: 'leader' })],
    load: commands(980, 1_010, 0.25),
  },
  /** Clients with sessions, and a snapshot after every entry. */
  B67: {
    ...calm,
    settings: { snapshotAfterEntries: 1, trailingEntriesMax: 0 },
    load: sessionCommands(500, 1_500, 7),
  },
  /** A follower that was cut off gets a snapshot in many pieces, some of them twice and late. */
  'chunk-order': {
    ...calm,
    settings: { snapshotAfterEntries: 10, trailingEntriesMax: 0, chunkBytesMax: 50 },
    windows: [
      during(700, 600, { kind: 'isolate', server: 'upToDate' }),
      during(1_200, 1_400, { kind: 'duplication', percent: 60 }),
      during(1_200, 1_400, { kind: 'replay', percent: 30, maxMs: 20 }),
    ],
    load: sessionCommands(600, 1_250, 10),
  },
  /** Servers die when they have taken a snapshot. */
  B56: {
    ...calm,
    segmentBytes: 2_048,
    settings: { snapshotAfterEntries: 5, trailingEntriesMax: 0 },
    windows: Array.from({ length: 12 }, (_, n) =>
      during(600 + 150 * n, 40, { kind: 'crash', server: 'snapshotter' }),
    ),
    load: commands(500, 2_500, 5),
  },
  /** A leader that was cut off has its entries replaced, and starts again. */
  'store-replaced': {
    ...calm,
    windows: [
      during(1_000, 700, { kind: 'isolate', server: 'leader' }),
      during(2_000, 100, { kind: 'crashAll', everyMs: 0 }),
    ],
    load: [...commands(1_005, 1_150, 2), ...commands(1_500, 1_900, 20)],
  },
  /** A leader that was cut off dies as soon as it has a snapshot of what it lacks. */
  'store-connect': {
    ...calm,
    settings: { snapshotAfterEntries: 5, trailingEntriesMax: 0 },
    windows: [
      during(1_000, 700, { kind: 'isolate', server: 'leader' }),
      ...[1_705, 1_760, 1_820].map((at) =>
        during(at, 50, { kind: 'crash', server: 'snapshotter' }),
      ),
    ],
    load: [...commands(1_005, 1_150, 2), ...commands(1_500, 1_690, 20)],
  },
  /** More is asked for than snapshots can be written of. */
  'session-table': {
    ...calm,
    slowDisksMs: [0, 5, 5],
    settings: { snapshotAfterEntries: 20, trailingEntriesMax: 0 },
    load: sessionCommands(500, 900, 0.5),
  },
};
