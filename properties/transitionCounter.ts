/**
 * Transition coverage: which lines of the statecharts were taken, over however many runs. A line is
 * one candidate of one event in one state, named by state, event and place, as in
 * `follower: AppendEntriesRequest line 3`. Machines that are not counted know nothing of it.
 */
import type { AnyActorScope, AnyStateMachine, AnyTransitionDefinition } from 'xstate';

type StateNode = AnyStateMachine['root'];
type Lines = ReadonlyMap<AnyTransitionDefinition, string>;

/** How much of the charts was taken. */
export interface Transitions {
  readonly taken: number;
  readonly total: number;
  /** The lines that were not, by name. */
  readonly untaken: readonly string[];
}

export class TransitionCounter {
  /** Every line of every chart, and whether it was taken. */
  readonly #lines = new Map<string, boolean>();

  get result(): Transitions {
    const untaken = [...this.#lines].filter(([, isTaken]) => !isTaken).map(([name]) => name);
    const total = this.#lines.size;
    return { taken: total - untaken.length, total, untaken };
  }

  /** The same machine, which tells of each line that it takes. */
  counted<M extends AnyStateMachine>(machine: M): M {
    this.expect(machine);
    const lines = linesOf(machine.root);
    const took = (taken: readonly AnyTransitionDefinition[]) => {
      for (const line of taken) this.take(lines.get(line)!);
    };
    const systems = new WeakSet<object>();
    const counting: Partial<AnyStateMachine> = {
      // Whoever steps a machine without an actor asks for the line only.
      getTransitionData: (snapshot, event) => {
        const taken = machine.getTransitionData(snapshot, event);
        took(taken);
        return taken;
      },
      // Lines without an event are told by the system alone.
      getInitialSnapshot(this: AnyStateMachine, scope: AnyActorScope, input) {
        if (!systems.has(scope.system)) {
          systems.add(scope.system);
          scope.system.inspect((told) => {
            if (told.type === '@xstate.microstep') took(told._transitions);
          });
        }
        return machine.getInitialSnapshot.call(this, scope, input);
      },
      provide: (implementations) => this.counted(machine.provide(implementations as never)),
    };
    return Object.assign(Object.create(machine), counting);
  }

  /** These lines are to be taken by somebody who tells it. */
  expect(machine: AnyStateMachine): void {
    for (const name of linesOf(machine.root).values()) {
      if (!this.#lines.has(name)) this.#lines.set(name, false);
    }
  }

  /** A line was taken. One that is in no chart is not counted. */
  take(name: string): void {
    if (this.#lines.has(name)) this.#lines.set(name, true);
  }
}

/** Coverage of several campaigns together: a line is taken if one of them took it. */
export function together(parts: readonly Transitions[]): Transitions {
  const [first, ...others] = parts;
  const isUntaken = (name: string) => others.every(({ untaken }) => untaken.includes(name));
  const untaken = first?.untaken.filter(isUntaken) ?? [];
  const total = first?.total ?? 0;
  return { taken: total - untaken.length, total, untaken };
}

/** The lines of a state's table and of those within it, by their place. */
function linesOf(state: StateNode): Lines {
  const lines = new Map<AnyTransitionDefinition, string>();
  const always = ['always', state.always ?? []] as const;
  for (const [event, candidates] of [...state.transitions, always]) {
    candidates.forEach((line, i) => lines.set(line, `${state.key}: ${event} line ${i + 1}`));
  }
  for (const child of Object.values(state.states) as StateNode[]) {
    for (const [line, name] of linesOf(child)) lines.set(line, name);
  }
  return lines;
}
