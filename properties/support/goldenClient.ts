/** A client of a golden script: the client's statechart, whose calls go where the script says. */
import { createActor } from 'xstate';
import type { EntryOutcome } from '../../actors/outcome.js';
import type { clientMachine } from '../../machines/client.js';
import type { Call, CallAnswer, ClientEffect, ClientEvent } from '../../machines/clientContext.js';
import type { Time } from './goldenServer.js';

/** A call, or the answer to one. */
export type ClientPacket = {
  readonly number: number;
  readonly attempt: number;
} & (
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'answer'; readonly answer: CallAnswer }
);

export interface ClientSurroundings {
  readonly client: typeof clientMachine;
  readonly time: Time;
  send(packet: ClientPacket): void;
  announce(line: string): void;
}

type Happening = ClientEvent extends infer E
  ? E extends ClientEvent
    ? Omit<E, 'atMs'>
    : never
  : never;

export class GoldenClient {
  readonly id: string;
  readonly #around: ClientSurroundings;
  readonly #actor;
  readonly #commands: string[] = [];
  #effects: ClientEffect[] = [];
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(id: string, around: ClientSurroundings) {
    this.id = id;
    this.#around = around;
    const perform = (_: unknown, params: { effects: readonly ClientEffect[] }) => {
      this.#effects.push(...params.effects);
    };
    this.#actor = createActor(around.client.provide({ actions: { perform } }), { input: {} });
    this.#actor.start();
  }

  /** Somebody wants this command executed, and waits for two hours. */
  asks(command: string): void {
    const number = this.#commands.push(command);
    const bytes = new TextEncoder().encode(command);
    this.#happens({ type: 'ask', number, kind: 'command', bytes, timeoutMs: 7_200_000 });
  }

  hears(packet: ClientPacket): void {
    if (packet.type === 'answer') this.#happens({ ...packet, type: 'answered' });
  }

  /** Wakes, if it wanted to by now. */
  wakes(): void {
    if (this.#around.time.nowMs < this.#wakeMs) return;
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#happens({ type: 'wake' });
  }

  stops(): void {
    this.#happens({ type: 'stop' });
  }

  #happens(event: Happening): void {
    const before = this.#state;
    this.#effects = [];
    this.#actor.send({ ...event, atMs: this.#around.time.nowMs } as ClientEvent);
    const { status } = this.#actor.getSnapshot();
    if (status === 'error') throw new Error(`${this.id} cannot go on`);
    if (this.#state !== before) this.#around.announce(`${this.id}: ${this.#state}`);
    for (const effect of this.#effects) this.#does(effect);
  }

  #does(effect: ClientEffect): void {
    if (effect.type === 'wakeBy') this.#wakeMs = Math.min(this.#wakeMs, effect.atMs);
    if (effect.type === 'send') {
      const { number, attempt, call } = effect;
      this.#around.announce(`${this.id} calls: ${this.#wordsOf(number, call)}`);
      this.#around.send({ type: 'call', number, attempt, call });
    }
    if (effect.type !== 'settle') return;
    const { outcome } = effect;
    const why = 'cause' in outcome ? ` (${outcome.cause})` : '';
    const answer = outcome.type === 'done' ? `, ${new TextDecoder().decode(outcome.bytes)}` : why;
    this.#around.announce(`${this.id}: ${this.#name(effect.number)} is ${outcome.type}${answer}`);
  }

  get #state(): string {
    const { value, context } = this.#actor.getSnapshot();
    const session = context.sessionId === 0 ? '' : `, session ${context.sessionId}`;
    return `${value}${session}`;
  }

  #name(number: number): string {
    return this.#commands[number - 1] ?? 'its own request';
  }

  #wordsOf(number: number, call: Call): string {
    if (call.kind === 'openSession') return 'openSession';
    if (call.kind === 'closeSession') return `closeSession ${call.sessionId}`;
    const { sessionId, sequence, firstUnacknowledged } = call;
    return (
      `${this.#name(number)} as ${sequence} of session ${sessionId}, ` +
      `waits for the answers from ${firstUnacknowledged} on`
    );
  }
}

/** What a client hears of how its call ended. */
export function answerOf(outcome: EntryOutcome): CallAnswer {
  switch (outcome.type) {
    case 'done':
      return { type: 'done', index: outcome.index, bytes: new Uint8Array(0) };
    case 'answered': {
      const { index, bytes } = outcome.answer;
      return { type: 'done', index, bytes };
    }
    case 'threw':
      return { type: 'threw', message: String(outcome.error) };
    default:
      return outcome;
  }
}
