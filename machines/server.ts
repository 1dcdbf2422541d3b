/**
 * A Raft server as one statechart: follower, pre-candidate, candidate, leader (Figure 4 of the
 * paper, with the pre-vote of thesis §9.6). It holds no timer, socket, file or clock: events in,
 * effects out.
 */
import type { AnyStateMachine, SnapshotFrom } from 'xstate';
import { candidate } from './candidate.js';
import { initialContext } from './context.js';
import { follower } from './follower.js';
import { leader } from './leader.js';
import { preCandidate } from './preCandidate.js';
import { raft } from './raft.js';

const roles = { follower, preCandidate, candidate, leader };

export type Role = keyof typeof roles;

/** What a server hears from its own disk, in whatever role (§7). */
const ownDisk = {
  snapshotTaken: { actions: 'compactLog' },
  chunkStored: { guard: 'isStoringChunk', actions: 'acknowledgeChunk' },
  snapshotStored: { actions: 'installSnapshot' },
  snapshotFailed: { actions: 'abandonInstallation' },
  diskChanged: { actions: 'noteDisk' },
} as const;

/**
 * The server. Its events are `ServerEvent`s; its effects are the parameters of the action
 * `perform`.
 */
export const server = raft.createMachine({
  id: 'raft',
  initial: 'follower',
  context: initialContext,
  states: roles,
  on: ownDisk,
});

export type ServerSnapshot = SnapshotFrom<typeof server>;

/** The role that a server is in. */
export function roleOf(snapshot: ServerSnapshot): Role {
  const { value } = snapshot;
  return (typeof value === 'string' ? value : Object.keys(value)[0]) as Role;
}

/**
 * One role as a chart of its own, where the other roles are ends: for its diagram and its model
 * test.
 */
export function roleMachine(role: Role): AnyStateMachine {
  const ends = Object.fromEntries(Object.keys(roles).map((name) => [name, { type: 'final' }]));
  return raft.createMachine({
    id: 'raft',
    initial: role,
    context: initialContext,
    on: ownDisk,
    states: { ...ends, [role]: roles[role] } as unknown as typeof roles,
  });
}
