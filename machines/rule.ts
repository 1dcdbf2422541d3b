/**
 * How a rule becomes an action of a statechart. A rule is one pure function `(context, event) => {
 * patch, effects }`: the patch goes into the next snapshot's context, and the effects leave the
 * machine as the parameters of `perform`.
 *
 * It is XState's `enqueueActions` with one `assign` and one `perform`, in the form in which
 * XState's own actions are made (a function with `resolve`). The library's would build nine
 * closures and two snapshots for every message; `stepper.test.ts` holds this one against an
 * ordinary actor.
 */
import type { Outcome, ServerContext, ServerEvent } from './context.js';

/** A rule for the events that it names; `provide` may put another in its place. */
export type Rule<E extends ServerEvent> = (context: ServerContext, event: E) => Outcome;

interface ResolveArguments<E> {
  readonly context: ServerContext;
  readonly event: E;
}

/** An action that was made of a rule. */
export interface RuleAction {
  readonly rule: (context: ServerContext, event: ServerEvent) => Outcome;
}

/** A machine's snapshot, as far as a rule is concerned. */
interface Snapshot {
  readonly context: ServerContext;
}

type Perform = readonly { readonly type: 'perform'; readonly params: Pick<Outcome, 'effects'> }[];

/**
 * The action of a rule. Its type is left open towards XState (an action cannot say there for which
 * events it is meant); the guard here is that each rule is written for the events of the lines that
 * name it.
 */
export function rule<E extends ServerEvent>(step: Rule<E>): any {
  const action = () => {
    throw new Error('a rule is resolved by its machine, never called');
  };
  const resolve = (
    _scope: unknown,
    snapshot: Snapshot,
    { context, event }: ResolveArguments<E>,
  ): [next: Snapshot, params: undefined, actions: Perform | undefined] => {
    const { patch, effects } = step(context, event);
    const perform: Perform | undefined =
      effects.length === 0 ? undefined : [{ type: 'perform', params: { effects } }];
    return [{ ...snapshot, context: { ...context, ...patch } } as Snapshot, undefined, perform];
  };
  return Object.assign(action, { type: 'rule', rule: step, resolve });
}
