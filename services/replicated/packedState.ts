/** The state of an instance as JSON: what is kept of XState's snapshots, and enough to make one. */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { limits } from './limits.js';
import { type Packed, pack } from './pack.js';
import { unpack } from './unpack.js';

/** The whole state of an instance, as it is kept, written to snapshots, and answered. */
export interface PackedState {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: Packed;
  readonly context: Packed;
  readonly output?: Packed;
  readonly error?: Packed;
  /** By history state, the ids of the states to go back to. */
  readonly history?: { readonly [id: string]: readonly string[] };
}

/** The snapshot that users know, of a packed state. Throws if the machine has no such state. */
export function resolvedSnapshot(machine: AnyStateMachine, state: PackedState): AnyMachineSnapshot {
  const history = Object.entries(state.history ?? {}).map(([id, targets]) => [
    id,
    targets.map((target) => machine.getStateNodeById(target)),
  ]);
  return machine.resolveState({
    status: state.status,
    value: state.value as never,
    context: unpack(state.context, 'context') as never,
    output: unpack(state.output, 'output') as never,
    error: unpack(state.error, 'error'),
    historyValue: Object.fromEntries(history) as never,
  });
}

/** The state of a snapshot. Throws for what cannot be kept. */
export function packSnapshot(snapshot: AnyMachineSnapshot): PackedState {
  const { status, value, context, output, error, children, historyValue } = snapshot;
  for (const id of Object.keys(children)) {
    throw new Error(`child actor ${id} would run on every server; do its work outside`);
  }
  const history = Object.entries(historyValue as Readonly<Record<string, { id: string }[]>>);
  return {
    status,
    value: value as Packed,
    context: pack(context, 'context'),
    ...(output === undefined ? {} : { output: pack(output, 'output') }),
    ...(error === undefined ? {} : { error: pack(error, 'error') }),
    ...(history.length === 0 ? {} : { history: idsOf(history) }),
  };
}

function idsOf(history: readonly [string, readonly { readonly id: string }[]][]) {
  return Object.fromEntries(history.map(([id, nodes]) => [id, nodes.map((node) => node.id)]));
}

/** Its text, in which it is kept. Throws where that is too long. */
export function textOf(state: PackedState): string {
  const text = JSON.stringify(state);
  const { stateLengthMax } = limits;
  if (text.length <= stateLengthMax) return text;
  throw new Error(`a state of ${text.length} characters: stateLengthMax is ${stateLengthMax}`);
}

/** What `textOf` was given. */
export function parsedState(text: string): PackedState {
  return JSON.parse(text) as PackedState;
}
