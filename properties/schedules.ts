/**
 * Schedules as arbitraries: what fast-check draws, and how it takes away again what does not matter. Windows are
 * in absolute time and heal by themselves, and whatever is not listed is benign, so that any part of a schedule
 * can go without moving the rest.
 */
import * as fc from 'fast-check';
import type { Settings } from '../machines/context.js';
import type { Fault, FaultKind, FaultWindow, LoadItem, Schedule } from '../sim/schedule.js';

export interface ScheduleOptions {
  /** Cluster sizes that are drawn from (3 and 5; three servers can never show a doubly counted vote). */
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
  'partition',
  'isolate',
  'mute',
  'deafen',
  'loss',
  'duplication',
  'delay',
  'crash',
  'slowDisk',
];

/** Commands are numbers: each request adds its own. */
export function schedules(options: ScheduleOptions = {}): fc.Arbitrary<Schedule<number>> {
  const { servers = [3, 5], faults = faultKinds, forMs = 4_000 } = options;
  const { windowsMax = 24, loadMax = 60 } = options;
  return fc
    .record({
      servers: fc.constantFrom(...servers),
      kinds: fc.subarray([...faults], { minLength: 1 }),
      windows: fc.array(faultWindow(forMs), { maxLength: windowsMax, size: 'max' }),
      load: fc.array(loadItem(forMs), { maxLength: loadMax, size: 'max' }),
      settings: settings(),
      slowDisksMs: fc.array(fc.constantFrom(0, 0, 5, 30), { maxLength: 5 }),
    })
    .map(({ kinds, windows, load, ...rest }) => ({
      ...rest,
      forMs,
      windows: windows.filter((w) => kinds.includes(w.fault.kind)).sort((a, b) => a.at - b.at),
      load: [...load].sort((a, b) => a.at - b.at),
      deviations: [],
    }));
}

/** Swarm: some runs have one entry a message, a window of one, or election timeouts that nearly meet. */
function settings(): fc.Arbitrary<Partial<Settings>> {
  return fc.record({
    entriesPerMessageMax: fc.constantFrom(1_024, 1, 2),
    messagesInFlightMax: fc.constantFrom(64, 1, 3),
    electionTimeoutMaxMs: fc.constantFrom(400, 210),
  });
}

/** Troubles come together: half of all instants lie shortly after a multiple of a quarter of a second. */
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

function faultWindow(forMs: number): fc.Arbitrary<FaultWindow> {
  return fc.record({
    at: instant(forMs),
    dur: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 1_200 })),
    fault: fault(),
  });
}

function fault(): fc.Arbitrary<Fault> {
  const server = fc.oneof(
    fc.constantFrom(...(['leader', 'upToDate'] as const)),
    fc.constantFrom(...(['voter', 'elected', 'committer'] as const)),
    fc.nat(6),
  );
  const percent = fc.integer({ min: 1, max: 60 });
  return fc.oneof(
    fc.record({
      kind: fc.constant('partition' as const),
      side: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('isolate' as const), server }),
    fc.record({ kind: fc.constant('mute' as const), server }),
    fc.record({ kind: fc.constant('deafen' as const), server }),
    fc.record({ kind: fc.constant('loss' as const), percent }),
    fc.record({ kind: fc.constant('duplication' as const), percent }),
    fc.record({
      kind: fc.constant('delay' as const),
      percent,
      maxMs: fc.integer({ min: 1, max: 500 }),
    }),
    { arbitrary: fc.record({ kind: fc.constant('crash' as const), server }), weight: 3 },
    fc.record({
      kind: fc.constant('slowDisk' as const),
      server,
      extraMs: fc.integer({ min: 1, max: 200 }),
    }),
  );
}

function loadItem(forMs: number): fc.Arbitrary<LoadItem<number>> {
  const when = { at: instant(forMs), client: fc.nat(9) };
  return fc.oneof(
    { arbitrary: fc.record({ ...when, command: fc.nat(1_000) }), weight: 3 },
    { arbitrary: fc.record(when), weight: 1 },
  );
}
