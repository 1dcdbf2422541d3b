import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../machines/entry.js';
import { SectorDisk } from '../sim/disk.js';
import type { LogStore, Recovered, Write } from './logStore.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { walStore } from './walStore.js';

/** What may happen to a store, and to the machine that it is on. */
type Command =
  | { do: 'append'; lengths: number[]; back: number; isZero: boolean; isVote: boolean }
  /** Operations happen, in some order. */
  | { do: 'run'; picks: number[] }
  /** The process ends; the machine too, if `keeps` says which sectors survive. */
  | { do: 'crash'; keeps: number | undefined };

const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        lengths: fc.array(fc.nat(900), { maxLength: 3 }),
        back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3)),
        isZero: fc.boolean(),
        isVote: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('run' as const),
        picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        keeps: fc.option(fc.nat(), { nil: undefined }),
      }),
    },
  ),
  { maxLength: 80, size: 'max' },
);

/** A state of the log, and those that every further record leads to. */
interface State {
  readonly currentTerm: number;
  readonly votedFor: string | undefined;
  readonly entries: readonly Entry[];
}

/**
 * A store under such commands, checked whenever it is opened: nothing durable is lost, nothing is
 * invented.
 */
class Ordeal {
  readonly counts = { opened: 0, torn: 0, durable: 0 };
  #held: (() => void)[] = [];
  readonly #disk = new SectorDisk((_kind, _file, run) => this.#held.push(run));
  #store: LogStore | undefined;
  /**
   * Every state since the last opening, one a record; the store may be at any from the durable one
   * on.
   */
  #states: State[] = [{ currentTerm: 0, votedFor: undefined, entries: [] }];
  /** By number of write, the position of the state that it leads to. */
  #positions: number[] = [0];
  #durable = 0;

  constructor() {
    const store = this.#make();
    store.open(throwIfError);
    this.#runAll();
    store.found(identity, 0, [], throwIfError);
    this.#runAll();
    store.close(() => {});
    this.#runAll();
    this.#open();
  }

  perform(command: Command): void {
    if (command.do === 'append') this.#append(command);
    else if (command.do === 'run') for (const pick of command.picks) this.#step(pick);
    else this.#crash(command.keeps);
  }

  /** Lets everything happen, crashes, and opens once more. */
  end(): void {
    this.#runAll();
    this.#crash(0);
    this.#runAll();
  }

  #append({ lengths, back, isZero, isVote }: Command & { do: 'append' }): void {
    const store = this.#store;
    if (store === undefined) return;
    let { currentTerm, votedFor, entries } = this.#states.at(-1)!;
    if (isVote) [currentTerm, votedFor] = [currentTerm + 1, `s${currentTerm % 3}`];
    if (isVote || lengths.length === 0) this.#states.push({ currentTerm, votedFor, entries });
    const from = Math.max(1, entries.length + 1 - back);
    const term = this.#states.length;
    const added = lengths.map((length, i) =>
      entry(from + i, term, isZero ? new Uint8Array(length) : filled(length, term)),
    );
    for (const one of added) {
      entries = [...entries.slice(0, one.index - 1), one];
      this.#states.push({ currentTerm, votedFor, entries });
    }
    const number = this.#positions.length;
    this.#positions.push(this.#states.length - 1);
    const write: Write = { number, currentTerm, votedFor, isVote, entries: added };
    store.append(write);
  }

  #step(pick: number): void {
    const [run] = this.#held.splice(pick % (this.#held.length || 1), 1);
    run?.();
  }

  #runAll(): void {
    while (this.#held.length > 0) this.#step(0);
  }

  #crash(keeps: number | undefined): void {
    this.#held = [];
    this.#store = undefined;
    if (keeps === undefined) this.#disk.kill();
    else {
      const seen = new Set<boolean>();
      this.#disk.crash((_file, sector, write) => {
        const isKept = Math.imul(sector * 31 + write * 7 + 1, keeps | 1) % 3 !== 0;
        seen.add(isKept);
        return isKept;
      });
      if (seen.size === 2) this.counts.torn++;
    }
    this.#open();
  }

  #open(): void {
    const store = this.#make();
    store.open((error, recovered) => {
      throwIfError(error);
      this.#check(recovered);
      this.#store = store;
      this.counts.opened++;
      store.listen({
        persisted: (number) => {
          this.#durable = this.#positions[number]!;
          this.counts.durable++;
        },
        failed: throwIfError,
      });
    });
  }

  #check(recovered: Recovered): void {
    const text = stateText(recovered);
    const position = this.#states.findLastIndex((state) => stateText(state) === text);
    expect(position, `recovered ${text}`).toBeGreaterThanOrEqual(this.#durable);
    this.#states = [this.#states[position]!];
    this.#positions = [0];
    this.#durable = 0;
  }

  #make(): LogStore {
    return walStore({ disk: this.#disk, segmentBytes: 2048 });
  }
}

function stateText({ currentTerm, votedFor, entries }: State): string {
  const texts = entries.map(({ index, term, bytes }) => `${index} ${term} ${bytes.join()}`);
  return `${currentTerm} ${votedFor} ${texts.join('; ')}`;
}

function throwIfError(error: Error | undefined): void {
  if (error !== undefined) throw error;
}

describe('a store that is killed again and again', () => {
  it('never loses what it has told to be durable, and never invents', () => {
    const sums = { opened: 0, torn: 0, durable: 0 };
    fc.assert(
      fc.property(commands, (all) => {
        const ordeal = new Ordeal();
        for (const command of all) ordeal.perform(command);
        ordeal.end();
        for (const key of ['opened', 'torn', 'durable'] as const) sums[key] += ordeal.counts[key];
      }),
      { seed: 1, numRuns: 600 },
    );
    // A run in which nothing was torn, or became durable, would prove nothing.
    expect(sums.opened).toBeGreaterThan(500);
    expect(sums.torn).toBeGreaterThan(50);
    expect(sums.durable).toBeGreaterThan(300);
  });
});
