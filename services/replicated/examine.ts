/**
 * Examines a machine before a cluster starts: finds what would differ between servers, or happen
 * once on each of them. What is only known at run time (`enqueueActions`) is refused there.
 */
import type { AnyStateMachine } from 'xstate';
import type { Finding } from './notReplicable.js';
import { pack } from './pack.js';

/** What XState keeps of a state, as far as it is looked at here. */
interface Node {
  readonly id: string;
  readonly entry: readonly unknown[];
  readonly exit: readonly unknown[];
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[];
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
  readonly always?: readonly Transition[];
  readonly initial?: { readonly actions?: readonly unknown[] };
  readonly states: Readonly<Record<string, Node>>;
}

interface Transition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly delay?: unknown;
}

/** An action or guard of XState's own: a function that carries what it was made of. */
interface Builtin {
  readonly type?: string;
  readonly check?: unknown;
  readonly guards?: readonly unknown[];
  readonly delay?: unknown;
  readonly resolve?: unknown;
}

const elsewhere = 'ask for it from outside, by an event';
const emitInstead = 'emit() an event, and act on it where you listen';

/** The builtin actions that are refused, and what to do instead of each. */
const refused: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  'xstate.sendTo': ['an event to an actor of one server', elsewhere],
  'xstate.spawnChild': ['a child actor runs on every server, and is lost at a restart', elsewhere],
  'xstate.stopChild': ['there are no child actors', 'leave it out'],
  'xstate.log': ['every server would write it, and again at each replay', emitInstead],
};

/** All that is wrong with `machine`, which is to be replicated as `name`. */
export function examine(name: string, machine: AnyStateMachine): readonly Finding[] {
  return new Examination(name, machine).findings;
}

class Examination {
  readonly findings: Finding[] = [];
  readonly #name: string;
  readonly #implementations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  constructor(name: string, machine: AnyStateMachine) {
    this.#name = name;
    this.#implementations = machine.implementations as never;
    this.#context(machine);
    this.#node(machine.root as unknown as Node);
  }

  #find(state: string, reason: string, remedy: string): void {
    this.findings.push({ machine: this.#name, state, reason, remedy });
  }

  #context({ id, config }: AnyStateMachine): void {
    const context = config.context as unknown;
    if (typeof context === 'function' || context === undefined) return;
    try {
      pack(context, 'context');
    } catch (error) {
      this.#find(id, (error as Error).message, 'keep JSON, Map, Set, Date, bytes, bigint');
    }
  }

  #node(node: Node): void {
    for (const { id, src } of node.invoke) {
      const what = typeof src === 'string' ? src : id;
      this.#find(node.id, `invokes ${what}, which would run on every server`, elsewhere);
    }
    this.#actions(`${node.id}, entry`, node.entry);
    this.#actions(`${node.id}, exit`, node.exit);
    this.#actions(`${node.id}, initial`, node.initial?.actions ?? []);
    for (const [type, transitions] of this.#transitionsOf(node)) {
      for (const transition of transitions) this.#transition(`${node.id}, on ${type}`, transition);
    }
    for (const transition of node.always ?? []) this.#transition(`${node.id}, always`, transition);
    for (const child of Object.values(node.states)) this.#node(child);
  }

  /** XState looks for the targets only now. */
  #transitionsOf(node: Node): ReadonlyMap<string, readonly Transition[]> {
    try {
      return node.transitions;
    } catch (error) {
      this.#find(node.id, (error as Error).message, 'name a state that there is');
      return new Map();
    }
  }

  #transition(where: string, { guard, actions, delay }: Transition): void {
    if (delay !== undefined) this.#delay(where, delay);
    if (guard !== undefined) this.#guard(where, guard);
    this.#actions(where, actions);
  }

  #actions(where: string, actions: readonly unknown[]): void {
    for (const action of actions) this.#action(where, action);
  }

  #action(where: string, action: unknown): void {
    const named = nameOf(action);
    const known = named === undefined ? action : this.#implementations['actions']?.[named];
    if (known === undefined) return this.#missing(where, 'action', named!);
    const { type, resolve, delay } = known as Builtin;
    if (resolve === undefined) {
      const called = named ?? ((known as { name?: string }).name || 'an inline action');
      const reason = `action ${called} is a plain function: it would run on every server`;
      return this.#find(where, reason, emitInstead);
    }
    const refusal = refused[type ?? ''];
    if (refusal !== undefined) this.#find(where, ...refusal);
    if (type === 'xstate.raise' && delay !== undefined) this.#delay(where, delay);
  }

  #guard(where: string, guard: unknown): void {
    const named = nameOf(guard);
    const known = named === undefined ? guard : this.#implementations['guards']?.[named];
    if (known === undefined) return this.#missing(where, 'guard', named!);
    for (const part of (known as Builtin).guards ?? []) this.#guard(where, part);
  }

  /** Without it, XState does not wait at all. */
  #delay(where: string, delay: unknown): void {
    if (typeof delay !== 'string' || this.#implementations['delays']?.[delay] !== undefined) return;
    this.#missing(where, 'delay', delay);
  }

  #missing(where: string, kind: string, name: string): void {
    this.#find(where, `${kind} ${name} has no implementation`, `give it in setup({ ${kind}s })`);
  }
}

/** The name by which an action or a guard is referred to, if it is. */
function nameOf(action: unknown): string | undefined {
  if (typeof action === 'string') return action;
  return typeof action === 'object' ? (action as { type: string }).type : undefined;
}
