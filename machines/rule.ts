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

/** What a rule answers, in any chart: what changes, and what is to be done. */
export interface Answer<C, F> {
  readonly patch: Partial<C>;
  readonly effects: readonly F[];
}

interface ResolveArguments<C> {
  readonly context: C;
  readonly event: never;
}

/** An action of the server's chart that was made of a rule. */
export interface RuleAction {
  readonly rule: (context: ServerContext, event: ServerEvent) => Outcome;
}

/** A machine's snapshot, as far as a rule is concerned. */
interface Snapshot<C> {
  readonly context: C;
}

type Perform<F> = readonly {
  readonly type: 'perform';
  readonly params: { effects: readonly F[] };
}[];

/**
 * The action of a rule. Its type is left open towards XState (an action cannot say there for which
 * events it is meant); the guard here is that each rule is written for the events of the lines that
 * name it.
 */
export function rule<C, F>(step: (context: C, event: never) => Answer<C, F>): any {
  const action = () => {
    throw new Error('a rule is resolved by its machine, never called');
  };
  const resolve = (
    _scope: unknown,
    snapshot: Snapshot<C>,
    { context, event }: ResolveArguments<C>,
  ): [next: Snapshot<C>, params: undefined, actions: Perform<F> | undefined] => {
    const { patch, effects } = step(context, event);
    const perform: Perform<F> | undefined =
      effects.length === 0 ? undefined : [{ type: 'perform', params: { effects } }];
    return [{ ...snapshot, context: { ...context, ...patch } }, undefined, perform];
  };
  return Object.assign(action, { type: 'rule', rule: step, resolve });
}
