/**
 * Replication as a leader drives it (§5.3): one probe until the logs meet, then a window of
 * messages.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { appended, conflicted } from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';
import { proposal } from './entry.js';

/** The entries that go to a server, one list of indexes for each message. */
function entriesTo(s1: Stage, to: string): number[][] {
  const messages = s1.sent('AppendEntriesRequest').filter((sent) => sent.to === to);
  return messages.map(({ message }) => message.entries.map(({ index }) => index));
}

const taking: Cases = {
  'a leader’s first entry is a no-op of its own term, sent to everybody (§5.4.2, §8)': (start) => {
    const s1 = start({ log: [1, 1, 2], term: 4 }).asLeader();
    expect(s1.logTerms).toEqual([1, 1, 2, 5]);
    expect(s1.context.log.entryAt(4)).toMatchObject({ kind: 'noOp', index: 4, term: 5 });
    expect(s1.writes).toMatchObject([{ currentTerm: 5, votedFor: 'S1', entries: [{ index: 4 }] }]);
    for (const { message } of s1.sent('AppendEntriesRequest')) {
      expect(message).toMatchObject({
        from: 'S1',
        term: 5,
        prevLogIndex: 3,
        prevLogTerm: 2,
        leaderCommit: 0,
        entries: [{ kind: 'noOp' }],
      });
    }
    expect(s1.sends.map(({ to }) => to)).toEqual(['S2', 'S3']);
  },

  'nothing of an earlier leadership is left in a later one': (start) => {
    const s1 = start().asServing().isRead(1);
    s1.receives(appended({ term: 9, match: 1 })).asLeader();
    expect(s1.context.leadership).toMatchObject({ round: 0, reads: [], durableIndex: 0 });
    for (const progress of Object.values(s1.context.leadership!.progress)) {
      expect(progress).toMatchObject({ state: 'probing', matchIndex: 0, nextIndex: 3, round: 0 });
    }
  },

  'appends what clients ask for behind its log, in its term (Leader Append-Only)': (start) => {
    const s1 = start({ log: [1, 2] })
      .asServing()
      .isAsked(5, 6);
    expect(s1.logTerms).toEqual([1, 2, 3, 3, 3]);
    const asked = s1.context.log.slice(4, 2);
    expect(asked).toMatchObject([
      { index: 4, term: 3, kind: 'command' },
      { index: 5, term: 3, kind: 'command' },
    ]);
    expect(asked.map(({ bytes }) => bytes.length)).toEqual([5, 6]);
    expect(s1.writes).toMatchObject([{ entries: asked, lastIndex: 5 }]);
  },

  'leaves what belongs to the client as it is': (start) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const asked = {
      kind: 'command',
      sessionId: 7,
      sequence: 8,
      firstUnacknowledged: 6,
      bytes,
    } as const;
    const s1 = start().asServing();
    s1.step({ type: 'ClientRequest', proposals: [asked], wallMs: 0, atMs: 0 });
    expect(s1.context.log.entryAt(3)).toEqual({ ...asked, index: 3, term: 2, stampMs: 1 });
    expect(s1.context.log.entryAt(3)!.bytes).toBe(bytes);
  },

  'stamps entries with its wall clock, and never with an earlier time than the last': (start) => {
    const s1 = start().asServing();
    const proposals = [proposal('command')];
    for (const wallMs of [5_000, 3_000, 6_000]) {
      s1.step({ type: 'ClientRequest', proposals, wallMs, atMs: 0 });
    }
    const stamps = s1.context.log.slice(3, 3).map(({ stampMs }) => stampMs);
    expect(stamps).toEqual([5_000, 5_000, 6_000]);
  },

  'a learner gets the log like anybody (thesis §4.2.1)': (start) => {
    const s1 = start({ voters: ['S1', 'S2'], learners: ['S3'] })
      .asServing()
      .isAsked(1);
    expect(entriesTo(s1, 'S3')).toEqual([[3]]);
  },

  'an answer of a server that it does not know is nothing to it': (start) => {
    const s1 = start().asServing();
    const { context } = s1;
    s1.receives(appended({ from: 'S9', term: 2, match: 2 }));
    s1.receives(
      conflicted({ from: 'S9', term: 2, prevIndex: 1, conflictTerm: 0, conflictIndex: 1 }),
    );
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
  },

  'a follower that claims more than there is breaks a law (Log Matching)': (start) => {
    const s1 = start().asServing();
    expect(() => s1.receives(appended({ term: 2, match: 3 }))).toThrow('Log Matching');
  },
};

const probing: Cases = {
  'one message at a time, until one fits': (start) => {
    const s1 = start().asLeader();
    expect(entriesTo(s1, 'S2')).toEqual([[2]]);
    s1.isAsked(1);
    expect(entriesTo(s1, 'S2')).toEqual([]);
    s1.receives(appended({ term: 2, match: 2 }));
    expect(entriesTo(s1, 'S2')).toEqual([[3]]);
  },

  'a follower whose probe was lost is found by a heartbeat': (start) => {
    const s1 = start().asLeader().beats();
    expect(s1.sends[0]!.message).toMatchObject({ prevLogIndex: 1, prevLogTerm: 1, entries: [] });
    s1.receives(appended({ term: 2, match: 1 }));
    expect(entriesTo(s1, 'S2')).toEqual([[2]]);
  },

  'a refusal that is not about the last probe comes late, and moves nothing': (start) => {
    const s1 = start({ log: [1, 1, 1, 1] }).asLeader();
    const refuse = (prevIndex: number) =>
      s1.receives(conflicted({ term: 2, prevIndex, conflictTerm: 0, conflictIndex: 3 }));
    refuse(3);
    expect(s1.sends).toEqual([]);
    expect(s1.context.leadership!.progress.S2).toMatchObject({ nextIndex: 5, isProbed: true });
    refuse(4);
    expect(entriesTo(s1, 'S2')).toEqual([[3, 4, 5]]);
    refuse(4);
    expect(s1.sends).toEqual([]);
  },

  'nothing is probed below what is known to match': (start) => {
    const s1 = start({ log: [1, 1, 1] }).asLeader();
    s1.receives(appended({ term: 2, match: 3 }));
    s1.receives(conflicted({ term: 2, prevIndex: 4, conflictTerm: 0, conflictIndex: 1 }));
    expect(s1.context.leadership!.progress.S2).toMatchObject({
      state: 'probing',
      matchIndex: 3,
      nextIndex: 4,
    });
    expect(entriesTo(s1, 'S2')).toEqual([[4]]);
  },
};

const replicating: Cases = {
  'messages follow one another without waiting for answers': (start) => {
    const s1 = start().asServing();
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([[3]]);
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([[4]]);
    expect(s1.sent('AppendEntriesRequest')[0]!.message).toMatchObject({
      prevLogIndex: 3,
      prevLogTerm: 2,
    });
  },

  'at most so many messages are under way, and an answer makes room': (start) => {
    const s1 = start({ settings: { messagesInFlightMax: 2 } }).asServing();
    s1.isAsked(1).isAsked(1);
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([]);
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([]);
    s1.receives(appended({ term: 2, match: 3 }));
    expect(entriesTo(s1, 'S2')).toEqual([[5, 6]]);
    s1.receives(appended({ term: 2, match: 6 }));
    expect(entriesTo(s1, 'S2')).toEqual([]);
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([[7]]);
  },

  'at most so many bytes are under way': (start) => {
    const s1 = start({ settings: { bytesInFlightMax: 100 } }).asServing();
    expect(entriesTo(s1.isAsked(60), 'S2')).toEqual([[3]]);
    expect(entriesTo(s1.isAsked(60), 'S2')).toEqual([[4]]);
    expect(entriesTo(s1.isAsked(1), 'S2')).toEqual([]);
    s1.receives(appended({ term: 2, match: 3 }));
    expect(entriesTo(s1, 'S2')).toEqual([[5]]);
    expect(s1.context.leadership!.progress.S2!.bytesInFlight).toBe(61);
  },

  'a message holds at most so many entries': (start) => {
    const s1 = start({ settings: { entriesPerMessageMax: 2 } }).asServing();
    expect(entriesTo(s1.isAsked(1, 1, 1, 1, 1), 'S2')).toEqual([[3, 4], [5, 6], [7]]);
  },

  'and so many bytes, unless its first entry alone is larger': (start) => {
    const s1 = start({ settings: { bytesPerMessageMax: 10 } }).asServing();
    expect(entriesTo(s1.isAsked(5, 5, 1, 30, 9, 2), 'S2')).toEqual([[3, 4], [5], [6], [7], [8]]);
  },

  'an older answer takes nothing back': (start) => {
    const s1 = start().asServing().isAsked(1).isAsked(1);
    s1.receives(appended({ term: 2, match: 4 }));
    s1.receives(appended({ term: 2, match: 3 }));
    expect(s1.context.leadership!.progress.S2).toMatchObject({ matchIndex: 4, nextIndex: 5 });
  },

  'a refusal of what is known to match comes late, and moves nothing': (start) => {
    const s1 = start({ log: [1, 1, 1] }).asServing();
    const { progress } = s1.context.leadership!;
    s1.receives(conflicted({ term: 2, prevIndex: 4, conflictTerm: 0, conflictIndex: 3 }));
    expect(s1.sends).toEqual([]);
    expect(s1.context.leadership!.progress).toEqual(progress);
  },

  'what was lost is sent again when a heartbeat finds the gap': (start) => {
    const s1 = start().asServing().isAsked(60).isAsked(60);
    s1.beats();
    expect(s1.sends[0]!.message).toMatchObject({ prevLogIndex: 4, entries: [] });
    s1.receives(conflicted({ term: 2, prevIndex: 4, conflictTerm: 0, conflictIndex: 3 }));
    expect(entriesTo(s1, 'S2')).toEqual([[3, 4]]);
    s1.receives(appended({ term: 2, match: 4 }));
    expect(s1.context.leadership!.progress.S2).toMatchObject({
      state: 'replicating',
      nextIndex: 5,
      inFlight: [],
      bytesInFlight: 0,
    });
  },

  'a heartbeat does not wait behind a long entry: it claims what is known to match': (start) => {
    const s1 = start({ settings: { bytesPerMessageMax: 10 } })
      .asServing()
      .isAsked(11);
    s1.nowMs = 199;
    expect(s1.beats().sends[0]!.message).toMatchObject({ prevLogIndex: 2, prevLogTerm: 2 });
    s1.receives(appended({ from: 'S3', term: 2, match: 2 }));
    s1.nowMs = 200;
    expect(s1.beats().sends[0]!.message).toMatchObject({ prevLogIndex: 3, prevLogTerm: 2 });
  },

  'if what matches has left the log since, it claims nothing': (start) => {
    const settings = { bytesPerMessageMax: 10, trailingEntriesMax: 0 };
    const s1 = start({ settings }).asServing().isAsked(11).saves();
    s1.receives(appended({ from: 'S3', term: 2, match: 3 }));
    s1.takesSnapshot(3).beats();
    expect(s1.sends[0]).toMatchObject({ to: 'S2', message: { prevLogIndex: 0, prevLogTerm: 0 } });
  },

  'a window that is full opens again after a refusal': (start) => {
    const s1 = start({ settings: { messagesInFlightMax: 1, bytesInFlightMax: 10 } }).asServing();
    s1.isAsked(10).isAsked(10);
    s1.receives(conflicted({ term: 2, prevIndex: 3, conflictTerm: 0, conflictIndex: 3 }));
    expect(entriesTo(s1, 'S2')).toEqual([[3, 4]]);
  },

  'followers are sent to each at its own pace': (start) => {
    const s1 = start().asLeader().saves();
    s1.receives(appended({ from: 'S2', term: 2, match: 2 }));
    s1.isAsked(1);
    expect(entriesTo(s1, 'S2')).toEqual([[3]]);
    expect(entriesTo(s1, 'S3')).toEqual([]);
    s1.receives(appended({ from: 'S3', term: 2, match: 2 }));
    expect(entriesTo(s1, 'S3')).toEqual([[3]]);
  },
};

export const replication: Cases = { ...taking, ...probing, ...replicating };

runCases(import.meta.filename, 'Replication (§5.3)', replication);
