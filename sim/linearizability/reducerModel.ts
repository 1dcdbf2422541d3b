/**
 * The model of a state machine that is a reducer: the reducer itself, one command after the other.
 * What clients are answered by a cluster has to be what one such machine could have answered.
 */
import type { Model } from './model.js';

/** What is given to `fromReducer`; here it must not look at the entry that it is applied for. */
export interface Reducer<S, C, R> {
  readonly initial: S;
  apply(state: S, command: C): { readonly state: S; readonly result: R };
}

/** A query, which has no command, answers the state. Answers are compared as JSON. */
export function reducerModel<S, C, R>(reducer: Reducer<S, C, R>): Model<S, C | undefined, R | S> {
  const after = (state: S, command: C | undefined) =>
    command === undefined ? { state, result: state } : reducer.apply(state, command);
  return {
    initial: reducer.initial,
    step(state, command, output) {
      const { state: next, result } = after(state, command);
      return output === undefined || isSame(result, output) ? next : false;
    },
    canonical: (state) => JSON.stringify(state),
    answer: (state, command) => after(state, command).result,
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
