import { describe, expect, it } from 'vitest';
import type { RaftEvent } from '../../actors/raftEvents.js';
import type { Status } from '../../actors/status.js';
import { EventNotices, noticePauseMs } from './eventNotices.js';

function listener() {
  const clock = { nowMs: 0 };
  const lines: string[] = [];
  const notices = new EventNotices(
    () => clock.nowMs,
    (line) => lines.push(line),
  );
  const hear = (...events: RaftEvent[]) => {
    for (const event of events) notices.hear(event);
    return lines.splice(0);
  };
  return { clock, hear };
}

const leads = (leaderId: string | undefined): RaftEvent => ({
  type: 'changed',
  status: { leaderId } as Status,
});
const stands = (term: number): RaftEvent => ({
  type: 'electionStarted',
  term,
  reason: 'leaderSilent',
});
const stalled: RaftEvent = { type: 'stalled', ms: 1_200 };

describe('what befalls a server', () => {
  it.each<[RaftEvent, string]>([
    [stalled, 'stood still for about 1200 ms'],
    [{ type: 'diskChanged', disk: 'full' }, 'no room'],
    [{ type: 'diskChanged', disk: 'stalled' }, 'has not answered'],
    [{ type: 'diskChanged', disk: 'ok' }, 'serves again'],
    [{ type: 'clockJumped', ms: -7_200_000 }, 'jumped by -7200000 ms'],
    [
      { type: 'snapshotFailed', during: 'taking', error: new Error('no room') },
      'taking a snapshot failed: no room',
    ],
    [{ type: 'snapshotInstalled', index: 12, bytes: 1 }, 'up to index 12'],
    [{ type: 'transferStarted', to: 's2' }, 'hands leadership over to s2'],
    [{ type: 'transferAborted', to: 's2' }, 's2 did not take over'],
    [{ type: 'leadershipLost', term: 3, reason: 'noQuorum' }, 'leads no more in term 3'],
  ])('is a line where somebody may want to act: %j', (event, words) => {
    const lines = listener().hear(event);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
  });

  it('is none where all goes its way', () => {
    const quiet: RaftEvent[] = [
      leads('s1'),
      { type: 'electionWon', term: 2 },
      { type: 'leadershipLost', term: 3, reason: 'newerTerm' },
      { type: 'snapshotTaken', index: 1, bytes: 1 },
      { type: 'snapshotSent', to: 's2', index: 1 },
    ];
    expect(listener().hear(...quiet)).toEqual([]);
  });
});

describe('an election', () => {
  it('is lost when somebody else leads, or another one begins', () => {
    const { clock, hear } = listener();
    expect(hear(stands(4), leads(undefined), leads('s2'))).toEqual(['was not elected in term 4']);
    clock.nowMs += noticePauseMs;
    expect(hear(stands(5), stands(6))).toEqual(['was not elected in term 5']);
  });

  it('is not lost when it is won', () => {
    const won: RaftEvent = { type: 'electionWon', term: 4 };
    expect(listener().hear(stands(4), won, leads('s1'), leads('s2'))).toEqual([]);
  });
});

describe('lines of one kind', () => {
  it('come once in a while, and say how many were left out', () => {
    const { clock, hear } = listener();
    expect(hear(stalled, stalled, stalled)).toHaveLength(1);
    clock.nowMs = noticePauseMs - 1;
    expect(hear(stalled)).toEqual([]);
    clock.nowMs = noticePauseMs;
    expect(hear(stalled)[0]).toContain('and 3 more of this kind');
    clock.nowMs = 2 * noticePauseMs;
    expect(hear(stalled)[0]).not.toContain('more of this kind');
  });

  it('do not keep back those of another kind, such as that the disk serves again', () => {
    const { hear } = listener();
    const disk = (condition: 'ok' | 'full'): RaftEvent => ({
      type: 'diskChanged',
      disk: condition,
    });
    expect(hear(stalled, disk('full'), disk('ok'))).toHaveLength(3);
  });
});
