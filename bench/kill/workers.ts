/** The workers: each appends its tags one after another, and notes what became of them. */
import { draw } from '../../sim/chance.js';
import { pause } from '../until.js';
import type { Appender } from './appender.js';
import type { History } from './history.js';
import { killPurposes } from './killPurposes.js';

/** How many values the tags are appended to. */
export const keyCount = 16;

/** A worker that has no server to ask, or no answer, is not waited for any longer, ms. */
const patienceMs = 15_000;

/** The keys that tags are appended to. */
export const keys: readonly string[] = Array.from({ length: keyCount }, (_, i) => `tags:${i}`);

/** What the workers are told. */
export interface WorkersOptions {
  readonly history: History;
  /** Decides which tag goes to which key. */
  readonly seed: number;
  /** How long a worker waits after an answer, ms. */
  readonly pauseMs: number;
}

export class Workers {
  readonly #options: WorkersOptions;
  readonly #appenders: Appender[] = [];
  readonly #working: Promise<void>[] = [];
  #isStopped = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Has one more worker begin; its tags carry its name, which nobody else has. */
  add(name: string, appender: Appender): void {
    this.#appenders.push(appender);
    this.#working.push(this.#work(name, this.#working.length, appender));
  }

  /**
   * Answers when each worker has the answer that it waits for, or has waited for long enough, and
   * has closed its connection.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const ended = Promise.all(this.#working);
    await Promise.race([ended, pause(patienceMs)]);
    for (const appender of this.#appenders) appender.close();
    await ended;
  }

  async #work(name: string, number: number, appender: Appender): Promise<void> {
    const { history, seed, pauseMs } = this.#options;
    for (let count = 0; !this.#isStopped && (await appender.whenReady()); count++) {
      const drawn = draw(seed, killPurposes.key, number, count);
      const sent = history.send(name, keys[drawn % keyCount]!);
      history.settle(sent, await appender.append(sent.key, sent.tag));
      if (pauseMs > 0) await pause(pauseMs);
    }
  }
}
