/**
 * Feeds the state machine: committed entries, in order, each exactly once (State Machine Safety,
 * Figure 3). Long stretches are applied in slices, so that a server that catches up still hears its
 * leader.
 */
import type { Entry } from '../machines/entry.js';
import { invariant } from '../machines/invariant.js';
import type { Log } from '../machines/log.js';
import type { AppliedEntry, StateMachine } from './stateMachine.js';

/** A state machine at the level of bytes. */
export type BytesStateMachine = StateMachine<Uint8Array, unknown, Uint8Array, unknown>;

/** So many entries are applied before the event loop gets its turn. */
const entriesPerTurnMax = 4_096;

export interface AppliedListener {
  applied(entry: Entry, value: unknown, error: unknown, threw: boolean): void;
}

export class Applier {
  readonly #stateMachine: BytesStateMachine;
  readonly #listener: AppliedListener;
  #lastApplied: number;
  #logTimeMs = 0;

  constructor(stateMachine: BytesStateMachine, listener: AppliedListener, lastApplied: number) {
    this.#stateMachine = stateMachine;
    this.#listener = listener;
    this.#lastApplied = lastApplied;
  }

  /** `lastApplied` of Figure 2. */
  get lastApplied(): number {
    return this.#lastApplied;
  }

  /** Log time: the stamp of the last applied entry, ms since 1970. */
  get logTimeMs(): number {
    return this.#logTimeMs;
  }

  /** Applies up to `commitIndex`, or a slice of it. Answers whether more is left. */
  apply(log: Log, commitIndex: number): boolean {
    const end = Math.min(commitIndex, this.#lastApplied + entriesPerTurnMax);
    for (let index = this.#lastApplied + 1; index <= end; index++) {
      const entry = log.entryAt(index);
      invariant(entry !== undefined, 'State Machine Safety', `entry ${index} is not in the log`);
      this.#lastApplied = index;
      this.#logTimeMs = entry.stampMs;
      this.#applyOne(entry);
    }
    return end < commitIndex;
  }

  /** What a state machine throws is an answer, not a failure of the server. */
  #applyOne(entry: Entry): void {
    if (entry.kind !== 'command') {
      this.#stateMachine.tick?.(entry.stampMs);
      this.#listener.applied(entry, undefined, undefined, false);
      return;
    }
    let value: unknown;
    try {
      value = this.#stateMachine.apply(entry.bytes, new EntryView(entry));
    } catch (error) {
      this.#listener.applied(entry, undefined, error, true);
      return;
    }
    this.#listener.applied(entry, value, undefined, false);
  }
}

/**
 * What a state machine may know of its entry; the numbers of chance follow from index and term
 * alone.
 */
class EntryView implements AppliedEntry {
  readonly index: number;
  readonly term: number;
  readonly at: number;
  #draws = 0;

  constructor(entry: Entry) {
    this.index = entry.index;
    this.term = entry.term;
    this.at = entry.stampMs;
  }

  random(): number {
    let x = (Math.imul(this.index, 0x9e3779b1) ^ Math.imul(this.term, 0x85ebca6b)) >>> 0;
    x = (x + Math.imul(++this.#draws, 0xc2b2ae35)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  }
}
