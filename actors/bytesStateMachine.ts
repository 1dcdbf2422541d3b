/** State machines at the level of bytes: what a server applies entries to. */
import type { Codec, MakeStateMachine, StateMachine } from './stateMachine.js';

export type BytesStateMachine = StateMachine<Uint8Array, unknown, Uint8Array, unknown>;

/** A user's state machine, fed with bytes. */
export function onBytes<C, R, Q, A>(
  machine: ReturnType<MakeStateMachine<C, R, Q, A>>,
  codec: Codec,
): BytesStateMachine {
  return {
    apply: (bytes, entry) => machine.apply(codec.decode(bytes) as C, entry),
    query: (bytes) => machine.query?.(codec.decode(bytes) as Q),
    tick: (at) => machine.tick?.(at),
    dueMs: () => machine.dueMs?.(),
    snapshot: () => machine.snapshot(),
    restore: (chunks) => machine.restore(chunks),
    ...(machine.beginRestore === undefined ? {} : { beginRestore: () => machine.beginRestore!() }),
  };
}
