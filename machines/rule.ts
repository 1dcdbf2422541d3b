/**
 * How a rule becomes an action of a statechart. A rule is one pure function `(context, event) => { patch, effects }`:
 * one assignment stores the patch, and the effects leave the machine as the parameters of `perform`.
 */
import { enqueueActions } from 'xstate';
import type { Outcome, ServerContext, ServerEvent } from './context.js';

/** A rule for the events that it names; `provide` may put another in its place. */
export type Rule<E extends ServerEvent> = (context: ServerContext, event: E) => Outcome;

interface Enqueue {
  (action: { type: 'perform'; params: { effects: Outcome['effects'] } }): void;
  assign(patch: Partial<ServerContext>): void;
}

interface Arguments<E> {
  readonly context: ServerContext;
  readonly event: E;
  readonly enqueue: Enqueue;
}

/**
 * The action of a rule. Its type is left open towards XState (an action cannot say there for which events it is
 * meant); the guard here is that each rule is written for the events of the lines that name it.
 */
export function rule<E extends ServerEvent>(step: Rule<E>): any {
  return enqueueActions(((args: Arguments<E>) => {
    const { patch, effects } = step(args.context, args.event);
    args.enqueue.assign(patch);
    if (effects.length > 0) args.enqueue({ type: 'perform', params: { effects } });
  }) as any);
}
