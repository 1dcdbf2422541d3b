import { describe, expect, it } from 'vitest';
import { busy, stateMachine } from '../properties/support/busyRun.js';
import { record } from './recording.js';
import { spaceTime } from './spaceTime.js';

const servers = ['s1', 's2', 's3'];
const { trace } = record({ schedule: busy, seed: 1, stateMachine });

describe('a space-time diagram', () => {
  it('shows how a leader comes about, with time running down and messages across', () => {
    const election = trace.filter(({ at }) => at < 300);
    expect(spaceTime(servers, election).join('\n')).toBe(
      `
       ms  s1   s2   s3
      4.8  ●              Restart: follower of term 1, log up to 1, committed 0
      4.9  │         ●    Restart: follower of term 1, log up to 1, committed 0
      4.9  │    ●    │    Restart: follower of term 1, log up to 1, committed 0
    215.8  ●    │    │    timer.election: is preCandidate
    218.5  ●◁───┼────┤    PreVoteResponse: term 2, is candidate, votes for s1
    220.3  ├───▷●    │    RequestVoteRequest: term 2, votes for s1
    220.8  ├────┼───▷●    RequestVoteRequest: term 2, votes for s1
    222.9  ◆◁───┤    │    RequestVoteResponse: LEADS, log up to 2
    224.0  ├───▷●    │    AppendEntriesRequest: log up to 2
    224.1  ├────┼───▷●    AppendEntriesRequest: log up to 2
    225.9  ◆◁───┼────┤    AppendEntriesResponse: committed 2
    237.6  ├───▷●    │    AppendEntriesRequest: committed 2
    237.6  ├────┼───▷●    AppendEntriesRequest: committed 2`.slice(1),
    );
  });

  it('leaves the lane of a server empty while it is down, and says what befell it', () => {
    const crash = trace.filter(({ at }) => at < 1_103);
    expect(spaceTime(servers, crash, { linesMax: 3 })).toEqual([
      '       ms  s1   s2   s3',
      '      ...  70 lines before these',
      '   1100.0       │    │    client 1: notDone',
      '   1100.0  ○    │    │    over: crash server leader',
      '   1102.6  ●    │    │    Restart: follower of term 2, log up to 8, committed 0',
    ]);
  });

  it('shows what clients asked for and were told, and which messages that matter were lost', () => {
    const lost = { type: 'lost', number: 2, cause: 1, at: 9, from: 's1', to: 's3' } as const;
    const settled = { type: 'settled', number: 3, cause: 1, at: 9.5, client: 4 } as const;
    const lines = spaceTime(servers, [
      { type: 'asked', number: 1, cause: 0, at: 8, client: 4, operation: 0 },
      { ...lost, event: 'RequestVoteRequest' },
      { ...lost, event: 'AppendEntriesRequest' },
      { ...settled, operation: 0, outcome: 'done', output: 7 },
    ]);
    expect(lines.slice(1)).toEqual([
      '      8.0                 client 4 asks for a read',
      '      9.0  ├────────▷×    RequestVoteRequest is lost',
      '      9.5                 client 4: done 7',
    ]);
  });
});
