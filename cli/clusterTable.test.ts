import { describe, expect, it } from 'vitest';
import type { Status } from '../actors/status.js';
import { clusterTable, type ServerRow } from './clusterTable.js';

function status(role: Status['role'], term: number): Status {
  return {
    id: '',
    role,
    term,
    leaderId: undefined,
    commitIndex: 1_234_567,
    lastApplied: 1_234_567,
    lastIndex: 1_234_567,
    baseIndex: 0,
    snapshotIndex: 0,
    logTimeMs: 0,
    sessions: 0,
    disk: 'ok',
    transferTo: undefined,
    followers: {},
  };
}

function row(i: number, changes: Partial<ServerRow>): ServerRow {
  const address = `127.0.0.1:700${i}`;
  return {
    id: `s${i}`,
    pid: 4_000_000 + i,
    address,
    folder: `data/s${i}`,
    state: 'up',
    status: undefined,
    ...changes,
  };
}

const rows = [
  row(1, { status: status('leader', 12) }),
  row(2, { status: status('preCandidate', 12) }),
  row(3, { state: 'down', status: status('follower', 11) }),
];

describe('the table of a cluster', () => {
  it('shows who listens where, who leads, terms and indexes, and nothing of who is down', () => {
    expect(clusterTable(rows, 100, false)).toEqual([
      'SERVER  PROCESS  REDIS CLIENTS   ROLE           TERM   COMMIT  APPLIED  FOLDER',
      's1      4000001  127.0.0.1:7001  leader           12  1234567  1234567  data/s1',
      's2      4000002  127.0.0.1:7002  pre-candidate    12  1234567  1234567  data/s2',
      's3            -  127.0.0.1:7003  down              -        -        -  data/s3',
    ]);
  });

  it('fits a terminal of 80 columns', () => {
    for (const line of clusterTable(rows, 1000, false)) expect(line.length).toBeLessThan(80);
  });

  it('cuts its lines rather than have them wrap', () => {
    for (const line of clusterTable(rows, 40, false)) expect(line.length).toBe(40);
  });

  it('shows how it goes until a server has said what it is', () => {
    const lines = clusterTable([row(1, { state: 'starting' }), row(2, {})], 80, false);
    expect(lines[1]).toContain('starting');
    expect(lines[2]).toContain('up');
  });

  it('has the same text in color', () => {
    const escapes = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]+m`, 'gu');
    const colored = clusterTable(rows, 100, true);
    expect(colored.map((line) => line.replaceAll(escapes, ''))).toEqual(
      clusterTable(rows, 100, false),
    );
    expect(colored.join('')).toMatch(escapes);
  });
});
