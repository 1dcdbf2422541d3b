import { describe, expect, it } from 'vitest';
import { RaftError } from './raftError.js';

describe('RaftError', () => {
  it('says what went wrong to programs and to people, and whether it is safe to try again', () => {
    const cause = new Error('EIO');
    const error = new RaftError('RAFT_STORE_FAILED', 'unknown', 'the disk failed', {
      leaderId: 'b',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('RaftError: the disk failed');
    expect(error).toMatchObject({ code: 'RAFT_STORE_FAILED', outcome: 'unknown', leaderId: 'b' });
    expect(error.cause).toBe(cause);
  });

  it('names no leader and no cause where there is none', () => {
    const error = new RaftError('RAFT_TIMEOUT', 'notDone', 'late');
    expect(error.leaderId).toBeUndefined();
    expect('cause' in error).toBe(false);
  });
});
