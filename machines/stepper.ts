/**
 * Steps a server's statechart: one event in; the next snapshot, and what is to be done, out.
 *
 * XState's exported `transition()` builds a whole actor for every call. A stepper keeps one scope
 * and calls the machine's own `transition` with it, which is what an actor does, at an actor's
 * speed (`stepper.test.ts` holds the two against each other).
 */
import { type AnyActorScope, createActor } from 'xstate';
import type { ServerEvent, ServerInput } from './context.js';
import type { Effect } from './effects.js';
import { type ServerSnapshot, server } from './server.js';

export interface Stepper {
  readonly snapshot: ServerSnapshot;
  /**
   * Takes one event, and answers what is to be done, in order. The list is the stepper's own and is
   * used again by the next step. What an invariant throws reaches the caller, and the snapshot
   * stays as it was.
   */
  step(event: ServerEvent): readonly Effect[];
}

interface PerformedAction {
  readonly type: string;
  readonly params?: unknown;
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
      snapshot = machine.transition(snapshot, event, scope) as ServerSnapshot;
      return effects;
    },
  };
  return { stepper, effects: first };
}

/**
 * What `transition` needs of an actor, and no more: nothing is started, nothing logs, nothing is
 * sent.
 */
function inertScope(
  machine: typeof server,
  input: ServerInput,
  perform: (action: PerformedAction) => void,
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
