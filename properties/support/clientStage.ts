/** A client on a stage: a test asks, answers, and lets time pass, and sees what the client does. */
import type {
  CallAnswer,
  ClientContext,
  ClientEffect,
  ClientEvent,
  ClientSettings,
} from '../../machines/clientContext.js';
import { type ClientState, createClientStepper } from '../../machines/clientStepper.js';

/** Told of each event, with where the client was and where it is. */
export type Heard = (
  before: ClientState,
  context: ClientContext,
  event: ClientEvent,
  after: ClientState,
) => void;

export type Send = Extract<ClientEffect, { type: 'send' }>;

export const noBytes: Uint8Array = new Uint8Array(0);
/** Answers, by their type. */
export const done = (index: number): CallAnswer => ({ type: 'done', index, bytes: noBytes });
export const threw: CallAnswer = { type: 'threw', message: 'no such account' };
export const refused = (
  type: 'notDone' | 'unknown' | 'expired',
  reason = 'said so',
): CallAnswer => ({
  type,
  reason,
});

/** A client, its clock, and what it did; calls are told apart by their place among all calls. */
export function clientStage(settings: Partial<ClientSettings> = {}, heard: Heard = () => {}) {
  const stepper = createClientStepper({ retryMinMs: 20, retryMaxMs: 80, ...settings });
  const sends: Send[] = [];
  const outcomes: string[] = [];
  let atMs = 0;
  let number = 0;
  let wakeMs = Number.POSITIVE_INFINITY;
  let hasStopped = false;
  const tell = (event: DistributiveOmit<ClientEvent, 'atMs'>) => {
    const happening = { ...event, atMs } as ClientEvent;
    const { state, context } = stepper;
    const effects = stepper.step(happening);
    heard(state, context, happening, stepper.state);
    for (const effect of effects) {
      if (effect.type === 'send') sends.push(effect);
      if (effect.type === 'stopped') hasStopped = true;
      if (effect.type === 'wakeBy') wakeMs = Math.min(wakeMs, effect.atMs);
      if (effect.type !== 'settle') continue;
      const { outcome } = effect;
      const how = 'cause' in outcome ? `${outcome.type} ${outcome.cause}` : outcome.type;
      outcomes.push(`${effect.number} ${how}`);
    }
  };
  const ask = (kind: 'command' | 'query', timeoutMs: number, bytes = noBytes) => {
    number++;
    tell({ type: 'ask', number, kind, bytes, timeoutMs });
    return number;
  };
  return {
    stepper,
    sends,
    outcomes,
    tell,
    command: (timeoutMs = 1_000, bytes = noBytes) => ask('command', timeoutMs, bytes),
    query: (timeoutMs = 1_000, bytes = noBytes) => ask('query', timeoutMs, bytes),
    /** Answers the call at this place, from the end where it is negative. */
    answer: (place: number, answer: CallAnswer) => {
      const send = sends.at(place)!;
      tell({ type: 'answered', number: send.number, attempt: send.attempt, answer });
    },
    /** Lets time pass, and wakes the client when it asked for it. */
    advance: (ms: number) => {
      const endMs = atMs + ms;
      for (let turns = 0; wakeMs <= endMs && turns < 1_000; turns++) {
        atMs = Math.max(atMs, wakeMs);
        wakeMs = Number.POSITIVE_INFINITY;
        tell({ type: 'wake' });
      }
      atMs = endMs;
    },
    /** What was sent since the last call of this, as text. */
    sent: () => sends.splice(0).map(({ call }) => textOf(call)),
    hasStopped: () => hasStopped,
    wakeMs: () => wakeMs,
  };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function textOf({ kind, sessionId, sequence, firstUnacknowledged }: Send['call']): string {
  const place = kind === 'command' ? `${sequence} from ${firstUnacknowledged}` : '';
  return `${kind} ${sessionId === 0 ? '' : `${sessionId}/`}${place}`.trim();
}

/** A client whose session 10 is open, and that has sent nothing in it. */
export function openedStage(settings: Partial<ClientSettings> = {}) {
  const stage = clientStage(settings);
  stage.command();
  stage.answer(0, done(10));
  stage.answer(1, done(11));
  stage.outcomes.splice(0);
  stage.sends.splice(0);
  return stage;
}
