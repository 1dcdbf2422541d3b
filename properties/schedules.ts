/**
 * Schedules as arbitraries: what fast-check draws, and how it takes away again what does not
 * matter. Windows are in absolute time and heal by themselves, and whatever is not listed is
 * benign, so that any part of a schedule can go without moving the rest.
 */
import * as fc from 'fast-check';
import type { MessageType } from '../machines/messages.js';
import type { Settings } from '../machines/settings.js';
import { type Deed, deeds, isDeed } from '../sim/deeds.js';
import {
  type Fault,
  type FaultKind,
  type FaultWindow,
  type Target,
  targetOf,
} from '../sim/fault.js';
import { faults as faultRules, survivable } from '../sim/faults/faults.js';
import type { LoadItem, Schedule } from '../sim/schedule.js';

export interface ScheduleOptions {
  /**
   * Cluster sizes that are drawn from (mostly 3 and 5; three servers can never show a doubly
   * counted vote).
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

/** The kinds of the ordinary search: those that every law survives. */
export const faultKinds: readonly FaultKind[] = survivable;

/** Those that destroy durable state: most runs have none, and so enough servers to the end. */
const destroying: ReadonlySet<FaultKind> = new Set(
  faultKinds.filter((kind) => faultRules[kind].ruins !== undefined),
);

/** Mostly those that people run, and now and then each of the others. */
const sizes = [3, 3, 3, 3, 5, 5, 5, 5, 1, 2, 4, 6, 7] as const;

/** What remains of a cluster makes progress within ten election timeouts, ms. */
const quietMs = 4_000;

/** Whether disks are fast enough for elections (§5.6: broadcastTime « electionTimeout). */
function isTimely({ slowDisksMs = [], settings = {} }: Partial<Schedule<number>>): boolean {
  return (settings.electionTimeoutMinMs ?? 200) > 4 * Math.max(0, ...slowDisksMs);
}

/** What may be wrong for good, with the others going on without it, or all in spite of it. */
const lastingKinds = [
  ...(['deafen', 'mute', 'isolate', 'flap', 'clog', 'slowLink', 'bridge', 'ring'] as const),
  ...(['crash', 'kill', 'pause', 'impatient', 'drift', 'strobe'] as const),
  ...(['stallDisk', 'fullDisk', 'failSync', 'failWrite', 'failRead'] as const),
  ...(['duplication', 'replay', 'wipe', 'bitRot', 'loseFile'] as const),
];

/** A fault that does not end. */
function lastingFault(): fc.Arbitrary<Fault> {
  const sketched = fc.record({
    kind: fc.constantFrom(...lastingKinds),
    server: fc.constantFrom(...(['leader', 0, 1, 2] as const)),
    percent: fc.constantFrom(10, 50),
    ms: fc.constantFrom(20, 300),
  });
  return sketched.map(({ kind, ...rest }) => faultOf(kind, { ...rest, side: [0] }));
}

/** Which kinds exist in a run. */
function kindsAmong(faults: readonly FaultKind[]): fc.Arbitrary<readonly FaultKind[]> {
  const harmless = faults.filter((kind) => !destroying.has(kind));
  const all = fc.subarray([...faults], { minLength: 1 });
  if (harmless.length === 0 || harmless.length === faults.length) return all;
  return fc.oneof(
    { arbitrary: fc.subarray(harmless, { minLength: 1 }), weight: 2 },
    { arbitrary: all, weight: 1 },
  );
}

/** Commands are numbers: each request adds its own. */
export function schedules(options: ScheduleOptions = {}): fc.Arbitrary<Schedule<number>> {
  const { servers = sizes, faults = faultKinds, forMs = 4_000 } = options;
  const { windowsMax = 24, loadMax = 60 } = options;
  return fc
    .record({
      servers: fc.constantFrom(...servers),
      kinds: fc.noShrink(kindsAmong(faults)),
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
      bytesPerMessageMax: fc.constantFrom(256 * 1_024, 1),
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
  readonly when: Deed | null;
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
    when: fc.option(deed(), { freq: 6 }),
    side: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 3 }),
    percent: fc.integer({ min: 1, max: 60 }),
    ms: fc.integer({ min: 1, max: 300 }),
  });
}

/**
 * Mostly those that matter: who leads, who does something that the protocol rests on, who is next.
 */
function target(): fc.Arbitrary<Target> {
  const others = ['upToDate', 'onlyUpToDate', 'follower', 'candidate'] as const;
  return fc.oneof(
    { arbitrary: fc.constant('leader' as const), weight: 3 },
    { arbitrary: deed(), weight: 4 },
    { arbitrary: fc.constantFrom(...others), weight: 2 },
    { arbitrary: fc.nat(6), weight: 2 },
  );
}

function deed(): fc.Arbitrary<Deed> {
  const all = Object.keys(deeds) as Deed[];
  return fc.oneof(
    fc.constantFrom(...(['elected', 'committer', 'voter'] as const)),
    fc.constantFrom(...all),
  );
}

/** So late can anything be, or happen again, in those faults that are about a run's length. */
const longMs = 2_000;

function faultWindow({ at, dur, when, ...rest }: Sketch, kinds: readonly FaultKind[]): FaultWindow {
  const fault = faultOf(kinds[rest.kind % kinds.length]!, rest);
  const waits = when !== null && !isDeed(targetOf(fault));
  return { at, ...(waits && { when }), dur, fault };
}

function faultOf(kind: FaultKind, sketched: Omit<Sketch, 'at' | 'dur' | 'when' | 'kind'>): Fault {
  const { server, side, percent, ms } = sketched;
  const everyMs = 1 + (ms % 20);
  switch (kind) {
    case 'partition':
      return { kind, side };
    case 'ring':
      return { kind };
    case 'loss':
    case 'duplication':
    case 'corruption':
    case 'lossOf':
    case 'replay':
    case 'delay':
      return faultOfSome(kind, percent, ms);
    case 'latency':
      return { kind, meanMs: everyMs };
    case 'throttle':
      return { kind, messages: everyMs };
    case 'slowLink':
      return { kind, server, to: percent % 7, extraMs: ms };
    case 'slowDisk':
      return { kind, server, extraMs: ms };
    case 'sluggish':
      return { kind, server, extraMs: everyMs };
    case 'flap':
    case 'crashLoop':
      return { kind, server, everyMs };
    case 'crashAll':
      return { kind, everyMs: (ms % 3) * everyMs };
    case 'clockJump':
      return { kind, server, ms: (ms - 150) * 60_000 };
    case 'strobe':
      return { kind, server, ms: (ms - 150) * 60_000, everyMs };
    case 'drift':
      return { kind, server, percent: (ms % 9) - 4 };
    default:
      return { kind, server };
  }
}

type OfSome = 'loss' | 'lossOf' | 'duplication' | 'replay' | 'corruption' | 'delay';

/** A fault of some messages, by chance. */
function faultOfSome(kind: OfSome, percent: number, ms: number): Fault {
  switch (kind) {
    case 'lossOf':
      return { kind, percent: Math.min(100, 2 * percent), type: messageTypes[ms % 9]! };
    case 'replay':
      return { kind, percent, maxMs: 1 + ((ms * 7) % longMs) };
    case 'delay':
      return { kind, percent, maxMs: ms };
    default:
      return { kind, percent };
  }
}

const messageTypes: readonly MessageType[] = [
  'PreVoteRequest',
  'PreVoteResponse',
  'RequestVoteRequest',
  'RequestVoteResponse',
  'AppendEntriesRequest',
  'AppendEntriesResponse',
  'InstallSnapshotRequest',
  'InstallSnapshotResponse',
  'TimeoutNowRequest',
];

function loadItem(forMs: number): fc.Arbitrary<LoadItem<number>> {
  const when = { at: instant(forMs), client: fc.nat(9) };
  return fc.oneof(
    { arbitrary: fc.record({ ...when, command: fc.nat(1_000) }), weight: 3 },
    { arbitrary: fc.record(when), weight: 1 },
  );
}
