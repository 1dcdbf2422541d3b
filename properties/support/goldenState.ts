/**
 * What a server of a golden script has applied: a list of commands, fed by the applier that ships,
 * and what clients wait for.
 */
import { Applier } from '../../actors/applier.js';
import type { Settle } from '../../actors/outcome.js';
import { PendingProposals } from '../../actors/pendingProposals.js';
import type { SnapshotContent } from '../../actors/snapshotFormat.js';
import type { Log } from '../../machines/log.js';
import { ManualClock } from './manualClock.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class GoldenState {
  /** The commands, in the order in which they were applied. */
  commands: readonly string[] = [];
  /** No time passes for those that wait: a script says how long a client does. */
  readonly #pending = new PendingProposals(new ManualClock(), Number.POSITIVE_INFINITY);
  readonly #applier = new Applier({
    stateMachine: {
      apply: (bytes) => {
        // What a script starts with has no names, and is not told of.
        if (bytes.length > 0) this.commands = [...this.commands, decoder.decode(bytes)];
        return this.commands.length;
      },
      snapshot: () => this.commands.map((command) => encoder.encode(command)),
      restore: () => {},
    },
    encodeValue: (value) => encoder.encode(String(value)),
    applied: (entry, outcome) => this.#pending.applied(entry, outcome),
    group: 0,
    monotonicMs: () => 0,
  });

  /** `settle` is told what becomes of the entry of that index and term. */
  await(index: number, term: number, settle: Settle): void {
    this.#pending.add(index, term, settle);
  }

  apply(log: Log, commitIndex: number): void {
    this.#applier.apply(log, commitIndex);
  }

  /** All of it, as a snapshot. */
  freeze(): SnapshotContent {
    return this.#applier.freeze();
  }

  /** What the snapshot holds takes its place. */
  become(content: SnapshotContent): void {
    this.#applier.become(content);
    this.#pending.covered(content.base.index);
    this.commands = [...content.state].map((bytes) => decoder.decode(bytes));
  }
}
