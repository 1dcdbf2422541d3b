/**
 * Schedules as arbitraries: what fast-check draws, and how it takes away again what does not
 * matter. Windows are in absolute time and heal by themselves, and whatever is not listed is
 * benign, so that any part of a schedule can go without moving the rest.
 */
import * as fc from 'fast-check';
import type { ClientSettings } from '../machines/clientContext.js';
import type { Settings } from '../machines/settings.js';
import type { Fault, FaultKind, FaultWindow } from '../sim/fault.js';
import { faults as faultRules, survivable } from '../sim/faults/faults.js';
import { type LoadItem, type Schedule, sessionClientsFrom } from '../sim/schedule.js';
import { faultOf, faultWindow, instant, type Sketch, sketch } from './faultSketches.js';
import { type Story, storyOf } from './story.js';

export interface ScheduleOptions<C = number> {
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
  /** What clients ask for (numbers, to be added), */
  readonly command?: fc.Arbitrary<C>;
  /** and what they query (nothing but the state as it is). */
  readonly query?: fc.Arbitrary<unknown>;
}

/** What a campaign draws its schedules from. */
export type Schedules<C = number> = fc.Arbitrary<Schedule<C>>;

/** The same schedule, again and again. */
export function always<C>(schedule: Schedule<C>): Schedules<C> {
  return fc.constant(schedule);
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

/** The faults of the figures of the paper: who is cut off, who is down, who stands still. */
const classic: readonly FaultKind[] = [
  ...(['isolate', 'crash', 'partition', 'deafen', 'mute', 'pause'] as const),
];

/** Which kinds exist in a run: mostly a few, since many keep each other from going far. */
function kindsAmong(faults: readonly FaultKind[]): fc.Arbitrary<readonly FaultKind[]> {
  const harmless = faults.filter((kind) => !destroying.has(kind));
  const plain = faults.filter((kind) => classic.includes(kind));
  const some = (kinds: readonly FaultKind[], minLength: number, maxLength: number) =>
    fc.subarray([...kinds], { minLength, maxLength: Math.min(maxLength, kinds.length) });
  const mild = harmless.length === 0 ? faults : harmless;
  const few = plain.length === 0 ? some(mild, 1, 3) : some(plain, 1, 2);
  return fc.oneof(
    { arbitrary: few, weight: 2 },
    {
      arbitrary: fc.tuple(few, some(mild, 0, 3)).map(([one, other]) => [...one, ...other]),
      weight: 3,
    },
    { arbitrary: some(mild, 1, mild.length), weight: 1 },
    { arbitrary: some(faults, 1, 5), weight: 2 },
  );
}

/** What a run is drawn from, before it is known which kinds it has. */
interface Draft<C> {
  readonly kinds: readonly FaultKind[];
  readonly windows: readonly Sketch[];
  readonly stories: readonly Story<C>[];
  readonly load: readonly LoadItem<C>[];
  readonly lasting: Fault | null;
  readonly isHarsh: boolean;
}

export function schedules<C = number>(options: ScheduleOptions<C> = {}): Schedules<C> {
  const { servers = sizes, faults = faultKinds, forMs = 4_000 } = options;
  return fc
    .record({
      servers: fc.constantFrom(...servers),
      kinds: fc.noShrink(kindsAmong(faults)),
      plot: plotOf(options, forMs),
      settings: settings(),
      lasting: fc.option(lastingFault(), { freq: 2 }),
      isHarsh: fc.nat(11).map((drawn) => drawn === 0),
      slowDisksMs: fc.array(fc.constantFrom(0, 0, 5, 30), { maxLength: 5 }),
      segmentBytes: fc.constantFrom(256 * 1_024, 2_048, 8_192),
      sessionsMax: fc.constantFrom(4_096, 4_096, 4_096, 1, 2),
      clients: fc.option(fc.constantFrom(...fewOrShort), { freq: 2 }),
      stops: fc.array(stop(forMs), { maxLength: Math.min(2, options.loadMax ?? 2), size: 'max' }),
    })
    .map(({ kinds, plot, lasting, isHarsh, clients, stops, ...rest }) => {
      const isOwed = lasting !== null && rest.servers >= 3 && faults.includes(lasting.kind);
      const draft: Draft<C> = { kinds, ...plot, lasting: isOwed ? lasting : null, isHarsh };
      const tuned = isHarsh ? { ...rest.settings, ...hasty, ...harsh } : rest.settings;
      return {
        ...rest,
        settings: tuned,
        forMs,
        // Votes that take longer to save than elections last are no matter of Raft (§5.6).
        quietMs: isTimely({ ...rest, settings: tuned }) ? quietMs : 0,
        windows: windowsOf(draft, forMs, faults).sort((a, b) => a.at - b.at),
        load: [...plot.load, ...plot.stories.flatMap((one) => one.load), ...stops].sort(
          (a, b) => a.at - b.at,
        ),
        deviations: [],
        ...(clients !== null && { clients }),
      };
    });
}

/** Either trouble here and there, or a story or two with little besides. */
function plotOf<C>(options: ScheduleOptions<C>, forMs: number) {
  const { windowsMax = 24, loadMax = 60, query = fc.constant(undefined) } = options;
  const command = options.command ?? (fc.nat(1_000) as fc.Arbitrary<unknown> as fc.Arbitrary<C>);
  const story = storyOf(forMs, command, query);
  const drawn = (windows: number, stories: fc.Arbitrary<Story<C>[]>, load: number) =>
    fc.record({
      windows: fc.array(sketch(forMs), { maxLength: windows, size: 'max' }),
      stories,
      load: fc.array(loadItem(forMs, command, query), { maxLength: load, size: 'max' }),
    });
  const some = fc.array(story, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    { arbitrary: drawn(windowsMax, noStories<C>(), loadMax), weight: 2 },
    { arbitrary: drawn(Math.ceil(windowsMax / 8), some, Math.ceil(loadMax / 6)), weight: 3 },
  );
}

function noStories<C>(): fc.Arbitrary<Story<C>[]> {
  return fc.constant([]);
}

function windowsOf<C>(
  { windows, stories, kinds, lasting, isHarsh }: Draft<C>,
  forMs: number,
  faults: readonly FaultKind[],
): FaultWindow[] {
  const drawn = [...windows, ...stories.flatMap(({ acts }) => acts)];
  return [
    ...drawn.map((one) => faultWindow(one, kinds)),
    ...(isHarsh ? harshWindows(forMs).filter(({ fault }) => faults.includes(fault.kind)) : []),
    ...(lasting === null ? [] : [{ at: forMs, dur: 10 * quietMs, fault: lasting }]),
  ];
}

/**
 * In a harsh run many messages overtake each other from its beginning to its end, and some are
 * heard again; leadership changes hands.
 */
function harshWindows(forMs: number): FaultWindow[] {
  const transfers = Array.from({ length: Math.floor(forMs / 250) }, (_, n) => ({
    at: 250 * (n + 1),
    dur: 1,
    fault: { kind: 'transfer', server: 'leader' } as const,
  }));
  return [
    { at: 0, dur: forMs, fault: { kind: 'delay', percent: 40, maxMs: 30 } },
    { at: 0, dur: forMs, fault: { kind: 'replay', percent: 20, maxMs: 300 } },
    ...transfers,
  ];
}

/** There everything goes by snapshots, in the smallest of pieces. */
const harsh: Partial<Settings> = {
  snapshotAfterEntries: 1,
  trailingEntriesMax: 0,
  chunkBytesMax: 50,
};

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
      uncommittedBytesMax: fc.constantFrom(64 * 1_024 * 1_024, 64 * 1_024 * 1_024, 8),
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

/** Clients with one request under way, or two; that soon ask again, or leave their sessions. */
const fewOrShort: readonly Partial<ClientSettings>[] = [
  { requestsInFlightMax: 1 },
  { unansweredMax: 2 },
  { patienceMs: 60 },
  { sessionUnusedMs: 100 },
];

/** One of the clients with a session stops. */
function stop(forMs: number): fc.Arbitrary<{ at: number; client: number; stop: true }> {
  return fc.record({
    at: instant(forMs),
    client: fc.integer({ min: sessionClientsFrom, max: 9 }),
    stop: fc.constant(true as const),
  });
}

function loadItem<C>(
  forMs: number,
  command: fc.Arbitrary<C>,
  query: fc.Arbitrary<unknown>,
): fc.Arbitrary<LoadItem<C>> {
  const when = { at: instant(forMs), client: fc.nat(9) };
  const patience = fc.option(fc.integer({ min: 1, max: 400 }), { freq: 8 });
  const item = fc.oneof(
    { arbitrary: fc.record({ ...when, patience, command }), weight: 3 },
    { arbitrary: fc.record({ ...when, patience, query }), weight: 1 },
  );
  return item.map(({ patience: abortAfterMs, ...rest }) => {
    const plain =
      'query' in rest && rest.query === undefined ? { at: rest.at, client: rest.client } : rest;
    return abortAfterMs === null ? plain : { ...plain, abortAfterMs };
  });
}
