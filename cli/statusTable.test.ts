import { describe, expect, it } from 'vitest';
import type { KvReport } from '../services/kv/nodeKvServer.js';
import { Refusal } from './refusal.js';
import { leaderAmong, type ServerAnswer } from './serverAnswer.js';
import { statusDocument, statusTable } from './statusTable.js';

function answer(port: number, report: Partial<KvReport>): ServerAnswer {
  const whole: KvReport = {
    id: 's1',
    role: 'follower',
    term: 7,
    leaderId: 's2',
    commitIndex: 90,
    lastApplied: 89,
    lastIndex: 91,
    baseIndex: 0,
    snapshotIndex: 0,
    logTimeMs: 0,
    sessions: 0,
    disk: 'ok',
    transferTo: null,
    followers: {},
    snapshotError: null,
    keys: 5,
    expires: 0,
    ...report,
  };
  return { address: { host: 'h', port }, report: whole, refusal: undefined };
}

const behind = {
  state: 'replicating',
  matchIndex: 80,
  lagEntries: 11,
  lagBytes: 1_100,
  lagMs: 42.4,
  silentMs: 3,
  snapshotOffset: undefined,
} as const;
const follower = answer(1, {});
const leader = answer(2, {
  id: 's2',
  role: 'leader',
  snapshotIndex: 40,
  followers: { s1: behind },
});
const down: ServerAnswer = {
  address: { host: 'h', port: 3 },
  report: undefined,
  refusal: new Refusal('no server at h:3'),
};

describe('the table of servers', () => {
  it('shows the lag of each follower as its leader knows it, and who is down', () => {
    const lines = statusTable([follower, leader, down]).map((line) => line.split(/ {2,}/u));
    const [header, ...rows] = lines.map(([address, ...cells]) => [address, cells.join(' ')]);
    const known = 'SERVER ROLE TERM LEADER COMMITTED APPLIED SNAPSHOT LAG LAG MS DISK KEYS';
    expect(header).toEqual(['REDIS CLIENTS', known]);
    expect(rows).toEqual([
      ['h:1', 's1 follower 7 s2 90 89 - 11 42 ok 5'],
      ['h:2', 's2 leader 7 s2 90 89 40 - - ok 5'],
      ['h:3', '- down - - - - - - - - -'],
    ]);
  });

  it('believes the leader of the highest term', () => {
    const old = answer(4, { id: 's4', role: 'leader', term: 6 });
    expect(leaderAmong([old, leader, down])?.id).toBe('s2');
    expect(leaderAmong([follower, down])).toBeUndefined();
  });
});

describe('the document about servers', () => {
  it('always has every name', () => {
    expect(statusDocument([leader, down])).toEqual({
      leaderId: 's2',
      term: 7,
      servers: [
        { address: 'h:2', error: null, status: leader.report },
        { address: 'h:3', error: 'no server at h:3', status: null },
      ],
    });
    expect(statusDocument([down])).toMatchObject({ leaderId: null, term: null });
  });
});
