/** A scope in which a machine's own code cannot reach the actor that it seems to have. */
import type { AnyActorScope, AnyStateMachine } from 'xstate';
import { inertScope, type Performed } from '../../machines/inertScope.js';

/** An inert scope whose actor refuses what guards and actions might ask of it. */
export function mutedScope(
  machine: AnyStateMachine,
  perform: (action: Performed) => void,
): AnyActorScope {
  const scope = inertScope(machine, undefined, perform);
  const refuse = (name: string) => (): never => {
    throw new Error(`self.${name}() in a replicated machine; use raise(), or the arguments given`);
  };
  Object.assign(scope.self, { send: refuse('send'), getSnapshot: refuse('getSnapshot') });
  return scope;
}
