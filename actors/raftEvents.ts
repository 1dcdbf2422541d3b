/**
 * What befalls a server, as one stream of events for people and programs: elections with their
 * reason, snapshots, transfers, stalls, and how the disk is.
 */
import type { DiskCondition, ServerEvent } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf, type ServerSnapshot } from '../machines/server.js';
import type { Status } from './status.js';

export type RaftEvent =
  /** Its role, its term or the leader that it knows has changed. */
  | { readonly type: 'changed'; readonly status: Status }
  /** It stands for election in `term`. */
  | { readonly type: 'electionStarted'; readonly term: number; readonly reason: ElectionReason }
  | { readonly type: 'electionWon'; readonly term: number }
  /** It leads no more. */
  | { readonly type: 'leadershipLost'; readonly term: number; readonly reason: LossReason }
  | { readonly type: 'transferStarted'; readonly to: ServerId }
  /** The one that was to take over did not, in the time of an election. */
  | { readonly type: 'transferAborted'; readonly to: ServerId }
  /** A snapshot of its own state up to `index` is in place. */
  | { readonly type: 'snapshotTaken'; readonly index: number; readonly bytes: number }
  /** A snapshot was sent whole to a follower. */
  | { readonly type: 'snapshotSent'; readonly to: ServerId; readonly index: number }
  /** Its state was replaced by a snapshot that its leader sent. */
  | { readonly type: 'snapshotInstalled'; readonly index: number; readonly bytes: number }
  /**
   * A snapshot could not be taken, sent or received. The one before stays, and it is tried again.
   */
  | {
      readonly type: 'snapshotFailed';
      readonly during: 'taking' | 'sending' | 'receiving';
      readonly error: Error;
    }
  | { readonly type: 'diskChanged'; readonly disk: DiskCondition }
  /** The process or its event loop stood still for about so long, ms. */
  | { readonly type: 'stalled'; readonly ms: number }
  /** The wall clock jumped by so much, ms, and is not followed. */
  | { readonly type: 'clockJumped'; readonly ms: number }
  /** It stopped by itself: its store failed, or a law did not hold. */
  | { readonly type: 'failed'; readonly error: Error };

export type ElectionReason =
  /** The leader was silent for an election timeout, and a pre-vote was won. */
  | 'leaderSilent'
  /** The leader asked for it. */
  | 'transfer';

export type LossReason =
  /** Somebody has a newer term. */
  | 'newerTerm'
  /** Too few answered for an election timeout. */
  | 'noQuorum';

/** What a step of the machine was, if it is worth telling. */
export function eventsOf(
  event: ServerEvent,
  before: ServerSnapshot,
  after: ServerSnapshot,
): readonly RaftEvent[] {
  const events: RaftEvent[] = [];
  const [was, is] = [roleOf(before), roleOf(after)];
  const { currentTerm: term } = after.context;
  const transfer = after.context.leadership?.transfer;
  const transferBefore = before.context.leadership?.transfer;
  if (is === 'candidate' && was !== 'candidate') {
    const reason = event.type === 'TimeoutNowRequest' ? 'transfer' : 'leaderSilent';
    events.push({ type: 'electionStarted', term, reason });
  }
  if (is === 'leader' && was !== 'leader') events.push({ type: 'electionWon', term });
  if (was === 'leader' && is !== 'leader') {
    const reason = term > before.context.currentTerm ? 'newerTerm' : 'noQuorum';
    events.push({ type: 'leadershipLost', term: before.context.currentTerm, reason });
  }
  if (transfer !== undefined && transferBefore === undefined) {
    events.push({ type: 'transferStarted', to: transfer.to });
  }
  if (is === 'leader' && transfer === undefined && transferBefore !== undefined) {
    events.push({ type: 'transferAborted', to: transferBefore.to });
  }
  return events;
}
