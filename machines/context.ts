/**
 * What a server knows: Figure 2's state, and the little that a real server needs beside it.
 */
import { type Configuration, decodeConfiguration, noConfiguration } from './configuration.js';
import type { Effect } from './effects.js';
import type { Entry, Proposal, ServerId } from './entry.js';
import { Log, type LogBase } from './log.js';
import type { Message } from './messages.js';
import type { Progress } from './progress.js';

/**
 * Times in ms, and bounds on what is under way. All may be set; {@link defaultSettings} has the
 * defaults.
 */
export interface Settings {
  /** A leader lets its followers hear from it at least this often. */
  readonly heartbeatMs: number;
  /** How soon followers learn of a new commit index when no entries follow it. */
  readonly commitNoticeMs: number;
  /**
   * A follower that hears nothing for a time drawn between these two stands for election (§5.2).
   */
  readonly electionTimeoutMinMs: number;
  readonly electionTimeoutMaxMs: number;
  /**
   * After a lost election or pre-vote, the next one follows after a time drawn between these two.
   */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** One AppendEntries carries at most so many entries, */
  readonly entriesPerMessageMax: number;
  /** and so many bytes of them, unless the first alone is larger. */
  readonly bytesPerMessageMax: number;
  /** So many messages with entries may be under way to one follower, */
  readonly messagesInFlightMax: number;
  /** and so many bytes of entries. */
  readonly bytesInFlightMax: number;
}

export const defaultSettings: Settings = {
  heartbeatMs: 50,
  commitNoticeMs: 10,
  electionTimeoutMinMs: 200,
  electionTimeoutMaxMs: 400,
  retryMinMs: 20,
  retryMaxMs: 120,
  entriesPerMessageMax: 1_024,
  bytesPerMessageMax: 256 * 1_024,
  messagesInFlightMax: 64,
  bytesInFlightMax: 4 * 1_024 * 1_024,
};

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
}

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
}

/** What a server starts from: what its store held. */
export interface ServerInput {
  readonly id: ServerId;
  readonly settings: Settings;
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  readonly base: LogBase;
  readonly entries: readonly Entry[];
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
  | { readonly type: 'ReadRequest'; readonly batch: number; readonly atMs: number };

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
    commitIndex: input.base.index,
    configuration: latestConfiguration(log),
    leaderId: undefined,
    leaderContactMs: Number.NEGATIVE_INFINITY,
    writeNumber: 0,
    voteNumber: 0,
    votesGranted: [],
    votesRefused: [],
    leadership: undefined,
  };
}

/**
 * The configuration that the log ends with (§6: "a server always uses the latest configuration in
 * its log").
 */
export function latestConfiguration(log: Log): Configuration {
  for (let index = log.lastIndex; index >= log.firstIndex; index--) {
    const entry = log.entryAt(index)!;
    if (entry.kind === 'configuration') return decodeConfiguration(index, entry.bytes);
  }
  return noConfiguration;
}
