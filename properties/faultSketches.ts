/**
 * Faults as they are drawn: first what any kind may need, then, when it is known which kinds a run
 * has, the fault.
 */
import * as fc from 'fast-check';
import type { MessageType } from '../machines/messages.js';
import { type Deed, deeds, isDeed } from '../sim/deeds.js';
import {
  type Fault,
  type FaultKind,
  type FaultWindow,
  type Target,
  targetOf,
} from '../sim/fault.js';

/**
 * Troubles come together: half of all instants lie shortly after a multiple of a quarter of a
 * second.
 */
export function instant(forMs: number): fc.Arbitrary<number> {
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
export interface Sketch {
  readonly at: number;
  readonly dur: number;
  readonly kind: number;
  readonly server: Target;
  readonly when: Deed | null;
  readonly side: readonly number[];
  readonly percent: number;
  readonly ms: number;
}

export function sketch(forMs: number): fc.Arbitrary<Sketch> {
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
export function target(): fc.Arbitrary<Target> {
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

export function faultWindow(
  { at, dur, when, ...rest }: Sketch,
  kinds: readonly FaultKind[],
): FaultWindow {
  const fault = faultOf(kinds[rest.kind % kinds.length]!, rest);
  const waits = when !== null && !isDeed(targetOf(fault));
  return { at, ...(waits && { when }), dur, fault };
}

export function faultOf(
  kind: FaultKind,
  sketched: Omit<Sketch, 'at' | 'dur' | 'when' | 'kind'>,
): Fault {
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
