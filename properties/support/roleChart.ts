/**
 * A role's chart, mounted alone, as `@xstate/test` can explore it; it keeps a tally of the lines
 * that were taken.
 */
import {
  type ActorLogic,
  type AnyActorScope,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  type Snapshot,
} from 'xstate';
import type { ServerEvent, ServerInput } from '../../machines/context.js';
import type { Effect } from '../../machines/effects.js';
import { type Role, roleMachine, type ServerSnapshot } from '../../machines/server.js';

type StateNode = AnyStateMachine['root'];

/** Where the chart is, and what the step that led there made it do. */
export type Situation = Snapshot<unknown> & {
  readonly snapshot: ServerSnapshot;
  readonly effects: readonly Effect[];
};

export interface RoleChart {
  readonly logic: ActorLogic<Situation, ServerEvent, ServerInput>;
  /** The lines of the role's table that were not taken so far. */
  untaken(): readonly string[];
}

export function roleChart(role: Role, input: ServerInput): RoleChart {
  const machine = roleMachine(role);
  const lines = linesOf(machine.states[role]!);
  const taken = new Set<AnyTransitionDefinition>();
  const { self, system } = inertActor(machine, input, (line) => taken.add(line));
  let effects: Effect[] = [];
  const scope: Partial<AnyActorScope> = {
    self,
    system,
    id: '',
    sessionId: '',
    actionExecutor: ({ type, params }) => {
      if (type === 'perform') effects.push(...(params as { effects: Effect[] }).effects);
    },
  };
  const situation = (snapshot: ServerSnapshot): Situation => {
    const performed = effects;
    effects = [];
    return { status: 'active', output: undefined, error: undefined, snapshot, effects: performed };
  };
  const logic: RoleChart['logic'] = {
    getInitialSnapshot: () => {
      const first = machine.getInitialSnapshot(scope as AnyActorScope, input) as ServerSnapshot;
      return situation(begun(first, input.nowMs));
    },
    transition: ({ snapshot }, event) =>
      situation(machine.transition(snapshot, event, scope as AnyActorScope) as ServerSnapshot),
    getPersistedSnapshot: (persisted) => persisted,
  };
  const untaken = () => [...lines].filter(([line]) => !taken.has(line)).map(([, name]) => name);
  return { logic, untaken };
}

/** A role that is mounted alone is entered by no event, and so a leader does not know when. */
function begun(snapshot: ServerSnapshot, contactMs: number): ServerSnapshot {
  const { context } = snapshot;
  if (context.leadership === undefined) return snapshot;
  const known = Object.entries(context.leadership.progress);
  const progress = Object.fromEntries(known.map(([id, p]) => [id, { ...p, contactMs }]));
  const leadership = { ...context.leadership, progress };
  return { ...snapshot, context: { ...context, leadership } } as ServerSnapshot;
}

/**
 * An actor that is never started; it tells of every line that a step takes, also of those without
 * an event.
 */
function inertActor(
  machine: AnyStateMachine,
  input: ServerInput,
  onTaken: (line: AnyTransitionDefinition) => void,
) {
  const self = createActor(machine, { input });
  self.system.inspect((told) => {
    if (told.type === '@xstate.microstep') told._transitions.forEach(onTaken);
  });
  return { self, system: self.system };
}

/** The lines of a state's table and of those within it, by their place. */
function linesOf(state: StateNode): Map<AnyTransitionDefinition, string> {
  const lines = new Map<AnyTransitionDefinition, string>();
  for (const [event, candidates] of [
    ...state.transitions,
    ['always', state.always ?? []] as const,
  ]) {
    candidates.forEach((line, i) => lines.set(line, `${state.key}: ${event} line ${i + 1}`));
  }
  for (const child of Object.values(state.states)) {
    for (const [line, name] of linesOf(child)) lines.set(line, name);
  }
  return lines;
}
