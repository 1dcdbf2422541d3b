/** A run of the simulator, as data: what happened, what clients saw, and which laws broke. */
import type { RaftErrorCode } from '../actors/raftError.js';
import type { ServerId } from '../machines/entry.js';
import type { ServerSnapshot } from '../machines/server.js';
import type { Violation } from './law.js';

/** What a client asked, and what became of it. */
export interface Operation<C = unknown, R = unknown> {
  readonly client: number;
  readonly kind: 'command' | 'query';
  /** The command, or the query; undefined where the query asks for everything. */
  readonly input: C | undefined;
  /** When it was asked for, virtual ms. */
  readonly called: number;
  /** When the client knew what became of it; never, if it still waits. */
  returned?: number;
  output?: R;
  outcome: 'done' | 'notDone' | 'unknown';
}

/** A process that rightly did not start, on a folder that was none for it. */
export interface Refusal {
  readonly server: ServerId;
  readonly code: RaftErrorCode;
  /** What it says to people. */
  readonly message: string;
  /** Virtual ms. */
  readonly at: number;
}

/** One server at this moment. */
export interface ServerView {
  readonly id: ServerId;
  readonly isUp: boolean;
  readonly snapshot: ServerSnapshot | undefined;
  readonly lastApplied: number;
}

export interface FaultCount {
  fired: number;
  mattered: number;
}

export interface Run {
  readonly ok: boolean;
  readonly digest: string;
  readonly virtualMs: number;
  /** Messages, timers and disk completions handed to a server. */
  readonly events: number;
  readonly violations: readonly Violation[];
  readonly history: readonly Operation[];
  /** How often each kind of fault struck, and how often it made a difference to some server. */
  readonly faults: Readonly<Record<string, FaultCount>>;
  /** Faults that were noticed as they have to be; that breaks no law. */
  readonly detected: readonly Refusal[];
  readonly sometimes: Readonly<Record<string, number>>;
}
