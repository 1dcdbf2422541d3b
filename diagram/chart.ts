/**
 * Reads a statechart out of an XState machine, as plain values that can be drawn: states, and every
 * line of their tables in source order. What has no effect on behaviour (`meta`, `tags`,
 * `description`, `output`) is not read.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { eventName, guardName, ruleName, unnamed } from './names.js';

/** One line of a state's table. */
export interface ChartTransition {
  /** As in the source; `always` for a line without event, `after 100 ms` for a delay. */
  readonly event: string;
  readonly guard: string | undefined;
  /** Names of the actions, in order. */
  readonly rules: readonly string[];
  /** Ids of the states that it leads to; several only into a parallel state. */
  readonly targets: readonly string[];
  /** Whether nothing is left or entered: no target, or the state itself without `reenter`. */
  readonly isInternal: boolean;
}

export interface ChartState {
  /** Unique in its chart, for example `raft.candidate.lost`. */
  readonly id: string;
  /** The last part of the id. */
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Names of the actions on entry and on exit. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Names of the actors that run while the state is active. */
  readonly invokes: readonly string[];
  /**
   * Where a compound state begins, and where a history state leads that has nothing to remember.
   */
  readonly initial: ChartTransition | undefined;
  /**
   * Lines without event first, then those of each event; of several that apply, the first is taken.
   */
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly ChartState[];
}

/** A statechart as plain values: its root state. */
export type Chart = ChartState;

/**
 * The chart of any XState 5 machine. What has no name there is called `(unnamed)`: nothing is left
 * out.
 */
export function chartOf(machine: AnyStateMachine): Chart {
  return stateOf(machine.root);
}

/** A state and all states inside it, in source order. */
export function statesOf(state: ChartState): readonly ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    id: node.id,
    name: node.key,
    type: node.type,
    entry: rulesOf(node.entry),
    exit: rulesOf(node.exit),
    invokes: node.invoke.map(({ src }) => (typeof src === 'string' ? src : unnamed)),
    initial: initialOf(node),
    transitions: [...(node.always ?? []), ...[...node.transitions.values()].flat()].map(
      (transition) => transitionOf(node, transition),
    ),
    states: Object.values(node.states).map(stateOf),
  };
}

function transitionOf(node: AnyStateNode, transition: AnyTransitionDefinition): ChartTransition {
  const targets: readonly AnyStateNode[] = transition.target ?? [];
  // A compound state that names itself as target begins again inside, with or without `reenter`.
  const staysInItself =
    node.type === 'atomic' && !transition.reenter && targets.every((target) => target === node);
  return {
    event: eventName(transition.eventType, node.id),
    guard: transition.guard === undefined ? undefined : guardName(transition.guard),
    rules: rulesOf(transition.actions),
    targets: targets.map(({ id }) => id),
    isInternal: targets.length === 0 || staysInItself,
  };
}

function initialOf(node: AnyStateNode): ChartTransition | undefined {
  const begin = { event: 'initial', guard: undefined, isInternal: false };
  if (node.type === 'history' && node.parent !== undefined) {
    const targets = defaultOfHistory(node, node.parent);
    return { ...begin, rules: [], targets };
  }
  if (node.type !== 'compound') return undefined;
  const { actions, target } = node.initial;
  return { ...begin, rules: rulesOf(actions), targets: target.map(({ id }) => id) };
}

/** A history state names its default relative to its parent, as `sibling` or `sibling.child`. */
function defaultOfHistory(node: AnyStateNode, parent: AnyStateNode): readonly string[] {
  const target: unknown = node.config.target;
  if (typeof target !== 'string') return parent.type === 'compound' ? idsOfInitial(parent) : [];
  const found = target
    .split('.')
    .reduce<AnyStateNode | undefined>((state, key) => state?.states[key], parent);
  return found === undefined ? [] : [found.id];
}

function idsOfInitial(node: AnyStateNode): readonly string[] {
  return node.initial.target.map(({ id }) => id);
}

function rulesOf(actions: readonly unknown[]): readonly string[] {
  return actions.flatMap((action) => ruleName(action) ?? []);
}
