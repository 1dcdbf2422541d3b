import { describe, expect, it } from 'vitest';
import {
  areCaughtUp,
  endAlike,
  lagMax,
  leaderAmong,
  parseStatus,
  type ServerStatus,
} from './serverStatus.js';

function server(id: string, rest: Partial<ServerStatus> = {}): ServerStatus {
  const role = id === 's1' ? 'leader' : 'follower';
  const indexes = { commitIndex: 100, appliedIndex: 100, lastIndex: 100 };
  return { id, role, term: 3, leader: 's1', ...indexes, ...rest };
}

const [s1, s2, s3] = [server('s1'), server('s2'), server('s3')];

describe('a status', () => {
  it('is read from the lines of INFO', () => {
    const text =
      '# Raftchart\r\nserver_id:s1\r\nrole:follower\r\nterm:4\r\nleader:\r\n' +
      'commit_index:7\r\napplied_index:6\r\nlast_index:9\r\nkeys:2\r\n';
    expect(parseStatus(text)).toEqual({
      id: 's1',
      role: 'follower',
      term: 4,
      leader: '',
      commitIndex: 7,
      appliedIndex: 6,
      lastIndex: 9,
    });
  });

  it('with a line missing is none', () => {
    expect(parseStatus('# Raftchart\r\nserver_id:s1\r\nrole:leader\r\n')).toBeUndefined();
    expect(parseStatus('')).toBeUndefined();
  });
});

describe('the leader', () => {
  it('is whom most servers follow in its term', () => {
    expect(leaderAmong([undefined, s1, s2])).toBe(s1);
    expect(leaderAmong([s1, s2, s3])).toBe(s1);
  });

  it('is not who only calls itself so', () => {
    const newer = server('s2', { role: 'leader', leader: 's2', term: 4 });
    const follower = server('s3', { leader: 's2', term: 4 });
    expect(leaderAmong([s1, undefined, undefined])).toBeUndefined();
    expect(leaderAmong([s1, newer, follower])).toBe(newer);
  });
});

describe('servers', () => {
  it('have caught up when all follow and have applied what was committed', () => {
    const lagging = server('s3', { appliedIndex: 100 - lagMax });
    expect(areCaughtUp([s1, s2, undefined], [s1, s2, lagging])).toBe(true);
  });

  it('have not while one is away, follows another, or lags', () => {
    for (const third of [
      undefined,
      server('s3', { leader: '' }),
      server('s3', { term: 2 }),
      server('s3', { appliedIndex: 100 - lagMax - 1 }),
    ]) {
      expect(areCaughtUp([s1, s2, s3], [s1, s2, third])).toBe(false);
    }
  });

  it('end alike when nothing is behind the last entry', () => {
    expect(endAlike([s1, s2, s3])).toBe(true);
    for (const name of ['commitIndex', 'appliedIndex', 'lastIndex'] as const) {
      expect(endAlike([s1, s2, server('s3', { [name]: 99 })])).toBe(false);
    }
    expect(endAlike([s1, s2, undefined])).toBe(false);
  });
});
