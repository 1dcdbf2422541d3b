/**
 * Schedules that are aimed at single lines of the statecharts: those that an ordinary campaign
 * takes once in thousands of runs, or never. Each tells how its line comes about. What chance
 * leaves open decides whether it does, so that a schedule has hit if one seed of {@link aimedSeeds}
 * takes the line.
 */
import type { FaultWindow } from '../sim/fault.js';
import type { Schedule } from '../sim/schedule.js';
import {
  aimed,
  commands,
  first,
  firstLeads,
  from,
  handedOver,
  hasty,
  isolated,
  longMs,
  lost,
  slow,
  snapshotsOnly,
} from './aimedWindows.js';

/** So many seeds, from 1 on, are tried with each. */
export const aimedSeeds = 60;

/**
 * Leadership changes hands, and every message is heard again up to a second later: the order to
 * stand at once reaches servers that stand, lead and follow in terms of their own.
 */
const handedOverTwice = aimed(
  1_500,
  [
    from(0, { kind: 'replay', percent: 100, maxMs: 600 }),
    ...handedOver(150, 12, 75),
    isolated(420, 'follower', 120),
    isolated(820, 'follower', 120),
  ],
  { settings: hasty },
);

/** Snapshots in small pieces, of leaders that follow each other, heard again and out of order. */
const snapshotStorm = aimed(
  1_500,
  [
    from(0, { kind: 'replay', percent: 100, maxMs: 300 }),
    from(0, { kind: 'delay', percent: 50, maxMs: 120 }),
    ...[200, 400, 600, 800, 1_000, 1_200].map((at) => isolated(at, 'leader', 90)),
  ],
  {
    settings: { ...hasty, ...snapshotsOnly, chunkBytesMax: 50 },
    load: commands(...Array.from({ length: 24 }, (_, n) => 100 + 50 * n)),
  },
);

/**
 * The first leader’s words to the third server come so late that the second one has told it of a
 * newer term by then; the first, which does not hear the second, learns of it by the answer.
 */
function lateQuestion(lateMs: number, ...more: readonly FaultWindow[]): Schedule<number> {
  const fromFirst = slow(0, 0, 2, lateMs);
  const secondStands = [slow(300, 0, 1), first(250, 1, 300), slow(450, 1, 0)];
  return aimed(1_000, [...firstLeads, fromFirst, ...secondStands, ...more]);
}

/**
 * The same, but that the first server stands and hears of no vote: the second, which has given it
 * its own, stands in the next term.
 */
function lateQuestionOfCandidate(...more: readonly FaultWindow[]): Schedule<number> {
  const secondStands = [first(150, 1, 300), slow(400, 1, 0)];
  const unheard = lost(0, 'RequestVoteResponse', 440);
  return aimed(700, [...firstLeads, slow(0, 0, 2, 240), unheard, ...secondStands, ...more]);
}

/** The third server was away, and needs a snapshot; it comes back at 500 ms. */
const third = [...firstLeads, isolated(230, 2, 270)] as const;
const whileAway = commands(300, 350, 400);

/** The second piece of the snapshot takes so long; what is said before and after does not. */
function latePiece(lateMs: number): FaultWindow {
  return { ...slow(490, 0, 2, lateMs, 8), when: 'receiver' };
}

function pieces(windows: readonly FaultWindow[]): Schedule<number> {
  const settings = { ...snapshotsOnly, chunkBytesMax: 50 };
  return aimed(1_300, [...third, ...windows], { settings, load: whileAway });
}

/** The second server stands, at about 770 ms, and the third hears of it, but not the first. */
const secondStands = [first(520, 1, 400), slow(565, 1, 0)] as const;

/** The first server restarts, and stands in term 2; the second votes for it, and nobody hears. */
const firstStands = [
  from(570, { kind: 'crash', server: 0 }, 10),
  first(520, 0, 200),
  lost(560, 'RequestVoteResponse'),
  first(750, 1, 300),
  { ...slow(700, 1, 0), when: 'voter' },
] as const satisfies readonly FaultWindow[];

/**
 * A follower that hears late of its own disk gets the first piece of a snapshot from a leader, and
 * meanwhile, of another leader, a newer snapshot, whose state is eight digits shorter.
 */
function slowToHear(chunkBytesMax: number): Schedule<number> {
  const windows = [
    ...firstLeads,
    isolated(230, 2, 370),
    from(590, { kind: 'sluggish', server: 2, extraMs: 200 }),
    ...handedOver(900, 1, 1),
  ];
  const load = [
    { at: 300, client: 0, command: 999_999_999 },
    { at: 880, client: 0, command: -999_999_998 },
  ];
  return aimed(1_600, windows, { settings: { ...snapshotsOnly, chunkBytesMax }, load });
}

/** A disk takes long over a snapshot; a new leader’s is eight digits longer. */
function slowToPlace(chunkBytesMax: number): Schedule<number> {
  const windows = [
    ...firstLeads,
    isolated(230, 2, 370),
    from(600, { kind: 'slowDisk', server: 2, extraMs: 700 }, 80),
    ...handedOver(690, 1, 1),
  ];
  const load = [
    { at: 300, client: 0, command: 1 },
    { at: 655, client: 0, command: 999_999_998 },
  ];
  return aimed(1_000, windows, { settings: { ...snapshotsOnly, chunkBytesMax }, load });
}

/** A follower’s disk is full when it gets a snapshot. */
function noRoomForSnapshot(chunkBytesMax: number): Schedule<number> {
  const settings = { ...snapshotsOnly, chunkBytesMax };
  const full: FaultWindow = from(495, { kind: 'fullDisk', server: 2 }, 300);
  return aimed(900, [...third, full], { settings, load: whileAway });
}

/** Votes for the first server are not heard; the second is elected, and not heard for so long. */
function secondIsElected(unheardMs: number): FaultWindow[] {
  return [
    ...firstLeads,
    first(150, 1, 300),
    lost(0, 'RequestVoteResponse', 400),
    slow(400, 1, 0, longMs, unheardMs),
  ];
}

export const aimedSchedules: Readonly<Record<string, Schedule<number>>> = {
  'follower: TimeoutNowRequest line 2': handedOverTwice,
  'leader: RequestVoteRequest line 3': handedOverTwice,

  // The order to stand comes late: the successor has missed its leader, and asks by itself.
  'preCandidate: TimeoutNowRequest line 2': aimed(1_000, [
    ...firstLeads,
    slow(599, 0, 1, 300),
    first(500, 1, 500),
    ...handedOver(600, 1, 1),
  ]),

  'preCandidate: InstallSnapshotRequest line 2': snapshotStorm,
  'preCandidate: InstallSnapshotResponse line 2': snapshotStorm,
  'candidate: InstallSnapshotResponse line 2': snapshotStorm,

  'leader: PreVoteResponse line 1': lateQuestion(400),
  // Nobody leads in the newer term, and the late pre-vote is not answered: the late vote is.
  'leader: RequestVoteResponse line 1': lateQuestion(
    400,
    lost(300, 'RequestVoteResponse', 300),
    lost(530, 'PreVoteResponse'),
  ),
  // By then it has heard no quorum for so long that it has stepped down.
  'follower: RequestVoteResponse line 1': lateQuestion(
    600,
    lost(300, 'RequestVoteResponse', 500),
    lost(530, 'PreVoteResponse'),
  ),

  'candidate: PreVoteResponse line 1': lateQuestionOfCandidate(),
  'candidate: RequestVoteResponse line 1': lateQuestionOfCandidate(lost(430, 'PreVoteResponse')),

  'leader: InstallSnapshotResponse line 1': pieces([
    latePiece(320),
    slow(565, 0, 1),
    slow(565, 0, 2),
    ...secondStands,
  ]),
  'follower: InstallSnapshotResponse line 1': pieces([
    latePiece(320),
    from(570, { kind: 'crash', server: 0 }, 150),
    ...secondStands,
  ]),
  'preCandidate: InstallSnapshotResponse line 1': pieces([
    latePiece(500),
    from(570, { kind: 'crash', server: 0 }, 150),
    ...secondStands,
    lost(785, 'PreVoteResponse'),
  ]),
  'candidate: InstallSnapshotResponse line 1': pieces([latePiece(480), ...firstStands]),
  'candidate: AppendEntriesResponse line 1': aimed(1_300, [
    ...firstLeads,
    slow(500, 0, 2, 480, 60),
    ...firstStands,
  ]),
  'preCandidate: AppendEntriesResponse line 1': aimed(1_300, [
    ...firstLeads,
    slow(500, 0, 2, 460, 60),
    from(570, { kind: 'crash', server: 0 }, 150),
    ...secondStands,
    lost(785, 'PreVoteResponse'),
  ]),

  // A piece is heard again when whoever got it stands for election itself.
  'candidate: InstallSnapshotRequest line 2': pieces([
    { ...from(490, { kind: 'replay', percent: 100, maxMs: 700 }, 3), when: 'receiver' },
    from(640, { kind: 'crash', server: 0 }),
    first(600, 2, 200),
    lost(650, 'RequestVoteResponse'),
  ]),

  // The first server stands, and nobody hears that it gets votes. The second is elected in the
  // next term, and the first hears of it only when it leads.
  'candidate: AppendEntriesRequest line 1': aimed(700, secondIsElected(23)),
  // And here only when it has committed, and has nothing but a snapshot left for the first.
  'candidate: InstallSnapshotRequest line 1': aimed(
    700,
    [...secondIsElected(32), from(424, { kind: 'slowDisk', server: 1, extraMs: 15 })],
    { settings: { ...snapshotsOnly, commitNoticeMs: 50 } },
  ),
  // Two stand in one term, and the one that is not elected hears nothing of it for a while.
  'candidate: InstallSnapshotRequest line 3': aimed(
    700,
    [0, 1].flatMap((server) => [
      first(0, server, 200),
      from(0, { kind: 'kill', server }, 1),
      slow(205, server, 1 - server, longMs, 30),
      from(219, { kind: 'slowDisk', server, extraMs: 15 }),
    ]),
    { settings: { ...snapshotsOnly, commitNoticeMs: 50 } },
  ),
  // A leader that nobody hears any more hears nothing of the next one, but its snapshot.
  'leader: InstallSnapshotRequest line 1': aimed(
    1_000,
    [
      ...firstLeads,
      slow(400, 0, 1),
      slow(400, 0, 2),
      first(250, 1, 300),
      slow(400, 1, 0, longMs, 170),
      from(500, { kind: 'slowDisk', server: 1, extraMs: 20 }),
    ],
    { settings: { ...snapshotsOnly, heartbeatMs: 100, commitNoticeMs: 100 } },
  ),

  // It is cut off, and then asked to hand over to somebody that has answered just now.
  'transferring: timer.heartbeat line 1': aimed(1_100, [
    ...firstLeads,
    isolated(500, 0, longMs),
    ...handedOver(600, 1, 1),
  ]),

  // Votes that nobody hears of fill a disk that has no room for another segment.
  'candidate: timer.election line 2': aimed(
    4_000,
    [
      ...[0, 1, 2].map((server) => from(100, { kind: 'fullDisk', server })),
      lost(0, 'RequestVoteResponse'),
    ],
    { settings: hasty, segmentBytes: 2_048 },
  ),
  'follower: AppendEntriesRequest line 3': aimed(
    1_500,
    [...firstLeads, from(300, { kind: 'fullDisk', server: 1 })],
    { segmentBytes: 2_048, load: commands(...Array.from({ length: 60 }, (_, n) => 400 + 10 * n)) },
  ),
  // There is room for the first piece, and not for the next; or not for any.
  'raft: snapshotFailed line 1': noRoomForSnapshot(50),
  'storing: snapshotFailed line 1': noRoomForSnapshot(50),
  'completing: snapshotFailed line 1': noRoomForSnapshot(128 * 1_024),

  // The newer snapshot comes whole, or in pieces as the older one.
  'storing: chunk line 1': slowToHear(298),
  'storing: chunk line 2': slowToHear(74),
  // When all of the first snapshot is there, and the disk is putting it in place.
  'completing: chunk line 1': slowToPlace(128 * 1_024),
  'completing: chunk line 2': slowToPlace(298),

  // Nobody hears a client that stops and would close its session.
  'closing: wake line 1': aimed(1_500, [from(890, { kind: 'pause', server: 2 })], {
    load: [
      { at: 700, client: 5, command: 1 },
      { at: 900, client: 5, stop: true },
    ],
    clients: { patienceMs: 100 },
  }),
};
