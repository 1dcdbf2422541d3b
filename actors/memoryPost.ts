/**
 * What is under way on a memory network: one queue for all its links, emptied once a turn.
 */
import type { Message } from '../machines/messages.js';
import type { Clock } from './clock.js';

/** Whoever messages are delivered to. */
export interface Receiver {
  receive(message: Message): void;
}

/** Delivers in the order of sending, never inside the call that sends. */
export class MemoryPost {
  readonly #defer: Clock['defer'];
  /** Two lists side by side spare an object for each message. */
  #receivers: Receiver[] = [];
  #messages: Message[] = [];
  #errands: (() => void)[] = [];
  #isDeferred = false;

  constructor(defer: Clock['defer']) {
    this.#defer = defer;
  }

  /** Delivers `message` in a turn to come, after all that was sent before it. */
  send(to: Receiver, message: Message): void {
    this.#receivers.push(to);
    this.#messages.push(message);
    if (!this.#isDeferred) this.#deferDelivery();
  }

  /**
   * Calls `errand` in a turn to come, after all that it was given before, and after the messages of
   * this turn.
   */
  run(errand: () => void): void {
    this.#errands.push(errand);
    if (!this.#isDeferred) this.#deferDelivery();
  }

  #deferDelivery(): void {
    this.#isDeferred = true;
    this.#defer(() => this.#deliver());
  }

  #deliver(): void {
    const receivers = this.#receivers;
    const messages = this.#messages;
    const errands = this.#errands;
    this.#receivers = [];
    this.#messages = [];
    this.#errands = [];
    this.#isDeferred = false;
    for (let i = 0; i < receivers.length; i++) receivers[i]!.receive(messages[i]!);
    for (const errand of errands) errand();
  }
}
