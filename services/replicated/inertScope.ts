/** An actor's scope without an actor: a machine that steps in it starts, sends and logs nothing. */
import { type AnyActorScope, type AnyStateMachine, createActor } from 'xstate';

/** What a machine wants to be done. */
export interface Performed {
  readonly type: string;
  readonly params?: unknown;
}

/** What `transition` needs of an actor, and no more; guards and actions can do nothing with it. */
export function inertScope(
  machine: AnyStateMachine,
  perform: (action: Performed) => void,
): AnyActorScope {
  const self = createActor(machine);
  const refuse = (name: string) => (): never => {
    throw new Error(`self.${name}() in a replicated machine; use raise(), or the arguments given`);
  };
  Object.assign(self, { send: refuse('send'), getSnapshot: refuse('getSnapshot') });
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
