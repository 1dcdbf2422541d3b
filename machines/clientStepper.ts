/** Steps a client's statechart: one event in, what is to be done out. */
import { createActor } from 'xstate';
import { clientMachine } from './client.js';
import type { ClientContext, ClientEffect, ClientEvent, ClientSettings } from './clientContext.js';

/** What the chart of a client may be in. */
export type ClientState = keyof typeof clientMachine.states;

/** A client at work: one event in, what is to be done out. */
export interface ClientStepper {
  readonly state: ClientState;
  readonly context: ClientContext;
  /** Takes one event, and answers what is to be done, in order. */
  step(event: ClientEvent): readonly ClientEffect[];
}

/** A client at its start. `machine` may be one that tells of the lines that it takes. */
export function createClientStepper(
  settings: Partial<ClientSettings> = {},
  machine: typeof clientMachine = clientMachine,
): ClientStepper {
  let effects: ClientEffect[] = [];
  const perform = (_: unknown, params: { effects: readonly ClientEffect[] }) => {
    effects.push(...params.effects);
  };
  const actor = createActor(machine.provide({ actions: { perform } }), { input: settings }).start();
  return {
    get state() {
      return actor.getSnapshot().value as ClientState;
    },
    get context() {
      return actor.getSnapshot().context;
    },
    step(event) {
      effects = [];
      actor.send(event);
      const snapshot = actor.getSnapshot();
      if (snapshot.status === 'error') throw snapshot.error;
      return effects;
    },
  };
}
