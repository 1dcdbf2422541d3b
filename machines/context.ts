/**
 * What a server knows: Figure 2's state, and the little that a real server needs beside it.
 */
import { type Configuration, decodeConfiguration, noConfiguration } from './configuration.js';
import type { Effect } from './effects.js';
import type { Entry, Proposal, ServerId } from './entry.js';
import type { Installation } from './installation.js';
import { Log, type LogBase, logStart } from './log.js';
import type { Message } from './messages.js';
import type { Progress } from './progress.js';
import type { Settings } from './settings.js';

/** Reads that wait for a quorum to confirm the leader (thesis §6.4). */
export interface PendingReads {
  /** The actor's name for them. */
  readonly batch: number;
  /** Confirmed by the answers to this round, or to a later one. */
  readonly round: number;
  readonly readIndex: number;
}

/** Figure 2's volatile state on leaders, begun anew with every election won. */
export interface Leadership {
  /** Index of this term's no-op: nothing is committed or read before it is (§5.4.2, §8). */
  readonly noOpIndex: number;
  /** Number of the write that holds the no-op. */
  readonly noOpWrite: number;
  /** Last index that this server's own disk is known to hold: its own `matchIndex`. */
  readonly durableIndex: number;
  /** `nextIndex` and `matchIndex` of each other server, and what else is known of it. */
  readonly progress: Readonly<Record<ServerId, Progress>>;
  /** Number of the latest round of confirming leadership. */
  readonly round: number;
  readonly reads: readonly PendingReads[];
  /** Whether the next heartbeat was pulled forward to tell of a new commit index. */
  readonly isNoticeDue: boolean;
  /** Whom it hands over to, while it does (thesis §3.10). */
  readonly transfer: Transfer | undefined;
  /** Somebody was told to stand for election at once: leases hold no more in this term. */
  readonly hasToldTimeoutNow: boolean;
}

/** Leadership on its way to another server. */
export interface Transfer {
  readonly to: ServerId;
  /** Since when, ms on the monotonic clock. */
  readonly sinceMs: number;
  /** Whether it has everything, and was told to stand for election. */
  readonly isTold: boolean;
}

/**
 * Everything up to `base.index`, as a snapshot that is in place, and who belonged to the cluster.
 */
export interface Snapshot {
  readonly base: LogBase;
  readonly configuration: Configuration;
}

export const noSnapshot: Snapshot = { base: logStart, configuration: noConfiguration };

/** How the disk is: a server whose disk is not `ok` shuns office. */
export type DiskCondition =
  | 'ok'
  /** A write has been under way for longer than an election timeout. */
  | 'stalled'
  /** There is no room for more than term and vote. */
  | 'full';

export interface ServerContext {
  readonly id: ServerId;
  readonly settings: Settings;

  /** Persistent state on all servers (Figure 2). */
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  readonly log: Log;

  /** Volatile state on all servers. What is applied is the actor's to know. */
  readonly commitIndex: number;
  /** The latest configuration in the log, committed or not (§6). */
  readonly configuration: Configuration;
  readonly leaderId: ServerId | undefined;
  /** When the leader was last heard, ms on the monotonic clock. */
  readonly leaderContactMs: number;

  /** Number of the latest write, and of the latest that changed term or vote. */
  readonly writeNumber: number;
  readonly voteNumber: number;

  /** Who granted and who refused, in this election or pre-vote. */
  readonly votesGranted: readonly ServerId[];
  readonly votesRefused: readonly ServerId[];

  readonly leadership: Leadership | undefined;

  /** The newest snapshot in place. The log may begin before it. */
  readonly snapshot: Snapshot;
  /** The snapshot that is being received, if one is. */
  readonly installation: Installation | undefined;
  readonly disk: DiskCondition;
}

/** What a server starts from: what its store held. */
export interface ServerInput {
  readonly id: ServerId;
  readonly settings: Settings;
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  readonly base: LogBase;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot;
  /** Now, ms on its monotonic clock. */
  readonly nowMs: number;
}

/** All that happens to a server. `atMs` is when it took it up, on its monotonic clock. */
export type ServerEvent =
  | Message
  | { readonly type: 'timer.election'; readonly atMs: number }
  | { readonly type: 'timer.heartbeat'; readonly atMs: number }
  /** Every write up to `number` is durable; `lastIndex` is where the log ended with that write. */
  | {
      readonly type: 'persisted';
      readonly number: number;
      readonly lastIndex: number;
      readonly atMs: number;
    }
  /**
   * Clients want these appended (raft.tla ClientRequest); `wallMs` is the clock to stamp them by.
   */
  | {
      readonly type: 'ClientRequest';
      readonly proposals: readonly Proposal[];
      readonly wallMs: number;
      readonly atMs: number;
    }
  /** Reads, named `batch` by the actor, ask from which index on they may be answered. */
  | { readonly type: 'ReadRequest'; readonly batch: number; readonly atMs: number }
  /** Somebody wants another server to lead: the one named, or the one that is furthest. */
  | {
      readonly type: 'TransferLeadership';
      readonly to: ServerId | undefined;
      readonly atMs: number;
    }
  /** A snapshot of our own is in place. */
  | { readonly type: 'snapshotTaken'; readonly snapshot: Snapshot; readonly atMs: number }
  /** The piece of a snapshot that ends before `offset` is put aside. */
  | {
      readonly type: 'chunkStored';
      readonly base: LogBase;
      readonly offset: number;
      readonly atMs: number;
    }
  /** A snapshot was received whole, and is in place. */
  | { readonly type: 'snapshotStored'; readonly snapshot: Snapshot; readonly atMs: number }
  /** The snapshot that was being received cannot be: no room, or its bytes are wrong. */
  | { readonly type: 'snapshotFailed'; readonly base: LogBase; readonly atMs: number }
  | { readonly type: 'diskChanged'; readonly disk: DiskCondition; readonly atMs: number };

export type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>;

/** What a rule answers: what changes, and what is to be done. */
export interface Outcome {
  readonly patch: Partial<ServerContext>;
  readonly effects: readonly Effect[];
}

/** Restart (raft.tla): term, vote and log survive, the rest begins anew. */
export function initialContext({ input }: { input: ServerInput }): ServerContext {
  const log = Log.empty(input.base).append(input.entries);
  return {
    id: input.id,
    settings: input.settings,
    currentTerm: input.currentTerm,
    votedFor: input.votedFor,
    log,
    commitIndex: input.snapshot.base.index,
    configuration: latestConfiguration(log, input.snapshot),
    leaderId: undefined,
    // Before it stopped it may have promised a leader silence, which a lease then rests on.
    leaderContactMs: input.settings.leaseReads ? input.nowMs : Number.NEGATIVE_INFINITY,
    writeNumber: 0,
    voteNumber: 0,
    votesGranted: [],
    votesRefused: [],
    leadership: undefined,
    snapshot: input.snapshot,
    installation: undefined,
    disk: 'ok',
  };
}

/**
 * The configuration that the log ends with (§6: "a server always uses the latest configuration in
 * its log"), or that of the snapshot before it.
 */
export function latestConfiguration(log: Log, snapshot: Snapshot): Configuration {
  for (let index = log.lastIndex; index >= log.firstIndex; index--) {
    const entry = log.entryAt(index)!;
    if (entry.kind === 'configuration') return decodeConfiguration(index, entry.bytes);
  }
  return snapshot.configuration;
}
