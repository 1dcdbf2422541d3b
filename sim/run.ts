/** A run of the simulator, as data: what happened, what clients saw, and which laws broke. */
import type { RaftErrorCode } from '../actors/raftError.js';
import type { ServerId } from '../machines/entry.js';
import type { ServerSnapshot } from '../machines/server.js';
import type { Violation } from './law.js';
import type { Operation } from './operation.js';

export type { Operation } from './operation.js';

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
