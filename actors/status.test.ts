/** Tests of the figures of a server: what followers lack in entries, in bytes, and in time. */
import { describe, expect, it } from 'vitest';
import { proposal } from '../machines/entry.js';
import { appended, conflicted } from '../properties/support/script.js';
import { Stage } from '../properties/support/stage.js';
import { statusOf } from './status.js';

/** A leader that was asked for commands of these lengths at `wallMs`; nobody has them yet. */
function leaderOf(lengths: readonly number[], wallMs = 1_000): Stage {
  const s1 = new Stage({ settings: { trailingEntriesMax: 0 } }).asServing();
  const proposals = lengths.map((length) => proposal('command', new Uint8Array(length)));
  return s1.step({ type: 'ClientRequest', proposals, wallMs, atMs: s1.nowMs }).saves();
}

describe('the figures of a server', () => {
  it('are all zero before it runs', () => {
    expect(statusOf(undefined, 5, 5)).toEqual({
      term: 0,
      leaderId: undefined,
      commitIndex: 0,
      lastIndex: 0,
      baseIndex: 0,
      snapshotIndex: 0,
      transferTo: undefined,
      followers: {},
    });
  });

  it('name no followers where it does not lead', () => {
    expect(statusOf(new Stage().context, 0, 0)).toMatchObject({ term: 1, followers: {} });
  });

  it('say whom it hands over to', () => {
    const s1 = leaderOf([]);
    s1.step({ type: 'TransferLeadership', to: 'S3', atMs: 0 });
    expect(statusOf(s1.context, 0, 0).transferTo).toBe('S3');
  });

  it('say what is compacted', () => {
    const s1 = leaderOf([1, 1]).isReplicated();
    const snapshot = {
      base: { index: 3, term: 2, stampMs: 1_000 },
      configuration: s1.context.configuration,
    };
    s1.step({ type: 'snapshotTaken', snapshot, atMs: 0 });
    expect(statusOf(s1.context, 0, 0)).toMatchObject({
      baseIndex: 3,
      snapshotIndex: 3,
      lastIndex: 4,
      commitIndex: 4,
    });
  });
});

describe('a follower in its leader’s figures', () => {
  it('that has everything lags by nothing', () => {
    const s1 = leaderOf([100, 200]).isReplicated();
    const { S2, S3 } = statusOf(s1.context, 0, 99_000).followers;
    const nothing = { lagEntries: 0, lagBytes: 0, lagMs: 0, snapshotOffset: undefined };
    expect(S2).toMatchObject({ state: 'replicating', matchIndex: 4, ...nothing });
    expect(S3).toMatchObject({ state: 'replicating', matchIndex: 4, ...nothing });
  });

  it('lags by entries, by their bytes, and since the oldest of them is in the log', () => {
    const s1 = leaderOf([100, 200, 300], 5_000);
    s1.receives(appended({ term: 2, match: 3 }));
    const { S2, S3 } = statusOf(s1.context, 0, 5_700).followers;
    expect(S2).toMatchObject({ matchIndex: 3, lagEntries: 2, lagBytes: 500, lagMs: 700 });
    expect(S3).toMatchObject({ matchIndex: 2, lagEntries: 3, lagBytes: 600, lagMs: 700 });
  });

  it('lags by no negative time, whatever the wall clock does', () => {
    const { S2 } = statusOf(leaderOf([1], 5_000).context, 0, 100).followers;
    expect(S2!.lagMs).toBe(0);
  });

  it('is silent since it last answered', () => {
    const s1 = leaderOf([1]);
    s1.nowMs = 1_000;
    s1.receives(appended({ term: 2, match: 2 }));
    const { S2, S3 } = statusOf(s1.context, 1_250.4, 0).followers;
    expect([S2!.silentMs, S3!.silentMs]).toEqual([250, 1_250]);
  });

  it('is where its log was seen to meet', () => {
    const s1 = new Stage({ log: [1, 1, 1] }).asLeader();
    const refusal = { term: 2, prevIndex: 3, conflictTerm: 0, conflictIndex: 1 };
    s1.receives(conflicted(refusal));
    expect(statusOf(s1.context, 0, 0).followers['S2']).toMatchObject({
      state: 'probing',
      matchIndex: 0,
      lagEntries: 4,
    });
  });

  it('lags by about as many bytes as there are, when more is missing than is measured', () => {
    const s1 = leaderOf(Array<number>(10_000).fill(10));
    const { S2 } = statusOf(s1.context, 0, 0).followers;
    expect(S2).toMatchObject({ lagEntries: 10_000, lagBytes: 100_000 });
  });

  it('lags by bytes and time also where the log does not reach back to what it has', () => {
    const s1 = new Stage({ settings: { trailingEntriesMax: 0 } }).asServing();
    const ask = (count: number, wallMs: number) => {
      const proposals = Array.from({ length: count }, () =>
        proposal('command', new Uint8Array(10)),
      );
      s1.step({ type: 'ClientRequest', proposals, wallMs, atMs: 0 });
      s1.isReplicated(['S2']);
    };
    ask(6_000, 1_000);
    const base = { index: 5_002, term: 2, stampMs: 1_000 };
    const { configuration } = s1.context;
    s1.step({ type: 'snapshotTaken', snapshot: { base, configuration }, atMs: 0 });
    const { S3 } = statusOf(s1.context, 0, 4_000).followers;
    expect(S3).toMatchObject({ matchIndex: 2, lagEntries: 6_000, lagMs: 3_000 });
    expect(S3!.lagBytes).toBe(60_000);
  });

  it('lags by time also where all that it lacks is compacted', () => {
    const s1 = leaderOf([10, 10], 1_000).isReplicated(['S2']);
    const base = { index: 4, term: 2, stampMs: 1_000 };
    const { configuration } = s1.context;
    s1.step({ type: 'snapshotTaken', snapshot: { base, configuration }, atMs: 0 });
    const { S3 } = statusOf(s1.context, 0, 4_000).followers;
    expect(S3).toMatchObject({ lagEntries: 2, lagMs: 3_000 });
  });
});
