import { expect, it } from 'vitest';
import type { Status } from '../../actors/status.js';
import { statusLines } from './statusLines.js';

const status: Status = {
  id: 's1',
  role: 'leader',
  term: 7,
  leaderId: undefined,
  commitIndex: 90,
  lastApplied: 89,
  lastIndex: 91,
  baseIndex: 30,
  snapshotIndex: 40,
  logTimeMs: 1_000,
  sessions: 2,
  disk: 'ok',
  transferTo: 's2',
  followers: {
    s2: {
      state: 'snapshotting',
      matchIndex: 80,
      lagEntries: 11,
      lagBytes: 1_100,
      lagMs: 42.4,
      silentMs: 3,
      snapshotOffset: 512,
    },
  },
};

it('has a name for each figure, and a line for each follower of a leader', () => {
  expect(statusLines(status)).toEqual({
    server_id: 's1',
    role: 'leader',
    term: 7,
    leader: '',
    transfer_to: 's2',
    commit_index: 90,
    applied_index: 89,
    last_index: 91,
    base_index: 30,
    snapshot_index: 40,
    log_time_ms: 1_000,
    sessions: 2,
    disk: 'ok',
    follower_s2:
      'state=snapshotting,match=80,lag_entries=11,lag_bytes=1100,lag_ms=42,silent_ms=3,' +
      'snapshot_offset=512',
  });
});
