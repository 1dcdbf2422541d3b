/** Tests of the tests of folders: what has to be detected, and is not, breaks a law. */
import { describe, expect, it, vi } from 'vitest';
import { busy, play } from '../properties/support/busyRun.js';
import { SectorDisk } from './disk.js';
import type { Fault } from './fault.js';

vi.mock('../actors/storeOwner.js', () => ({ wrongIdentity: () => undefined }));

function violation(fault: Fault): string[] {
  const { violations } = play({ ...busy, servers: 5, windows: [{ at: 800, dur: 50, fault }] });
  return violations.map(({ law, detail }) => `${law}: ${detail}`);
}

describe('a server that looks at no identity', () => {
  it('breaks the law of recovery on a folder that is not its own', () => {
    const sentence = 'Recovery: RAFT_WRONG_CLUSTER is due, and yet: it starts';
    expect(violation({ kind: 'swap', server: 0 })).toContain(sentence);
  });
});

describe('a disk that gives one folder to two processes', () => {
  it('breaks the law of recovery', () => {
    const prepare = vi.spyOn(SectorDisk.prototype, 'prepare');
    prepare.mockImplementation((done) => done(undefined, (released) => released()));
    const [broken] = violation({ kind: 'secondProcess', server: 0 });
    expect(broken).toBe('Recovery: RAFT_STORE_LOCKED is due, and yet: it starts');
    prepare.mockRestore();
  });
});
