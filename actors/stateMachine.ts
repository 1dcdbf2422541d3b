/**
 * What is replicated: a deterministic state machine that is fed committed commands in log order
 * (§2), and the codec by which its commands become the bytes of an entry.
 */
import type { ServerId } from '../machines/entry.js';

/**
 * What a state machine may know of the entry that it applies: all of it is the same on every
 * server.
 */
export interface AppliedEntry {
  readonly index: number;
  readonly term: number;
  /** Log time, ms since 1970. */
  readonly at: number;
  /** The next of a sequence of numbers in [0, 1) that depends on the entry alone. */
  random(): number;
}

/** Synchronous and deterministic; one instance a server. */
export interface StateMachine<C, R, Q = never, A = never> {
  /**
   * Applies a committed command. What it throws is the proposer's answer, alike on every server.
   */
  apply(command: C, entry: AppliedEntry): R;
  /** Answers from the state as it is, and changes nothing. */
  query?(query: Q): A;
  /** Log time has come to `at` (ms) with an entry that is no command. */
  tick?(at: number): void;
  /** The earliest log time (ms) at which something is due, if anything is. */
  dueMs?(): number | undefined;
  /** A frozen view of the state, taken in constant time, and pulled as chunks between entries. */
  snapshot(): Iterable<Uint8Array>;
  /** Replaces the state by what `snapshot` once gave, however it is cut. */
  restore(chunks: Iterable<Uint8Array>): void;
  /** The same in steps, for states that would stop the event loop too long. */
  beginRestore?(): Restoring;
}

/** A restore under way. The old state stays until `finish`, also where one of these throws. */
export interface Restoring {
  push(chunk: Uint8Array): void;
  finish(): void;
}

export type MakeStateMachine<C, R, Q = never, A = never> = (
  id: ServerId,
) => StateMachine<C, R, Q, A>;

/** How commands, queries and answers cross between servers. */
export interface Codec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** Values as JSON in UTF-8. `undefined` comes back as undefined. */
export const jsonCodec: Codec = {
  encode: (value) =>
    value === undefined ? new Uint8Array(0) : encoder.encode(JSON.stringify(value)),
  decode: (bytes) =>
    bytes.length === 0 ? undefined : (JSON.parse(decoder.decode(bytes)) as unknown),
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
