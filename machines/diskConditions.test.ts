/**
 * Disks that do not serve: a server whose disk is stalled or full stays up, shuns office, and hands
 * it over; one that is full hears its leader, and claims nothing.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  preVote,
  requestPreVote,
  requestVote,
  timeoutNow,
} from '../properties/support/script.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

const bad = ['stalled', 'full'] as const;

const shunning: Cases = {
  'how the disk is, a server is told in whatever role, and does nothing about it at once': (
    start,
  ) => {
    for (const s1 of [
      start(),
      start().asPreCandidate(),
      start().asCandidate(),
      start().asLeader(),
      start().asServing(),
      start().asServing().isToHandOver('S2'),
    ]) {
      const { value } = s1;
      for (const disk of ['full', 'stalled', 'ok'] as const) {
        s1.diskIs(disk);
        expect(s1.context.disk).toBe(disk);
        expect(s1.value).toEqual(value);
        expect(s1.effects).toEqual([]);
      }
    }
  },

  'a server whose disk does not serve stands for nothing, and waits on': (start) => {
    for (const disk of bad) {
      const s1 = start().diskIs(disk).timesOut();
      expect(s1.role).toBe('follower');
      expect(s1.effects).toEqual([untilElection]);
      expect(s1.diskIs('ok').timesOut().role).toBe('preCandidate');
    }
  },

  'whoever asks or stands already gives up at its next timeout': (start) => {
    for (const disk of bad) {
      for (const s1 of [start().asPreCandidate(), start().asCandidate()]) {
        s1.diskIs(disk).timesOut();
        expect(s1.role).toBe('follower');
        expect(s1.effects).toEqual([untilElection]);
      }
    }
  },

  'an election that is under way may still be won': (start) => {
    const s1 = start().asPreCandidate().diskIs('stalled');
    s1.receives(preVote({ term: 1, forTerm: 2, granted: true }));
    expect(s1.role).toBe('candidate');
  },

  'a leader that hands over is not followed by one whose disk does not serve': (start) => {
    for (const disk of bad) {
      const s1 = start()
        .diskIs(disk)
        .receives(timeoutNow({ term: 1 }));
      expect(s1.role).toBe('follower');
      expect(s1.sends).toEqual([]);
    }
  },

  'it votes all the same: term and vote always have room': (start) => {
    for (const disk of bad) {
      const s1 = start().diskIs(disk);
      expect(s1.receives(requestPreVote({ term: 2 })).answer).toMatchObject({ voteGranted: true });
      s1.receives(requestVote({ term: 2 }));
      expect(s1.answer).toMatchObject({ voteGranted: true });
      expect(s1.writes.at(-1)).toMatchObject({ votedFor: 'S2', isVote: true });
    }
  },
};

const full: Cases = {
  'entries for which there is no room are neither taken nor answered; their leader is heard': (
    start,
  ) => {
    const s1 = start().diskIs('full');
    s1.nowMs = 70;
    const message = { term: 1, prevIndex: 1, prevTerm: 1, terms: [1], commit: 2 };
    s1.receives(appendEntries({ ...message, from: 'S3' }));
    expect(s1.effects).toEqual([untilElection]);
    expect(s1.context).toMatchObject({ leaderId: 'S3', leaderContactMs: 70, commitIndex: 0 });
    expect(s1.logTerms).toEqual([1]);
    s1.diskIs('ok').receives(appendEntries({ ...message, from: 'S3' }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2 });
    expect(s1.context.commitIndex).toBe(2);
  },

  'a heartbeat is answered as ever, also with what is committed': (start) => {
    const s1 = start({ log: [1, 1, 1] }).diskIs('full');
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 3 }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 3 });
    expect(s1.context.commitIndex).toBe(3);
    s1.receives(appendEntries({ term: 1, prevIndex: 7, prevTerm: 1 }));
    expect(s1.answer).toMatchObject({ success: false, conflictIndex: 4 });
  },

  'a leader of an older term is told so, and one of a newer followed': (start) => {
    const s1 = start({ term: 4 }).diskIs('full');
    s1.receives(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [3] }));
    expect(s1.answer).toMatchObject({ success: false, term: 4 });
    s1.receives(appendEntries({ term: 5, prevIndex: 1, prevTerm: 1, terms: [5] }));
    expect(s1.sends).toEqual([]);
    expect(s1.context).toMatchObject({ currentTerm: 5, leaderId: 'S2' });
    expect(s1.logTerms).toEqual([1]);
  },

  'a disk that is only slow takes entries, and answers when it has them': (start) => {
    const s1 = start().diskIs('stalled');
    s1.receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1] }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2 });
    expect(s1.sends[0]!.awaits).toBe(s1.writes[0]!.number);
  },
};

const handingOver: Cases = {
  'a leader whose disk does not serve hands over with its next heartbeat': (start) => {
    for (const disk of bad) {
      const s1 = start().asServing().diskIs(disk);
      s1.nowMs = 30;
      s1.beats();
      expect(s1.value).toEqual({ leader: 'transferring' });
      expect(s1.context.leadership!.transfer).toEqual({ to: 'S2', sinceMs: 30, isTold: true });
      expect(s1.sent('TimeoutNowRequest').map(({ to }) => to)).toEqual(['S2']);
      expect(s1.sent('AppendEntriesRequest').map(({ to }) => to)).toEqual(['S2', 'S3']);
      expect(s1.timers).toEqual([{ type: 'setTimer', timer: 'heartbeat', minMs: 50, maxMs: 50 }]);
    }
  },

  'to the one that is furthest, once it has everything': (start) => {
    const s1 = start().asServing().isAsked(1).isAsked(1);
    s1.receives(appended({ from: 'S3', term: 2, match: 3 }));
    s1.diskIs('stalled').beats();
    expect(s1.context.leadership!.transfer).toMatchObject({ to: 'S3', isTold: false });
    s1.receives(appended({ from: 'S3', term: 2, match: 4 }));
    expect(s1.sent('TimeoutNowRequest').map(({ to }) => to)).toEqual(['S3']);
  },

  'a leader that is alone leads on': (start) => {
    const s1 = start({ voters: ['S1'] })
      .asServing()
      .isReplicated()
      .diskIs('full')
      .beats();
    expect(s1.value).toEqual({ leader: 'serving' });
  },

  'and one whose no-op is not committed goes on trying': (start) => {
    const s1 = start().asLeader().diskIs('stalled').beats();
    expect(s1.value).toEqual({ leader: 'establishing' });
  },

  'whoever could not hand over tries again, as long as its disk is so': (start) => {
    const s1 = start().asServing().diskIs('full').beats();
    s1.nowMs = 399;
    s1.receives(appended({ from: 'S3', term: 2, match: 2 }));
    s1.nowMs = 400;
    expect(s1.beats().value).toEqual({ leader: 'serving' });
    expect(s1.beats().value).toEqual({ leader: 'transferring' });
    s1.nowMs = 799;
    s1.receives(appended({ from: 'S3', term: 2, match: 2 }));
    s1.nowMs = 800;
    s1.beats().diskIs('ok');
    expect(s1.beats().value).toEqual({ leader: 'serving' });
  },
};

export const diskConditions: Cases = { ...shunning, ...full, ...handingOver };

runCases(import.meta.filename, 'Disks that do not serve', diskConditions);
