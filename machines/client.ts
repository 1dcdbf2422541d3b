/**
 * A client with a session: every command applied exactly once, or its outcome honestly unknown (§8,
 * thesis §6.3).
 *
 * It opens a session when the first command comes, numbers its commands, and sends a command again,
 * as the same session and sequence, until it has an answer: the servers' session table sees to it
 * that a second copy is only answered. Nothing else may be sent again. When the servers have given
 * the session up, what was under way in it stays unknown, and the next command gets a new session.
 *
 * The states are those of the session. The requests beside it are plain values, stepped by the same
 * rules in every state.
 */
import { setup } from 'xstate';
import {
  type ClientContext,
  type ClientEffect,
  type ClientEvent,
  type ClientEventOf,
  type ClientSettings,
  newClient,
} from './clientContext.js';
import { closeNumber, keepWaiting } from './clientRequests.js';
import { rule } from './rule.js';
import * as calling from './rules/calling.js';
import * as sessions from './rules/sessions.js';

interface GuardArguments {
  readonly context: ClientContext;
  readonly event: ClientEvent;
}

/** A guard that is only ever asked about events of the given type. */
function about<T extends ClientEvent['type']>(
  holds: (client: ClientContext, event: ClientEventOf<T>) => boolean,
) {
  return ({ context, event }: GuardArguments) => holds(context, event as ClientEventOf<T>);
}

const clientSetup = setup({
  types: {
    context: {} as ClientContext,
    events: {} as ClientEvent,
    input: {} as Partial<ClientSettings>,
  },
  guards: {
    isOverloaded: about<'ask'>(calling.isOverloaded),
    isQuery: about<'ask'>((_, event) => event.kind === 'query'),
    maySend: about<'ask'>(calling.maySend),
    hasWaiting: ({ context }) => context.waiting.length > 0,
    isOpened: about<'answered'>(sessions.isOpened),
    isUnused: about<'ask'>(sessions.isUnused),
    isExpired: about<'answered'>(sessions.isExpired),
    isLate: about<'answered'>(calling.isLate),
    isFinal: about<'answered'>(calling.isFinal),
    isOfClose: about<'answered'>((_, event) => event.number === closeNumber),
    isCloseOverdue: about<'wake'>(sessions.isCloseOverdue),
  },
  actions: {
    /** What every rule's effects leave the machine by. */
    perform: (_args, _params: { effects: readonly ClientEffect[] }) => {},

    openSession: rule(sessions.openSession),
    adoptSession: rule(sessions.adoptSession),
    leaveSession: rule(sessions.leaveSession),
    loseSession: rule(sessions.loseSession),
    closeSession: rule(sessions.closeSession),

    sendQuery: rule(calling.sendQuery),
    sendCommand: rule(calling.sendCommand),
    keepWaiting: rule(keepWaiting),
    refuseOverloaded: rule(calling.refuseOverloaded),
    refuseStopped: rule(sessions.refuseStopped),

    settle: rule(calling.settle),
    restBeforeRetry: rule(calling.restBeforeRetry),
    giveUp: rule(calling.giveUp),
    keepTime: rule(calling.keepTime),
    ignore: rule(calling.ignore),
    settleAll: rule(sessions.settleAll),
    end: rule(sessions.end),
  },
});

/** The client. Its effects are the parameters of the action `perform`. */
export const clientMachine = clientSetup.createMachine({
  id: 'client',
  initial: 'idle',
  context: ({ input }) => newClient(input),
  on: {
    ask: [
      { guard: 'isOverloaded', actions: 'refuseOverloaded' },
      { guard: 'isQuery', actions: 'sendQuery' },
      { actions: 'keepWaiting' },
    ],
    answered: [
      { guard: 'isLate', actions: 'ignore' },
      { guard: 'isFinal', actions: 'settle' },
      { actions: 'restBeforeRetry' },
    ],
    abort: { actions: 'giveUp' },
    wake: { actions: 'keepTime' },
  },
  states: {
    /** Nobody needs a session. */
    idle: {
      always: { guard: 'hasWaiting', target: 'opening' },
      on: { stop: { target: 'stopped', actions: 'settleAll' } },
    },
    opening: {
      entry: 'openSession',
      on: {
        answered: { guard: 'isOpened', target: 'open', actions: 'adoptSession' },
        stop: { target: 'stopped', actions: 'settleAll' },
      },
    },
    open: {
      on: {
        ask: [
          { guard: 'isOverloaded', actions: 'refuseOverloaded' },
          { guard: 'isUnused', target: 'opening', actions: 'leaveSession' },
          { guard: 'maySend', actions: 'sendCommand' },
        ],
        answered: { guard: 'isExpired', target: 'idle', actions: 'loseSession' },
        stop: { target: 'closing', actions: 'settleAll' },
      },
    },
    /** A courtesy: the servers need not remember it. One answer or none, and it is over. */
    closing: {
      entry: 'closeSession',
      on: {
        ask: { actions: 'refuseStopped' },
        answered: { guard: 'isOfClose', target: 'stopped' },
        wake: { guard: 'isCloseOverdue', target: 'stopped' },
      },
    },
    stopped: {
      entry: 'end',
      on: { ask: { actions: 'refuseStopped' } },
    },
  },
});
