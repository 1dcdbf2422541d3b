/** Membership: which configuration counts, and who counts in it (§6; learners, thesis §4.2.1). */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  configurationEntry,
  logOfTerms,
  members,
  preVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';
import { encodeConfiguration } from './configuration.js';
import { proposal } from './entry.js';

const founders = members(['S1', 'S2', 'S3']);
const successors = members(['S1', 'S4', 'S5']);

/** From S1, S2, S3 to S1, S4, S5. */
const joint = { to: successors, outgoing: founders };

const encourage = (s1: Stage, from: string) =>
  s1.receives(preVote({ from, term: 1, forTerm: 2, granted: true }));
const grant = (s1: Stage, from: string) =>
  s1.receives(vote({ from, term: s1.context.currentTerm, granted: true }));
const holds = (s1: Stage, from: string, match: number) =>
  s1.receives(appended({ from, term: s1.context.currentTerm, match }));

const taking: Cases = {
  'a server uses the latest configuration in its log, committed or not (§6)': (start) => {
    const s1 = start();
    const entries = [configurationEntry(2, 1, successors, founders)];
    s1.receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, entries }));
    expect(s1.context.commitIndex).toBe(0);
    expect(s1.context.configuration).toMatchObject({
      index: 2,
      voters: [
        ['S1', 'S4', 'S5'],
        ['S1', 'S2', 'S3'],
      ],
    });
    expect(s1.others).toEqual(['S4', 'S5', 'S2', 'S3']);
  },

  'also after a restart': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1, 1], founders, { to: successors }) });
    expect(s1.context.configuration.index).toBe(3);
    expect(s1.others).toEqual(['S4', 'S5']);
  },

  'a configuration that is overwritten gives way to the one before it (§6)': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1, 1], founders, joint) });
    expect(s1.context.configuration.index).toBe(3);
    s1.receives(appendEntries({ term: 2, prevIndex: 2, prevTerm: 1, terms: [2, 2] }));
    expect(s1.context.configuration).toMatchObject({ index: 1, voters: [['S1', 'S2', 'S3']] });
  },

  'and stays when only what follows it is overwritten': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) });
    s1.receives(appendEntries({ term: 1, prevIndex: 2, prevTerm: 1, terms: [1] }));
    s1.receives(appendEntries({ term: 2, prevIndex: 2, prevTerm: 1, terms: [2] }));
    expect(s1.context.configuration.index).toBe(2);
  },

  'an acknowledgement says under which configuration it was made': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1, 1], founders, joint) });
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1 }));
    expect(s1.answer).toMatchObject({ success: true, configurationIndex: 3 });
    s1.receives(appendEntries({ term: 1, prevIndex: 9, prevTerm: 1 }));
    expect(s1.answer).toMatchObject({ success: false, configurationIndex: 3 });
  },

  'a server that is no member any more stands for nothing': (start) => {
    const s1 = start({ id: 'S2', entries: logOfTerms([1, 1], founders, { to: successors }) });
    expect(s1.timesOut().role).toBe('follower');
    expect(s1.sends).toEqual([]);
  },
};

const jointly: Cases = {
  'while it is joint, an election needs a majority of each half (§6)': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) }).timesOut();
    encourage(s1, 'S2');
    encourage(s1, 'S3');
    expect(s1.role).toBe('preCandidate');
    encourage(s1, 'S4');
    expect(s1.role).toBe('candidate');
    s1.saves();
    grant(s1, 'S4');
    grant(s1, 'S5');
    expect(s1.role).toBe('candidate');
    grant(s1, 'S3');
    expect(s1.role).toBe('leader');
  },

  'one half that refuses is enough to lose': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) }).asCandidate();
    for (const from of ['S4', 'S5']) s1.receives(vote({ from, term: 2, granted: false }));
    expect(s1.value).toEqual({ candidate: 'lost' });
  },

  'and so does every commit': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) })
      .asLeader()
      .saves();
    holds(s1, 'S2', 3);
    holds(s1, 'S3', 3);
    expect(s1.context.commitIndex).toBe(0);
    holds(s1, 'S5', 3);
    expect(s1.context.commitIndex).toBe(3);
  },

  'both halves get the log, and are asked for their votes': (start) => {
    const candidate = start({ entries: logOfTerms([1, 1], founders, joint) }).asCandidate();
    expect(candidate.sends.map(({ to }) => to)).toEqual(['S4', 'S5', 'S2', 'S3']);
    const leader = start({ entries: logOfTerms([1, 1], founders, joint) }).asLeader();
    expect(leader.sends.map(({ to }) => to)).toEqual(['S4', 'S5', 'S2', 'S3']);
  },

  'a leader counts in the half that it belongs to, and in no other (§6)': (start) => {
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) })
      .asLeader()
      .saves();
    const leaving = start({
      id: 'S2',
      entries: logOfTerms([1, 1], founders, joint),
    }).asLeader();
    for (const leader of [s1, leaving.saves()]) {
      holds(leader, 'S3', 3);
      expect(leader.context.commitIndex).toBe(0);
      holds(leader, 'S4', 3);
    }
    expect(s1.context.commitIndex).toBe(3);
    expect(leaving.context.commitIndex).toBe(0);
    holds(leaving, 'S5', 3);
    expect(leaving.context.commitIndex).toBe(3);
  },
};

const learning: Cases = {
  'a learner’s vote does not count (thesis §4.2.1)': (start) => {
    const s1 = start({ learners: ['L1', 'L2'] }).timesOut();
    encourage(s1, 'L1');
    encourage(s1, 'L2');
    expect(s1.role).toBe('preCandidate');
    s1.asCandidate().saves();
    grant(s1, 'L1');
    grant(s1, 'L2');
    expect(s1.role).toBe('candidate');
  },

  'nor does a learner’s refusal': (start) => {
    const s1 = start({ learners: ['L1', 'L2'] }).asCandidate();
    for (const from of ['L1', 'L2']) s1.receives(vote({ from, term: 2, granted: false }));
    expect(s1.value).toEqual({ candidate: 'campaigning' });
  },

  'nor what it holds': (start) => {
    const s1 = start({ learners: ['L1', 'L2'] })
      .asLeader()
      .saves();
    holds(s1, 'L1', 2);
    holds(s1, 'L2', 2);
    expect(s1.context.commitIndex).toBe(0);
  },

  'nor that it answers the leader (thesis §4.2.3)': (start) => {
    const s1 = start({ learners: ['L1', 'L2'] }).asLeader();
    s1.nowMs = 200;
    s1.isReplicated(['L1', 'L2']).receives(requestVote({ term: 3 }));
    expect(s1.role).toBe('follower');
  },

  'whether it is a voter, the candidate knows: whoever is asked answers (thesis §4.1)': (start) => {
    const learner = start({ id: 'L1', learners: ['L1'] }).receives(requestVote({ term: 2 }));
    expect(learner.answer).toMatchObject({ voteGranted: true });
    expect(learner.context.votedFor).toBe('S2');
  },
};

const appending: Cases = {
  'a leader uses a configuration as soon as it has appended it (§6)': (start) => {
    const s1 = start().asServing();
    const bytes = encodeConfiguration({ members: successors, outgoing: founders });
    const proposals = [proposal('configuration', bytes)];
    s1.step({ type: 'ClientRequest', proposals, wallMs: 0, atMs: 0 });
    expect(s1.context.configuration.index).toBe(3);
    expect(Object.keys(s1.context.leadership!.progress)).toEqual(['S4', 'S5', 'S2', 'S3']);
  },
};

export const membership: Cases = { ...taking, ...jointly, ...learning, ...appending };

runCases(import.meta.filename, 'Membership (§6)', membership);
