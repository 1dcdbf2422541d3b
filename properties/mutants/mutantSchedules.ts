/**
 * Where a bug is found that a random search meets too seldom: schedules made for it. Each is tried
 * with a few seeds; chance has the rest.
 */
import type { Schedule } from '../../sim/schedule.js';
import { calm, commands, during, reads } from './calmSchedule.js';
import { diskSchedules } from './diskSchedules.js';

export const mutantSchedules: Readonly<Record<string, Schedule<number>>> = {
  ...diskSchedules,
  /**
   * Who has given its vote dies before it is saved; who got it is cut off, and the third, which has
   * heard of nothing, asks for a vote in the same term.
   */
  B1: {
    ...calm,
    windows: [
      during(0, 450, { kind: 'isolate', server: 2 }),
      during(0, 5, { kind: 'crash', server: 'voter' }),
      during(0, 2_600, { kind: 'isolate', server: 'elected' }),
    ],
  },
  /** A leader dies before its own vote is saved; its voter is gone as well, and the third asks. */
  B2: {
    ...calm,
    slowDisksMs: [30],
    windows: [
      during(0, 450, { kind: 'isolate', server: 2 }),
      during(0, 5, { kind: 'crash', server: 'elected' }),
      during(0, 2_600, { kind: 'crash', server: 'voter' }),
    ],
  },
  /** Elections where several stand; who has voted dies, and may be asked by another one. */
  B3: {
    ...calm,
    settings: { electionTimeoutMaxMs: 210 },
    windows: [
      during(0, 2_600, { kind: 'delay', percent: 60, maxMs: 40 }),
      ...[0, 300, 600, 900, 1_200, 1_500, 1_800, 2_100].flatMap((at) => [
        during(at, 3, { kind: 'crash', server: 'voter' }),
        during(at, 250, { kind: 'isolate', server: 'elected' }),
      ]),
    ],
  },
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
  /** A leader that is cut off appends much; the next one commits less, and is cut off as well. */
  B8: {
    ...calm,
    forMs: 3_000,
    windows: [
      during(1_000, 900, { kind: 'isolate', server: 'leader' }),
      during(1_850, 900, { kind: 'isolate', server: 'leader' }),
    ],
    load: commands(1_005, 1_150, 2),
  },
  /**
   * Who is told to stand is cut off as soon as it stands; the others go on in the older term, until
   * of them only the follower is left.
   */
  B10: {
    ...calm,
    quietMs: 4_000,
    windows: [
      during(1_000, 1, { kind: 'transfer', server: 'leader' }),
      during(1_001.5, 618.5, { kind: 'isolate', server: 'upToDate' }),
      during(1_590, 60_000, { kind: 'crash', server: 'leader' }),
    ],
    load: commands(1_450, 1_550, 10),
  },
  /** What a leader is not heard of any more does not count, though it is still heard. */
  B14: {
    ...calm,
    quietMs: 4_000,
    windows: [during(1_000, 60_000, { kind: 'deafen', server: 'leader' })],
  },
  /**
   * A leader is cut off with entries of its own, the next one at once; the first comes back, and is
   * cut off when it commits, and the second leads again (Figure 8).
   */
  B16: {
    ...calm,
    forMs: 3_500,
    settings: { entriesPerMessageMax: 1, messagesInFlightMax: 1 },
    windows: [
      during(1_000, 500, { kind: 'isolate', server: 'leader' }),
      during(1_000, 1_000, { kind: 'isolate', server: 'elected' }),
      during(1_450, 1_500, { kind: 'isolate', server: 'committer' }),
    ],
    load: commands(1_005, 1_015, 2),
  },
  /** A leader with a slow disk dies when it commits, and then the one who had it on disk. */
  B24: {
    ...calm,
    windows: [
      during(900, 200, { kind: 'isolate', server: 'upToDate' }),
      during(1_000, 300, { kind: 'slowDisk', server: 'leader', extraMs: 200 }),
      during(1_004, 100, { kind: 'crash', server: 'committer' }),
      during(1_050, 1_500, { kind: 'isolate', server: 'upToDate' }),
    ],
    load: commands(1_005, 1_010, 2),
  },
  /** A leader that is cut off goes on appending. */
  B9b: {
    ...calm,
    windows: [during(1_000, 900, { kind: 'isolate', server: 'leader' })],
    load: commands(1_005, 1_030, 5),
  },
  /** One that heard nobody is heard again, just when the leader, with its lease, is cut off. */
  B13: {
    ...calm,
    settings: { leaseReads: true },
    windows: [
      during(800, 500, { kind: 'deafen', server: 'upToDate' }),
      during(1_290, 500, { kind: 'isolate', server: 'leader' }),
    ],
    load: [...commands(1_300, 1_460, 5), ...reads(1_310, 1_465)],
  },
  /** A leader whose clock is slow is cut off, and one follower tries again and again. */
  B39: {
    ...calm,
    settings: { leaseReads: true, retryMinMs: 2, retryMaxMs: 3 },
    windows: [
      during(900, 1_500, { kind: 'drift', server: 'leader', percent: -9 }),
      during(940, 70, { kind: 'deafen', server: 'upToDate' }),
      during(1_000, 1_000, { kind: 'isolate', server: 'leader' }),
    ],
    load: [...commands(1_140, 1_225, 1), ...reads(1_140, 1_230)],
  },
  /** A leader dies right after what it has acknowledged; the next one is asked at once. */
  B34: {
    ...calm,
    windows: [during(1_000.5, 300, { kind: 'crash', server: 'leader' })],
    load: [...commands(990, 1_000, 1), ...reads(1_150, 1_600)],
  },
  /** A leader that is cut off is asked while the next one commits. */
  B36: {
    ...calm,
    windows: [during(1_000, 1_000, { kind: 'isolate', server: 'leader' })],
    load: [...commands(1_200, 1_450, 5), ...reads(1_200, 1_460)],
  },
  /** What a leader has appended alone is in the way of the next one, whose messages are lost. */
  B28: {
    ...calm,
    settings: { entriesPerMessageMax: 1, messagesInFlightMax: 1 },
    windows: [
      during(1_000, 900, { kind: 'isolate', server: 'leader' }),
      during(1_880, 700, { kind: 'loss', percent: 50 }),
    ],
    load: [...commands(1_005, 1_150, 2), ...commands(1_500, 1_800, 20)],
  },
  /** The successor does not hear that it is one, and the leader goes on appending. */
  B61: {
    ...calm,
    windows: [
      during(1_000, 1, { kind: 'transfer', server: 'leader' }),
      during(1_000.2, 300, { kind: 'deafen', server: 'upToDate' }),
    ],
    load: commands(1_005, 1_200, 2),
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
  /** The leader is asked to hand over while entries are on their way. */
  B64: {
    ...calm,
    windows: [during(1_000, 1, { kind: 'transfer', server: 'leader' })],
    load: commands(980, 1_010, 1),
  },
  /** The successor leads, is cut off, and follows; then comes once more what it was told before. */
  B64b: {
    ...calm,
    windows: [
      during(999, 5, { kind: 'replay', percent: 100, maxMs: 1_500 }),
      during(1_000, 1, { kind: 'transfer', server: 'leader' }),
      during(1_100, 450, { kind: 'isolate', server: 'leader' }),
    ],
  },
  /** What the leader's disk gets takes for ever. */
  B72: {
    ...calm,
    windows: [during(1_000, 1_500, { kind: 'stallDisk', server: 'leader' })],
    load: commands(1_000, 1_500, 20),
  },
};
