/**
 * Replicated instances of statecharts: the state machine that is fed with events for them.
 *
 * An instance begins with its first event. Its `after` transitions and delayed `raise` are kept
 * here and fire by log time, in the order in which they are due, each once. When an instance is
 * final it stays for a while, so that whoever asks or watches learns how it ended; events for it
 * are refused then. After that it is removed, and the next event for its key begins another.
 */
import type { EventObject } from 'xstate';
import type { AppliedEntry, Restoring, StateMachine } from '../../actors/stateMachine.js';
import { type Draft, followed } from './draft.js';
import type { HostedMachine, Stepped } from './hostedMachine.js';
import { addressOf, digestText, type Instance, type Timer } from './instance.js';
import {
  type InstanceAnswer,
  type InstanceCommand,
  type InstanceQuery,
  type InstanceView,
  readAddress,
  readEvent,
} from './instanceCommand.js';
import { SnapshotReader, writeSnapshot } from './instancesSnapshot.js';
import { limits } from './limits.js';
import { type Occasion, seedOf } from './occasion.js';
import { type PackedState, parsedState, textOf } from './packedState.js';
import { Population } from './population.js';
import { unpack } from './unpack.js';
import { instancesHere, type QueryHere, type Update, type Watchable } from './watchable.js';
import { Watchers } from './watchers.js';

/** The same on every server. */
export interface InstancesOptions {
  readonly machines: ReadonlyMap<string, HostedMachine>;
  /** For how long a final instance stays, ms of log time. */
  readonly finalKeptMs: number;
}

type Machine = StateMachine<
  InstanceCommand,
  InstanceAnswer,
  InstanceQuery,
  InstanceView | undefined
>;

/** Those of one server. */
export class Instances implements Machine, Watchable {
  readonly #options: InstancesOptions;
  readonly #watchers = new Watchers();
  #population = new Population();

  constructor(options: InstancesOptions) {
    this.#options = options;
  }

  apply(command: InstanceCommand, { index, at }: AppliedEntry): InstanceAnswer {
    this.#fireDue(at, limits.firedPerCommandMax);
    const { machine, key } = readAddress(command, this.#options.machines);
    const event = readEvent(command);
    const address = addressOf(machine.name, key);
    // What was due before this event comes before it, also where more is due than fits.
    this.#fireOwn(address, at);
    const occasion = { at, seed: seedOf(index, address) };
    const instance = this.#population.get(address);
    if (instance === undefined) return { index, ...this.#begin(machine, key, event, occasion) };
    return { index, ...this.#send(instance, event, occasion) };
  }

  query(query: InstanceQuery & Partial<QueryHere>): InstanceView | undefined {
    query[instancesHere]?.(this);
    const { machine, key } = readAddress(query, this.#options.machines);
    const instance = this.#population.get(addressOf(machine.name, key));
    if (instance === undefined) return undefined;
    const { version } = instance;
    return query.known === version ? { version } : { version, snapshot: stateOf(instance) };
  }

  tick(at: number): void {
    this.#fireDue(at, limits.firedPerTickMax);
  }

  dueMs(): number | undefined {
    return this.#population.earliest()?.timer.dueMs;
  }

  snapshot(): Iterable<Uint8Array> {
    return writeSnapshot(this.#population.freeze());
  }

  restore(chunks: Iterable<Uint8Array>): void {
    const restoring = this.beginRestore();
    for (const chunk of chunks) restoring.push(chunk);
    restoring.finish();
  }

  beginRestore(): Restoring {
    return new SnapshotReader(this.#options.machines, (population) => {
      this.#population = population;
      this.#watchers.tellAll((address) => this.#updateOf(address));
    });
  }

  watch(machine: string, key: string, take: (update: Update) => void) {
    const { name } = readAddress({ machine, key }, this.#options.machines).machine;
    const address = addressOf(name, key);
    take(this.#updateOf(address));
    return this.#watchers.add(address, take);
  }

  /** Of the state of all instances: the same on all servers that have applied the same entries. */
  digest(): string {
    return digestText(this.#population.digest);
  }

  /** How many there are, and how many timers wait. */
  get size(): { readonly instances: number; readonly timers: number } {
    const { instances, timers } = this.#population;
    return { instances, timers };
  }

  // ---- steps

  #begin(
    machine: HostedMachine,
    key: string,
    event: EventObject,
    occasion: Occasion,
  ): Required<InstanceView> {
    if (this.#population.instances >= limits.instancesMax) {
      throw new Error(`there are ${limits.instancesMax} instances already`);
    }
    const initial = machine.begin(key, occasion);
    const { timerNumber } = this.#population;
    const empty: Draft = { state: initial.state, timers: [], emitted: [], timerNumber };
    const begun = this.#followed(empty, initial, occasion);
    // A machine that is final from its beginning takes no event.
    const isActive = initial.state.status === 'active';
    // Its first state is what a text says, as all later ones are.
    const state = parsedState(textOf(initial.state));
    const stepped = isActive ? machine.step(state, event, occasion) : undefined;
    const draft = stepped === undefined ? begun : this.#followed(begun, stepped, occasion);
    return this.#keep(machine, addressOf(machine.name, key), draft);
  }

  #send(instance: Instance, event: EventObject, occasion: Occasion): Required<InstanceView> {
    const draft = this.#drafted(instance, event, occasion);
    if (draft !== undefined) return this.#keep(instance.machine, instance.address, draft);
    return { version: instance.version, snapshot: stateOf(instance) };
  }

  /** What an event is about to make of an instance; undefined if nothing. */
  #drafted(instance: Instance, event: EventObject, occasion: Occasion): Draft | undefined {
    const { machine, address, timers } = instance;
    const state = stateOf(instance);
    if (state.status !== 'active') throw new Error(`${address} is final: it takes no more events`);
    const stepped = machine.step(state, event, occasion);
    if (stepped === undefined) return undefined;
    const { timerNumber } = this.#population;
    return this.#followed({ state, timers, emitted: [], timerNumber }, stepped, occasion);
  }

  #followed(draft: Draft, stepped: Stepped, { at }: Occasion): Draft {
    return followed(draft, stepped, { at, finalKeptMs: this.#options.finalKeptMs });
  }

  #keep(machine: HostedMachine, address: string, draft: Draft): Required<InstanceView> {
    const { state, timers, emitted, timerNumber } = draft;
    const text = textOf(state);
    if (this.#population.timers + timers.length > limits.timersMax) {
      throw new Error(`more than ${limits.timersMax} timers wait already`);
    }
    const { version } = this.#population.change({ machine, address, text, timers, timerNumber });
    this.#watchers.tell(address, () => ({ version, state: parsedState(text), emitted }));
    return { version, snapshot: state };
  }

  // ---- timers

  /**
   * Fires what is due, at most so many; the rest stays due. What is armed on the way waits for the
   * next entry, or one that arms itself at once would leave no room for others.
   */
  #fireDue(at: number, firedMax: number): void {
    const { timerNumber: last } = this.#population;
    for (let fired = 0; fired < firedMax; fired++) {
      const due = this.#population.earliest();
      if (due === undefined || due.timer.dueMs > at || due.timer.number > last) return;
      this.#fireOne(due.instance, due.timer, at);
    }
  }

  #fireOwn(address: string, at: number): void {
    const due = this.#population.get(address)?.timers.filter(({ dueMs }) => dueMs <= at) ?? [];
    for (const timer of due.toSorted(byTime)) {
      const instance = this.#population.get(address);
      // One that fired before may have cancelled it, or ended the instance.
      if (instance?.timers.includes(timer)) this.#fireOne(instance, timer, at);
    }
  }

  #fireOne(instance: Instance, timer: Timer, at: number): void {
    const { address } = instance;
    if (timer.event === undefined) {
      this.#population.remove(instance);
      return this.#watchers.tell(address, () => this.#updateOf(address));
    }
    const event = unpack(timer.event, 'event') as EventObject;
    const rest = { ...instance, timers: instance.timers.filter((one) => one !== timer) };
    try {
      const draft = this.#drafted(rest, event, { at, seed: seedOf(-timer.number, address) });
      if (draft === undefined) this.#population.forget(instance, timer);
      else this.#keep(instance.machine, address, draft);
    } catch (thrown) {
      this.#population.forget(instance, timer);
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#watchers.tell(address, () => ({
        ...this.#updateOf(address),
        rejected: { event, error },
      }));
    }
  }

  #updateOf(address: string): Update {
    const instance = this.#population.get(address);
    const state = instance === undefined ? undefined : stateOf(instance);
    return { version: instance?.version ?? this.#population.version, state, emitted: [] };
  }
}

function byTime(one: Timer, other: Timer): number {
  return one.dueMs - other.dueMs || one.number - other.number;
}

function stateOf({ text }: Instance): PackedState {
  return parsedState(text);
}
