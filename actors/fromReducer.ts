/** A state machine out of a state and a function: what most programs need. */
import { type AppliedEntry, jsonCodec, type MakeStateMachine } from './stateMachine.js';

export interface Reducer<S, C, R> {
  readonly initial: S;
  /** Answers the next state and the command's result; changes neither argument. */
  apply(state: S, command: C, entry: AppliedEntry): { state: S; result: R };
}

/**
 * The state is never changed in place, so that a snapshot of it is free; a query answers the whole
 * of it.
 */
export function fromReducer<S, C, R>(reducer: Reducer<S, C, R>): MakeStateMachine<C, R, void, S> {
  return () => {
    let state = reducer.initial;
    return {
      apply(command, entry) {
        const next = reducer.apply(state, command, entry);
        state = next.state;
        return next.result;
      },
      query: () => state,
      snapshot: () => encodeLater(state),
      restore(chunks) {
        state = jsonCodec.decode(joined(chunks)) as S;
      },
    };
  };
}

/** The state never changes: it is encoded when somebody wants it. */
function* encodeLater(state: unknown): Generator<Uint8Array> {
  yield jsonCodec.encode(state);
}

function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  const parts = [...chunks];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
