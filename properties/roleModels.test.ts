/**
 * Model-based tests of the roles: each role's chart, mounted alone, is the model. `@xstate/test`
 * explores it over an abstraction of what a server knows, and every step that it finds is taken,
 * over the shortest way there, by a server as Figure 2 has it. After each step the two must agree
 * on role, term, vote, log, commit index and answer.
 */
import { TestModel } from '@xstate/test';
import { describe, expect, it } from 'vitest';
import { noSnapshot, type ServerEvent, type ServerInput } from '../machines/context.js';
import type { Effect } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';
import { logStart } from '../machines/log.js';
import { type Role, roleOf } from '../machines/server.js';
import { defaultSettings } from '../machines/settings.js';
import { Figure2 } from './support/figure2.js';
import { type RoleChart, roleChart, type Situation } from './support/roleChart.js';
import { roleEvents } from './support/roleEvents.js';
import { logOfTerms, members, threeServers } from './support/script.js';

type RoleModel = TestModel<Situation, ServerEvent, ServerInput>;

const logTerms = [1, 1, 2];
const currentTerm = 2;

/**
 * What of a situation decides how it goes on; everything else is said in relation to the situation.
 */
function abstractionOf({ snapshot }: Situation): string {
  const { log, leadership, ...context } = snapshot.context;
  const place = (index: number) =>
    index === 0 ? 'none' : index === log.lastIndex ? 'all' : 'some';
  return JSON.stringify([
    snapshot.value,
    context.votedFor,
    context.leaderId,
    context.votesGranted.toSorted(),
    context.votesRefused.toSorted(),
    Math.min(log.lastIndex, logTerms.length + 1),
    log.lastTerm === context.currentTerm,
    place(context.commitIndex),
    leadership && place(leadership.durableIndex),
    Object.values(leadership?.progress ?? {}).map((p) => [place(p.matchIndex), p.contactMs]),
    Object.values(leadership?.progress ?? {}).every((p) => p.answeredSentMs < 0),
    leadership?.transfer?.isTold,
    leadership?.transfer?.sinceMs,
    leadership?.hasToldTimeoutNow,
    context.leaderContactMs,
    context.disk,
  ]);
}

function modelOf(chart: RoleChart): RoleModel {
  return new TestModel(chart.logic, {
    serializeState: abstractionOf,
    events: ({ snapshot }) => (snapshot.status === 'done' ? [] : roleEvents(snapshot.context)),
  });
}

type Step = { readonly state: Situation; readonly event: ServerEvent };

/**
 * One path for each step of the graph: the way by which its beginning was discovered, and the step.
 * The paths that the library makes are of no use under an abstraction, since they join situations
 * of different histories.
 */
function pathsThrough(model: RoleModel): Step[][] {
  const ways = new Map<string, Step[]>();
  const paths: Step[][] = [];
  for (const { state, event, nextState } of model.getAdjacencyList()) {
    const path = [...(ways.get(abstractionOf(state)) ?? []), { state: nextState, event }];
    if (ways.size === 0) ways.set(abstractionOf(state), []);
    if (!ways.has(abstractionOf(nextState))) ways.set(abstractionOf(nextState), path);
    paths.push(path);
  }
  return paths;
}

/** Takes every path with a new server of Figure 2, and compares after every step. */
function takeEachPath(role: Role, voters: readonly ServerId[], model: RoleModel, make: MakeServer) {
  const paths = pathsThrough(model);
  const { electionTimeoutMinMs, electionTimeoutMaxMs } = defaultSettings;
  for (const steps of paths) {
    const server = make({
      role,
      currentTerm,
      log: logTerms,
      voters,
      electionTimeoutMinMs,
      electionTimeoutMaxMs,
    });
    const receive = ({ event }: Step) => server.receive(event);
    const types = new Set(steps.map(({ event }) => event.type));
    const events = Object.fromEntries([...types].map((type) => [type, receive]));
    const states = { '*': (situation: Situation) => expectSame(role, situation, server) };
    const { state } = steps.at(-1)!;
    model.testPathSync({ state, steps, weight: steps.length }, { states, events });
  }
  return paths.length;
}

type MakeServer = (...start: ConstructorParameters<typeof Figure2>) => Figure2;

/** Beyond its own role a chart ends: there the two agree on which role comes next. */
function expectSame(role: Role, { snapshot, effects }: Situation, server: Figure2) {
  const { context } = snapshot;
  const next = roleOf(snapshot);
  if (next !== role) return expect(server.entered.find((entered) => entered !== role)).toBe(next);
  const { log, votedFor, commitIndex, answer } = server;
  const ofPaper = {
    role: server.role,
    term: server.currentTerm,
    votedFor,
    log,
    commitIndex,
    answer,
  };
  const ofChart = {
    role: next,
    term: context.currentTerm,
    votedFor: context.votedFor,
    log: context.log.slice(1, context.log.length).map(({ term }) => term),
    commitIndex: context.commitIndex,
    answer: answerIn(effects),
  };
  // Most agree, and comparing by `expect` takes ten times as long.
  if (JSON.stringify(ofChart) !== JSON.stringify(ofPaper)) expect(ofChart).toEqual(ofPaper);
}

/** Whether a request was granted or succeeded; undefined where there is no answer. */
function answerIn(effects: readonly Effect[]): boolean | undefined {
  for (const effect of effects) {
    if (effect.type !== 'send') continue;
    if ('success' in effect.message) return effect.message.success;
    if ('voteGranted' in effect.message) return effect.message.voteGranted;
  }
  return undefined;
}

function inputOf(
  voters: readonly ServerId[],
  learners: readonly ServerId[] = [],
  leaseReads = false,
): ServerInput {
  return {
    id: 'S1',
    settings: { ...defaultSettings, leaseReads },
    currentTerm,
    votedFor: undefined,
    base: logStart,
    snapshot: noSnapshot,
    nowMs: 0,
    entries: logOfTerms(logTerms, members(voters, learners)),
  };
}

const figure2: MakeServer = (start) => new Figure2(start);

describe('every step of a role is one of Figure 2’s server', () => {
  for (const role of ['follower', 'preCandidate', 'candidate', 'leader'] as const) {
    it(`of the ${role}, over every line of its table`, () => {
      // Followers that keep leases would vote for nobody at first.
      const chart = roleChart(role, inputOf(threeServers, [], role === 'leader'));
      const paths = takeEachPath(role, threeServers, modelOf(chart), figure2);
      expect(paths).toBeGreaterThan(100);
      expect(chart.untaken()).toEqual([]);
    });
  }

  it('of a follower that is a learner', () => {
    const voters = ['S2', 'S3'];
    const chart = roleChart('follower', inputOf(voters, ['S1']));
    takeEachPath('follower', voters, modelOf(chart), figure2);
    expect(chart.untaken()).toEqual([
      'follower: timer.election line 1',
      'follower: TimeoutNowRequest line 3',
    ]);
  });

  it('and not of a server that votes twice, which is how we know', () => {
    class VotesTwice extends Figure2 {
      override receive(event: ServerEvent): void {
        if (event.type === 'RequestVoteRequest') this.votedFor = undefined;
        super.receive(event);
      }
    }
    const model = modelOf(roleChart('follower', inputOf(threeServers)));
    expect(() =>
      takeEachPath('follower', threeServers, model, (start) => new VotesTwice(start)),
    ).toThrow();
  });
});
