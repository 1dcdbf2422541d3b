/**
 * What a generator of load is to the bench: it keeps operations going, and says how long each took.
 */
import type { Kind } from './workload.js';

/** One way to put load on a contender. */
export interface Generator {
  /** What the table calls it. */
  readonly name: string;
  /** Connects to a server; `outstanding` operations are to be on their way at any time. */
  open(port: number, kind: Kind, outstanding: number): Promise<Load>;
}

/** An open generator: one kind of operation, one server. */
export interface Load {
  /**
   * Works until `stop`, and answers when the last operation is answered. Rejects when an operation
   * was refused, the connection ended, or nothing is heard for `silenceMsMax`.
   */
  drive(stop: Stop): Promise<Drive>;
  close(): void;
}

/** When to begin no more operations: after a time, or after so many. */
export type Stop = { readonly ms: number } | { readonly operations: number };

/** What a drive came to. */
export interface Drive {
  readonly operations: number;
  readonly seconds: number;
  /** Processor time of the generator, user and system. */
  readonly cpuSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A server that is silent for so long has failed the bench. */
export const silenceMsMax = 20_000;
