/**
 * Who writes down what a cluster was asked and what it answered, and holds it to that: what was
 * acknowledged is there, and what was *not done* is not.
 */
import { type Redis, ReplyError } from 'ioredis';
import { expect } from 'vitest';
import { type Id, type IllCluster, redisClient } from './illCluster.contract.js';
import { eventually } from './illServer.contract.js';

/** `unknown`: sent, and the connection ended before the answer. */
export type Fate = 'done' | 'notDone' | 'unknown';

interface Line {
  readonly key: string;
  readonly fate: Fate;
  /** What the server said, where it refused. */
  readonly reason: string;
  readonly through: Id;
  /** When it was sent, and when its fate was known, monotonic ms. */
  readonly fromMs: number;
  readonly atMs: number;
}

/** Between two attempts of a writer whose server cannot be reached or refuses, ms. */
const pauseMs = 10;

/** So many keys were named: none is named twice, whatever ledger it is in. */
let keys = 0;

/** What was written in one test, and how that went. */
export class Ledger {
  readonly lines: Line[] = [];
  readonly #cluster: IllCluster;
  readonly #writers = new Map<Id, Redis>();
  #isWriting = false;
  #loops: Promise<void>[] = [];

  constructor(cluster: IllCluster) {
    this.#cluster = cluster;
  }

  /** Writers through all three servers, each with one key after the other, until `stop`. */
  begin(): void {
    this.#isWriting = true;
    this.#loops = this.#cluster.ids.map((id) => this.#write(id));
  }

  /** Answers when nothing is under way any more: what is unanswered then is unknown. */
  async stop(): Promise<void> {
    this.#isWriting = false;
    for (const writer of this.#writers.values()) writer.disconnect();
    await Promise.all(this.#loops);
  }

  /** Answers when so many more writes are acknowledged. */
  acknowledged(count: number): Promise<void> {
    const wanted = this.#count('done') + count;
    return eventually(() => expect(this.#count('done')).toBeGreaterThanOrEqual(wanted));
  }

  /** The longest time, ms, since `sinceMs` in which nobody was acknowledged anything. */
  longestSilenceMs(sinceMs: number, through: readonly Id[] = this.#cluster.ids): number {
    const times = this.lines
      .filter((line) => line.fate === 'done' && line.atMs > sinceMs)
      .filter((line) => through.includes(line.through))
      .map(({ atMs }) => atMs);
    const marks = [sinceMs, ...times];
    return Math.max(...times.map((atMs, i) => atMs - marks[i]!), 0);
  }

  /** The middle one of the times that acknowledged writes since `sinceMs` took, ms. */
  medianMs(sinceMs: number, through: readonly Id[]): number {
    const times = this.lines
      .filter(({ fate, fromMs }) => fate === 'done' && fromMs > sinceMs)
      .filter((line) => through.includes(line.through))
      .map(({ fromMs, atMs }) => atMs - fromMs)
      .sort((a, b) => a - b);
    return times[times.length >> 1] ?? Number.POSITIVE_INFINITY;
  }

  /** Stops, and looks through every server whether all is as it was told. */
  async verify(): Promise<void> {
    if (this.#isWriting) await this.stop();
    const named = this.lines.map(({ key }) => key);
    expect(this.#count('done')).toBeGreaterThan(0);
    for (const id of this.#cluster.ids) {
      const reader = redisClient(this.#cluster.redisPort(id));
      await reader.connect();
      const values = await reader.mget(named);
      reader.disconnect();
      const wrong = this.lines.flatMap(({ key, fate, reason, through }, i) => {
        const isThere = values[i] === key;
        if (fate === 'unknown' || (fate === 'done') === isThere) return [];
        return `${key} through ${through} was ${fate} (${reason}), and is there: ${isThere}`;
      });
      expect(wrong, `through ${id}`).toEqual([]);
    }
  }

  /** Writes one key through a server, and notes what became of it. */
  async write(through: Id, valueBytes = 0): Promise<Line> {
    const key = `key${++keys}`;
    const fromMs = performance.now();
    const note = (fate: Fate, reason = ''): Line => {
      const line = { key, fate, reason, through, fromMs, atMs: performance.now() };
      this.lines.push(line);
      return line;
    };
    let writer = this.#writers.get(through);
    if (writer?.status !== 'ready') {
      writer?.disconnect();
      writer = redisClient(this.#cluster.redisPort(through));
      this.#writers.set(through, writer);
      try {
        await writer.connect();
      } catch (error) {
        return note('notDone', (error as Error).message);
      }
    }
    try {
      await (valueBytes === 0
        ? writer.set(key, key)
        : writer.mset(key, key, 'ballast', 'b'.repeat(valueBytes)));
      return note('done');
    } catch (error) {
      return note(error instanceof ReplyError ? 'notDone' : 'unknown', (error as Error).message);
    }
  }

  async #write(through: Id): Promise<void> {
    while (this.#isWriting) {
      const { fate } = await this.write(through);
      if (fate !== 'done') await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  #count(fate: Fate): number {
    return this.lines.filter((line) => line.fate === fate).length;
  }
}
