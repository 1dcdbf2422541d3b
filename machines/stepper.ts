/**
 * Steps a server's statechart: one event in; the next snapshot, and what is to be done, out.
 *
 * XState's exported `transition()` builds a whole actor for every call. A stepper keeps one scope
 * and calls the machine's own `transition` with it, which is what an actor does, at an actor's
 * speed (`stepper.test.ts` holds the two against each other).
 */
import type { ServerEvent, ServerInput } from './context.js';
import type { Effect } from './effects.js';
import { inertScope } from './inertScope.js';
import type { RuleAction } from './rule.js';
import { type ServerSnapshot, server } from './server.js';

export interface Stepper {
  readonly snapshot: ServerSnapshot;
  /**
   * Takes one event, and answers what is to be done, in order. The list is the stepper's own and is
   * used again by the next step. What an invariant throws reaches the caller, and the snapshot
   * stays as it was.
   */
  step(event: ServerEvent): readonly Effect[];
  /**
   * Goes on from another snapshot: an earlier one, or that of another server, if it is of the same
   * machine. A search that forks steps all its servers so.
   */
  resume(from: ServerSnapshot): void;
}

/**
 * A stepper at its start, and the effects of starting. `machine` may be a mutant made by `provide`.
 */
export function createStepper(
  input: ServerInput,
  machine: typeof server = server,
): { stepper: Stepper; effects: readonly Effect[] } {
  let effects: Effect[] = [];
  const scope = inertScope(machine, input, (action) => {
    if (action.type !== 'perform') return;
    effects.push(...(action.params as { effects: readonly Effect[] }).effects);
  });
  let snapshot = machine.getInitialSnapshot(scope, input) as ServerSnapshot;
  if (snapshot.status === 'error') throw snapshot.error;
  const first = effects;
  const stepper: Stepper = {
    get snapshot() {
      return snapshot;
    },
    step(event) {
      effects = [];
      snapshot =
        stepWithin(machine, snapshot, event, effects) ??
        (machine.transition(snapshot, event, scope) as ServerSnapshot);
      return effects;
    },
    resume(from) {
      snapshot = from;
    },
  };
  return { stepper, effects: first };
}

/** What XState knows of its machines and snapshots, and does not have in its types. */
interface Inside {
  readonly implementations: { readonly actions: Readonly<Record<string, Partial<RuleAction>>> };
  getTransitionData(snapshot: ServerSnapshot, event: ServerEvent): readonly Line[];
}

interface Line {
  readonly target: unknown;
  readonly reenter: boolean;
  readonly actions: readonly unknown[];
}

interface States {
  readonly _nodes: readonly { readonly always?: readonly unknown[] }[];
}

/**
 * A step that stays in its state, and whose action is one rule: most of them. XState chooses the
 * line, by its guards; what it does then, besides the rule, is to find out at length that no state
 * is left or entered. Undefined where there is more to do than that; nothing has happened then.
 */
function stepWithin(
  machine: typeof server,
  snapshot: ServerSnapshot,
  event: ServerEvent,
  effects: Effect[],
): ServerSnapshot | undefined {
  for (const { always } of (snapshot as unknown as States)._nodes) {
    if (always !== undefined && always.length > 0) return undefined;
  }
  const inside = machine as unknown as Inside;
  const lines = inside.getTransitionData(snapshot, event);
  if (lines.length === 0) return snapshot;
  const { target, reenter, actions } = lines[0]!;
  if (lines.length > 1 || target !== undefined || reenter || actions.length !== 1) return undefined;
  const rule = inside.implementations.actions[actions[0] as string]?.rule;
  if (rule === undefined) return undefined;
  const { context } = snapshot;
  const outcome = rule(context, event);
  effects.push(...outcome.effects);
  return { ...snapshot, context: { ...context, ...outcome.patch } } as ServerSnapshot;
}
