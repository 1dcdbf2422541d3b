/** An actor's scope without an actor: a machine that steps in it starts, sends and logs nothing. */
import { type AnyActorScope, type AnyStateMachine, createActor } from 'xstate';

/** What a machine wants to be done. */
export interface Performed {
  readonly type: string;
  readonly params?: unknown;
}

/** What `transition` needs of an actor, and no more; `perform` is told what is to be done. */
export function inertScope(
  machine: AnyStateMachine,
  input: unknown,
  perform: (action: Performed) => void,
): AnyActorScope {
  const self = createActor(machine, { input });
  const scope: Partial<AnyActorScope> = {
    self,
    id: '',
    sessionId: '',
    system: self.system,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: perform as AnyActorScope['actionExecutor'],
  };
  return scope as AnyActorScope;
}
