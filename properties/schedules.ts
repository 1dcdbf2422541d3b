/**
 * Schedules as arbitraries: what fast-check draws, and how it takes away again what does not
 * matter. Windows are in absolute time and heal by themselves, and whatever is not listed is
 * benign, so that any part of a schedule can go without moving the rest.
 */
import * as fc from 'fast-check';
import type { Settings } from '../machines/settings.js';
import type { Fault, FaultKind, FaultWindow, Target } from '../sim/fault.js';
import type { LoadItem, Schedule } from '../sim/schedule.js';

export interface ScheduleOptions {
  /**
   * Cluster sizes that are drawn from (3 and 5; three servers can never show a doubly counted
   * vote).
   */
  readonly servers?: readonly number[];
  /** The kinds that a run may have; each run draws which of them exist in it at all. */
  readonly faults?: readonly FaultKind[];
  /** How long runs are, virtual ms (4,000). */
  readonly forMs?: number;
  /** At most so many fault windows (24) and requests (60). */
  readonly windowsMax?: number;
  readonly loadMax?: number;
}

export const faultKinds: readonly FaultKind[] = [
  'crash',
  'isolate',
  'partition',
  'mute',
  'deafen',
  'loss',
  'duplication',
  'delay',
  'slowDisk',
  'kill',
  'pause',
  'stallDisk',
  'failSync',
  'fullDisk',
  'clockJump',
  'drift',
  'transfer',
];

/** What remains of a cluster makes progress within ten election timeouts, ms. */
const quietMs = 4_000;

/** Whether disks are fast enough for elections (§5.6: broadcastTime « electionTimeout). */
function isTimely({ slowDisksMs = [], settings = {} }: Partial<Schedule<number>>): boolean {
  return (settings.electionTimeoutMinMs ?? 200) > 4 * Math.max(0, ...slowDisksMs);
}

/** A fault of one server that does not end: the others have to go on without it. */
function lastingFault(): fc.Arbitrary<Fault> {
  const kinds = ['deafen', 'mute', 'isolate', 'crash', 'stallDisk', 'fullDisk'] as const;
  return fc.record({
    kind: fc.constantFrom(...kinds),
    server: fc.constantFrom(...(['leader', 0, 1, 2] as const)),
  });
}

/** Commands are numbers: each request adds its own. */
export function schedules(options: ScheduleOptions = {}): fc.Arbitrary<Schedule<number>> {
  const { servers = [3, 5], faults = faultKinds, forMs = 4_000 } = options;
  const { windowsMax = 24, loadMax = 60 } = options;
  return fc
    .record({
      servers: fc.constantFrom(...servers),
      kinds: fc.noShrink(fc.subarray([...faults], { minLength: 1 })),
      windows: fc.array(sketch(forMs), { maxLength: windowsMax, size: 'max' }),
      load: fc.array(loadItem(forMs), { maxLength: loadMax, size: 'max' }),
      settings: settings(),
      lasting: fc.option(lastingFault(), { freq: 2 }),
      slowDisksMs: fc.array(fc.constantFrom(0, 0, 5, 30), { maxLength: 5 }),
      segmentBytes: fc.constantFrom(256 * 1_024, 2_048, 8_192),
    })
    .map(({ kinds, windows, load, lasting, ...rest }) => ({
      ...rest,
      forMs,
      // Votes that take longer to save than elections last are no matter of Raft (§5.6).
      quietMs: isTimely(rest) ? quietMs : 0,
      windows: [
        ...windows.map((w) => faultWindow(w, kinds)),
        ...(lasting === null || rest.servers < 3 || !faults.includes(lasting.kind)
          ? []
          : [{ at: forMs, dur: 10 * quietMs, fault: lasting }]),
      ].sort((a, b) => a.at - b.at),
      load: [...load].sort((a, b) => a.at - b.at),
      deviations: [],
    }));
}

/**
 * Swarm: some runs have one entry a message, a window of one, a snapshot after every entry or two,
 * sent in small pieces, or election timeouts that nearly meet.
 */
function settings(): fc.Arbitrary<Partial<Settings>> {
  return fc
    .record({
      entriesPerMessageMax: fc.constantFrom(1_024, 1, 2),
      messagesInFlightMax: fc.constantFrom(64, 1, 3),
      electionTimeoutMaxMs: fc.constantFrom(400, 210),
      snapshotAfterEntries: fc.constantFrom(500_000, 1, 5, 20),
      trailingEntriesMax: fc.constantFrom(4_096, 0, 3),
      chunkBytesMax: fc.constantFrom(128 * 1_024, 50, 200),
      leaseReads: fc.boolean(),
      isHasty: fc.boolean(),
    })
    .map(({ isHasty, electionTimeoutMaxMs, ...rest }) => ({
      ...rest,
      ...(isHasty ? hasty : { electionTimeoutMaxMs }),
    }));
}

/** Servers that hardly wait: several elections fit into the time of one. */
const hasty: Partial<Settings> = {
  heartbeatMs: 12,
  commitNoticeMs: 4,
  electionTimeoutMinMs: 40,
  electionTimeoutMaxMs: 60,
  retryMinMs: 5,
  retryMaxMs: 30,
};

/**
 * Troubles come together: half of all instants lie shortly after a multiple of a quarter of a
 * second.
 */
function instant(forMs: number): fc.Arbitrary<number> {
  const quarter = fc.tuple(fc.nat(Math.floor(forMs / 250)), fc.nat(30));
  return fc.oneof(
    fc.nat(forMs),
    quarter.map(
      ([k, ms]) => 250 * k + ms,
      (at) => (typeof at === 'number' ? [Math.floor(at / 250), at % 250] : [0, 0]),
    ),
  );
}

/** A fault before it is known which kinds this run has: what any kind may need. */
interface Sketch {
  readonly at: number;
  readonly dur: number;
  readonly kind: number;
  readonly server: Target;
  readonly side: readonly number[];
  readonly percent: number;
  readonly ms: number;
}

function sketch(forMs: number): fc.Arbitrary<Sketch> {
  return fc.record({
    at: instant(forMs),
    dur: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 600 })),
    kind: fc.nat(1_000),
    server: target(),
    side: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 3 }),
    percent: fc.integer({ min: 1, max: 60 }),
    ms: fc.integer({ min: 1, max: 300 }),
  });
}

/**
 * Mostly those that matter: who leads, who does something that the protocol rests on, who is next.
 */
function target(): fc.Arbitrary<Target> {
  return fc.oneof(
    { arbitrary: fc.constant('leader' as const), weight: 3 },
    { arbitrary: fc.constantFrom(...(['elected', 'committer', 'voter'] as const)), weight: 4 },
    { arbitrary: fc.constant('upToDate' as const), weight: 1 },
    { arbitrary: fc.nat(6), weight: 2 },
  );
}

function faultWindow({ at, dur, ...rest }: Sketch, kinds: readonly FaultKind[]): FaultWindow {
  return { at, dur, fault: faultOf(kinds[rest.kind % kinds.length]!, rest) };
}

function faultOf(kind: FaultKind, sketched: Omit<Sketch, 'at' | 'dur'>): Fault {
  const { server, side, percent, ms } = sketched;
  switch (kind) {
    case 'partition':
      return { kind, side };
    case 'loss':
    case 'duplication':
      return { kind, percent };
    case 'delay':
      return { kind, percent, maxMs: ms };
    case 'slowDisk':
      return { kind, server, extraMs: ms };
    case 'clockJump':
      return { kind, server, ms: (ms - 150) * 60_000 };
    case 'drift':
      return { kind, server, percent: (ms % 9) - 4 };
    default:
      return { kind, server };
  }
}

function loadItem(forMs: number): fc.Arbitrary<LoadItem<number>> {
  const when = { at: instant(forMs), client: fc.nat(9) };
  return fc.oneof(
    { arbitrary: fc.record({ ...when, command: fc.nat(1_000) }), weight: 3 },
    { arbitrary: fc.record(when), weight: 1 },
  );
}
