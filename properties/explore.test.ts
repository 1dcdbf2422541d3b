/**
 * The exhaustive explorer against known bugs: from a scenario that leads up to each, it finds a way
 * to break a law; and the machine that ships breaks none in the same scenario, as deep.
 */
import { describe, expect, it } from 'vitest';
import type { EventOf, Outcome, ServerContext } from '../machines/context.js';
import { rule } from '../machines/rule.js';
import * as election from '../machines/rules/election.js';
import type { server } from '../machines/server.js';
import { type ExploreOptions, explore } from '../sim/explore/explore.js';
import { benign } from '../sim/schedule.js';
import { allMutants } from './mutants/allMutants.js';
import { provide } from './mutants/mutant.js';
import { busy, start } from './support/busyRun.js';

function machineOf(id: string): typeof server {
  return allMutants.find((mutant) => mutant.id === id)!.machine!;
}

/** B5: a leader or candidate grants a vote to another server in its own term. */
const grantsBesideItsOwn = provide({ actions: { refuseVote: rule(grantBesideItsOwn) } });

function grantBesideItsOwn(c: ServerContext, event: EventOf<'RequestVoteRequest'>): Outcome {
  const isOwnTerm = event.term === c.currentTerm && c.votedFor === c.id;
  if (!isOwnTerm || !election.isUpToDate(c, event)) return election.refuseVote(c, event);
  return election.grantVote({ ...c, votedFor: event.from }, event);
}

/** One server is elected by another; nobody else hears of it. */
function electionOf(candidate: string, voter: string): string[] {
  const to = `Receive ${candidate} -> ${voter}`;
  const back = `Receive ${voter} -> ${candidate}`;
  return [
    `Timeout ${candidate}`,
    `${to} PreVoteRequest`,
    `${back} PreVoteResponse`,
    `${to} RequestVoteRequest`,
    `${back} RequestVoteResponse`,
  ];
}

interface Scenario extends ExploreOptions {
  readonly bug: string;
  readonly mutant: typeof server;
  readonly breaks: string;
}

const scenarios: readonly Scenario[] = [
  {
    bug: 'B5, two candidates that vote for each other',
    mutant: grantsBesideItsOwn,
    breaks: 'Election Safety',
    prefix: [
      'Timeout S1',
      'Timeout S2',
      'Receive S1 -> S3 PreVoteRequest',
      'Receive S2 -> S3 PreVoteRequest',
      'Receive S3 -> S1 PreVoteResponse',
      'Receive S3 -> S2 PreVoteResponse',
    ],
    bounds: { newTerms: 1, messages: 12, depth: 5 },
  },
  {
    bug: 'B8, a long log of an old term against a short one of a newer',
    mutant: machineOf('B8'),
    breaks: 'Leader Completeness',
    prefix: [
      ...electionOf('S1', 'S2'),
      'ClientRequest S1',
      'DropMessages',
      'Restart S1',
      ...electionOf('S2', 'S3'),
      'Receive S2 -> S1 RequestVoteRequest',
      'DropMessages',
      'HeartbeatTimer S2',
    ],
    bounds: { newTerms: 1, newEntries: 1, messages: 6, depth: 10 },
  },
  {
    bug: 'B16, an entry of an older term that a majority holds (Figure 8)',
    mutant: machineOf('B16'),
    breaks: 'Leader Completeness',
    // Or the entry of the older term goes together with one of the newer, and is safe with it.
    settings: { entriesPerMessageMax: 1 },
    prefix: [
      ...electionOf('S1', 'S2'),
      'Receive S1 -> S3 RequestVoteRequest',
      'DropMessages',
      ...electionOf('S3', 'S2'),
      'Receive S3 -> S1 RequestVoteRequest',
      'DropMessages',
      ...electionOf('S1', 'S2'),
      'Receive S1 -> S3 RequestVoteRequest',
      'DropMessages',
      'HeartbeatTimer S1',
    ],
    bounds: { newTerms: 1, depth: 9 },
  },
  {
    bug: 'B19, a message that arrives again after what follows it',
    mutant: machineOf('B19'),
    breaks: 'Leader Completeness',
    prefix: [...electionOf('S1', 'S2'), 'ClientRequest S1'],
    bounds: { newTerms: 1, newEntries: 1, duplicates: 1, depth: 6 },
  },
  {
    bug: 'B1, a voter that crashes before its vote is saved',
    mutant: machineOf('B1'),
    breaks: 'Election Safety',
    disk: 'slow',
    prefix: [
      'Timeout S1',
      'Receive S1 -> S3 PreVoteRequest',
      'Receive S3 -> S1 PreVoteResponse',
      'Timeout S2',
      'Receive S2 -> S3 PreVoteRequest',
      'Receive S3 -> S2 PreVoteResponse',
      'Persisted S1',
      'Persisted S2',
    ],
    bounds: { newTerms: 0, newEntries: 1, messages: 12, crashes: 1, depth: 6 },
  },
];

describe('from a scenario that leads up to a known bug', () => {
  for (const { bug, mutant, breaks, ...scenario } of scenarios) {
    it(`finds ${bug}, and nothing without it`, () => {
      const found = explore({ ...scenario, machine: mutant });
      expect(found.violation).toMatchObject({ law: breaks });
      const clean = explore(scenario);
      expect(clean.violation).toBeUndefined();
      expect(clean.depth).toBe(scenario.bounds!.depth);
      expect(clean.sometimes['a leader was elected']).toBeGreaterThan(0);
    });
  }
});

describe('from a state of a run', () => {
  /** A moment at which every server is up and one leads, and which of them do what. */
  function momentOf(simulation: ReturnType<typeof start>, fromMs: number) {
    simulation.runUntil(fromMs);
    const leads = () => simulation.view().some(({ snapshot }) => snapshot?.context.leadership);
    const isWhole = () => simulation.view().every(({ isUp }) => isUp) && leads();
    while (!isWhole() && simulation.step());
    const from = simulation.view();
    const leader = from.find(({ snapshot }) => snapshot?.context.leadership)!.id;
    return { from, others: from.map(({ id }) => id).filter((id) => id !== leader), leader };
  }

  it('goes on where the run was: its leader commits, and others are elected after it', () => {
    const { from, others } = momentOf(start({ ...busy, servers: 3 }), 1_500);
    const [a = '', b = ''] = others;
    const prefix = electionOf(a, b);
    const { violation, sometimes } = explore({
      from,
      prefix,
      bounds: { newTerms: 0, requests: 1, depth: 7 },
    });
    expect(violation).toBeUndefined();
    expect(sometimes['an entry was committed']).toBeGreaterThan(0);
    expect(sometimes['a leader was elected']).toBeGreaterThan(0);
  });

  it('takes no time from there that the run has not had', () => {
    const { from } = momentOf(start(benign(3, 2_000)), 1_000);
    const later = momentOf(start(benign(3, 2_000)), 1_777).from;
    const bounds = { newTerms: 1, depth: 6 };
    expect(explore({ from: later, bounds })).toEqual(explore({ from, bounds }));
  });

  it('finds what a bug would do there', () => {
    const { from, others, leader } = momentOf(start(benign(3, 2_000)), 1_000);
    const [a = '', b = ''] = others;
    const prefix = [a, b].flatMap((candidate) => [
      `Timeout ${candidate}`,
      `Receive ${candidate} -> ${leader} PreVoteRequest`,
      `Receive ${leader} -> ${candidate} PreVoteResponse`,
    ]);
    const machine = grantsBesideItsOwn;
    const { violation } = explore({ from, prefix, machine, bounds: { newTerms: 0, depth: 4 } });
    expect(violation).toMatchObject({ law: 'Election Safety' });
    expect(violation!.trace).toHaveLength(4);
  });
});
