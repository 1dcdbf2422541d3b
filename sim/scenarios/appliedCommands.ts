/**
 * What the servers of a lab have applied, by the indexes of the labs: those count commands, and
 * nothing else that is in the log. A law at the same time: each server applies every index, in
 * order and without a gap, and all apply the same.
 */
import type { Applied, Step } from '../../actors/serverActor.js';
import { jsonCodec } from '../../actors/stateMachine.js';
import type { Entry, ServerId } from '../../machines/entry.js';
import type { Law, Watch } from '../law.js';

export class AppliedCommands implements Watch {
  readonly law: Law = {
    name: 'Applied In Order',
    sentence: 'Each server applies the same at the same index, in order, and without a gap.',
    watch: () => this,
  };
  readonly sometimes = {};
  /** Whether the state machine answers how many commands it was given: so states are checked. */
  readonly #isCounting: boolean;
  /** Told after a server has applied its so-manyth command. */
  readonly #onCommand: (server: ServerId, count: number) => void;
  /** By index in the log. */
  readonly #entries: Entry[] = [];
  /** Commands up to an index in the log. */
  readonly #counts: number[] = [0];
  /** Commands, in order: the first has lab index 1. */
  readonly #commands: Entry[] = [];
  readonly #lastIndex = new Map<ServerId, number>();
  #snapshots = 0;

  constructor(isCounting: boolean, onCommand: (server: ServerId, count: number) => void) {
    this.#isCounting = isCounting;
    this.#onCommand = onCommand;
  }

  /** How many servers have applied the command of this index, or have it from a snapshot. */
  serversAt(index: number): number {
    return [...this.#lastIndex.keys()].filter((id) => this.appliedBy(id) >= index).length;
  }

  /** How many commands a server has applied. */
  appliedBy(server: ServerId): number {
    return this.countAt(this.#lastIndex.get(server) ?? 0);
  }

  /** Commands up to this index of the log; it must be applied. */
  countAt(logIndex: number): number {
    return this.#counts[logIndex] ?? 0;
  }

  /** The command of this index; undefined if nobody has applied it. */
  commandAt(index: number): unknown {
    const entry = this.#commands[index - 1];
    return entry === undefined ? undefined : jsonCodec.decode(entry.bytes);
  }

  /** All commands that were applied, in order. */
  get commands(): readonly unknown[] {
    return this.#commands.map(({ bytes }) => jsonCodec.decode(bytes));
  }

  /** How many there are. */
  get count(): number {
    return this.#commands.length;
  }

  /** How often a snapshot was put in place, taken or received. */
  get snapshots(): number {
    return this.#snapshots;
  }

  started(server: ServerId, { after }: Step): string | undefined {
    return this.#beginAt(server, after.context.snapshot.base.index);
  }

  step(server: ServerId, { effects }: Step): string | undefined {
    for (const effect of effects) {
      if (effect.type === 'restore') return this.#beginAt(server, effect.base.index);
    }
    return undefined;
  }

  snapshotPlaced(): undefined {
    this.#snapshots++;
  }

  applied(server: ServerId, { entry, outcome }: Applied): string | undefined {
    const { index, kind } = entry;
    const last = this.#lastIndex.get(server) ?? 0;
    if (index !== last + 1) return `${server} applied entry ${index} after entry ${last}`;
    const known = this.#entries[index] ?? this.#note(entry);
    if (!isSame(known, entry)) return `${server} applied at ${index} what others did not`;
    this.#lastIndex.set(server, index);
    if (kind !== 'command') return undefined;
    const count = this.countAt(index);
    const value = outcome.type === 'done' ? outcome.value : undefined;
    if (this.#isCounting && value !== count) {
      return `the state of ${server} has had ${String(value)} commands, not ${count}, at ${index}`;
    }
    this.#onCommand(server, count);
    return undefined;
  }

  #beginAt(server: ServerId, index: number): string | undefined {
    if (index > 0 && this.#entries[index] === undefined) {
      return `${server} has a snapshot of entry ${index}, which nobody has applied`;
    }
    this.#lastIndex.set(server, index);
    return undefined;
  }

  #note(entry: Entry): Entry {
    const isCommand = entry.kind === 'command';
    this.#entries[entry.index] = entry;
    this.#counts[entry.index] = this.countAt(entry.index - 1) + (isCommand ? 1 : 0);
    if (isCommand) this.#commands.push(entry);
    return entry;
  }
}

function isSame(one: Entry, other: Entry): boolean {
  if (one === other) return true;
  const isAlike = one.kind === other.kind && one.bytes.length === other.bytes.length;
  return isAlike && one.bytes.every((byte, at) => byte === other.bytes[at]);
}
