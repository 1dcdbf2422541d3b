/** Writes to a cluster while something else happens to it, and says how fast at which time. */
import type { Load } from './load.js';
import { openSetLoad } from './setLoad.js';

/** So often the load pauses for a moment, to be counted, ms. */
const sliceMs = 200;

/** What was written between two times. */
export interface Written {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** When it began and ended, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

export class SteadyWriter {
  readonly #load: Load;

  /** To the leader at `port`, so many SETs at a time, of keys that are there already. */
  static async open(port: number, outstanding: number, keys: number): Promise<SteadyWriter> {
    let turn = 0;
    // Has no factor in common with a power of ten: every key has its turn.
    const nextKey = () => (++turn * 7_919) % keys;
    return new SteadyWriter(await openSetLoad(port, outstanding, nextKey));
  }

  private constructor(load: Load) {
    this.#load = load;
  }

  /** Writes until what happens has happened. */
  async writeDuring(happening: Promise<unknown>): Promise<Written> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    const over = happening.finally(end);
    over.catch(() => {});
    const fromMs = epochMs();
    let [operations, seconds, p99Ms] = [0, 0, 0];
    do {
      const drive = await this.#load.drive({ ms: sliceMs });
      operations += drive.operations;
      seconds += drive.seconds;
      p99Ms = Math.max(p99Ms, drive.p99Ms);
    } while (!isOver);
    await over;
    return { perSecond: operations / seconds, p99Ms, fromMs, toMs: epochMs() };
  }

  close(): void {
    this.#load.close();
  }
}

/** The time as the servers of a bench report it. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
