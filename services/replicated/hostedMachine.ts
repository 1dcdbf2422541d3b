/**
 * Steps the instances of one machine. An instance's state is JSON, and nothing else: each step
 * unpacks it, steps, and packs what came of it. So a server that has just read a snapshot and one
 * that never stopped step from the same, a step that throws leaves nothing behind, and what was
 * changed in place is not kept by accident.
 *
 * XState's exported `transition()` builds a whole actor for every call. This keeps one scope and
 * calls the machine's own, with effects as data.
 */
import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createMachine,
  type EventObject,
} from 'xstate';
import type { Performed } from '../../machines/inertScope.js';
import { limits } from './limits.js';
import { mutedScope } from './mutedScope.js';
import { type Occasion, onOccasion } from './occasion.js';
import { type Packed, pack } from './pack.js';
import { type PackedState, packSnapshot, resolvedSnapshot } from './packedState.js';
import { withTraps } from './platformTraps.js';
import { unpack } from './unpack.js';

/** What a step wants of the timers of its instance. */
export type TimerOrder =
  | {
      readonly type: 'arm';
      /** Without one it cannot be cancelled. */
      readonly id: string | undefined;
      readonly delayMs: number;
      readonly event: Packed;
    }
  | { readonly type: 'cancel'; readonly id: string };

export interface Stepped {
  readonly state: PackedState;
  /** In order. */
  readonly emitted: readonly EventObject[];
  /** In order. */
  readonly timers: readonly TimerOrder[];
}

export interface HostedMachineOptions {
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** What an instance is created with. */
  readonly input: (key: string) => unknown;
  /** Whether the platform's clock and chance throw while a machine steps. */
  readonly traps: boolean;
}

export class HostedMachine {
  readonly name: string;
  readonly #machine: AnyStateMachine;
  readonly #input: (key: string) => unknown;
  readonly #guarded: <T>(step: () => T) => T;
  readonly #scope: AnyActorScope;
  #emitted: EventObject[] = [];
  #timers: TimerOrder[] = [];

  constructor({ name, machine, input, traps }: HostedMachineOptions) {
    this.name = name;
    this.#machine = ownCopy(machine);
    this.#input = input;
    this.#guarded = traps ? withTraps : (step) => step();
    this.#scope = mutedScope(this.#machine, (action) => this.#perform(action));
  }

  /** The state of a new instance. Throws what its machine throws. */
  begin(key: string, occasion: Occasion): Stepped {
    return this.#step(occasion, () => {
      const snapshot = this.#machine.getInitialSnapshot(this.#scope, this.#input(key));
      if (snapshot.status === 'error') throw snapshot.error;
      return snapshot as AnyMachineSnapshot;
    })!;
  }

  /**
   * What an event makes of a state; undefined if nothing. Throws what the machine throws, and for
   * what cannot be replicated; nothing has happened then.
   */
  step(state: PackedState, event: EventObject, occasion: Occasion): Stepped | undefined {
    const before = resolvedSnapshot(this.#machine, state);
    return this.#step(occasion, () => {
      const after = this.#machine.transition(before, event, this.#scope);
      const hasEffects = this.#emitted.length > 0 || this.#timers.length > 0;
      return after === before && !hasEffects ? undefined : (after as AnyMachineSnapshot);
    });
  }

  #step(occasion: Occasion, run: () => AnyMachineSnapshot | undefined): Stepped | undefined {
    this.#emitted = [];
    this.#timers = [];
    // What a context computes when it is read is part of the step.
    const pack = () => {
      const snapshot = run();
      return snapshot === undefined ? undefined : packSnapshot(snapshot);
    };
    const state = onOccasion(occasion, () => this.#guarded(pack));
    if (state === undefined) return undefined;
    return { state, emitted: this.#emitted, timers: this.#timers };
  }

  #perform({ type, params }: Performed): void {
    switch (type) {
      case 'xstate.assign':
      case 'xstate.enqueueActions':
        return;
      case 'xstate.emit':
        return this.#emit((params as { event: Partial<EventObject> | undefined }).event);
      case 'xstate.raise':
        return this.#arm(params as DelayedRaise);
      case 'xstate.cancel':
        this.#timers.push({ type: 'cancel', id: (params as { sendId: string }).sendId });
        return;
      default:
        throw new Error(`action ${type} would happen on every server; ${emitInstead}`);
    }
  }

  #emit(event: Partial<EventObject> | undefined): void {
    if (typeof event?.type !== 'string')
      throw new Error('what is emitted is an object with a type');
    this.#emitted.push(event as EventObject);
  }

  /** One without a delay is none of the world's business. */
  #arm({ event, id, delay }: DelayedRaise): void {
    if (delay === undefined) return;
    const { delayMsMax } = limits;
    if (!(delay <= delayMsMax)) throw new Error(`a delay of ${delay} ms: at most ${delayMsMax}`);
    const delayMs = Math.max(0, Math.ceil(delay));
    const packed = pack(event, `the event of timer ${id ?? event.type}`);
    this.#timers.push({ type: 'arm', id, delayMs, event: packed });
  }
}

const emitInstead = 'emit() an event, and act on it where you listen';

interface DelayedRaise {
  readonly event: EventObject;
  readonly id?: string;
  readonly delay?: number;
}

/**
 * The same machine, but each instance has an initial context of its own, and none runs for ever.
 */
function ownCopy(machine: AnyStateMachine): AnyStateMachine {
  const { config } = machine;
  const context = config.context as unknown;
  const { microstepsMax } = limits;
  const { maxIterations = microstepsMax } = config.options ?? {};
  const options = { ...config.options, maxIterations: Math.min(maxIterations, microstepsMax) };
  if (typeof context === 'function' || context === undefined) {
    return createMachine({ ...config, options } as never, machine.implementations as never);
  }
  const text = JSON.stringify(pack(context, 'context'));
  const fresh = () => unpack(JSON.parse(text), 'context');
  const own = { ...config, options, context: fresh };
  return createMachine(own as never, machine.implementations as never);
}
