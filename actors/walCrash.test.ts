import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import { SectorDisk } from '../sim/disk.js';
import type { LogStore, Recovered, Write } from './logStore.js';
import { type Command, commands } from './walCommands.contract.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { walStore } from './walStore.js';

/** A state of the log, with all entries since the beginning: also those that a snapshot covers. */
interface State {
  readonly currentTerm: number;
  readonly votedFor: string | undefined;
  readonly entries: readonly Entry[];
}

const nothing: State = { currentTerm: 0, votedFor: undefined, entries: [] };

/**
 * A store under such commands, checked whenever it is opened: nothing durable is lost, nothing is
 * invented.
 */
class Ordeal {
  readonly counts = { opened: 0, torn: 0, durable: 0, inPlace: 0, dropped: 0, begunAnew: 0 };
  #held: (() => void)[] = [];
  readonly #disk = new SectorDisk((_kind, _file, run) => this.#held.push(run));
  #store: LogStore | undefined;
  /**
   * Every state since the last opening, one a record; the store may be at any from the durable one
   * on.
   */
  #states: State[] = [nothing];
  /** By number of write, the position of the state that it leads to. */
  #positions: number[] = [0];
  #durable = 0;
  /** What the snapshots hold, by index and term; the index that the newest in place has. */
  readonly #snapshots = new Map<string, readonly Entry[]>();
  #inPlace = 0;
  /** Entries up to here are committed, and never replaced. */
  #committed = 0;
  /** Whether a snapshot comes: it tells what is committed, and nothing else may be meanwhile. */
  #isReceiving = false;

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
    else if (command.do === 'snapshot') this.#snapshot(command.back);
    else if (command.do === 'receive') this.#receive(command.ahead);
    else if (command.do === 'compact')
      this.#store?.compact(Math.max(0, this.#committed - command.back));
    else if (command.do === 'run') for (const pick of command.picks) this.#step(pick);
    else this.#crash(command.keeps);
  }

  /** Lets everything happen, crashes, and opens once more. */
  end(): void {
    this.#runAll();
    this.#crash(0);
    this.#runAll();
  }

  #append({ lengths, back, isZero, isVote: isNewTerm }: Command & { do: 'append' }): void {
    const store = this.#store;
    if (store === undefined) return;
    let { currentTerm, votedFor, entries } = this.#states.at(-1)!;
    const from = Math.max(this.#committed + 1, entries.length + 1 - back);
    // Another entry at the same index has another term.
    const isVote = isNewTerm || from <= entries.length;
    if (isVote) [currentTerm, votedFor] = [currentTerm + 1, `s${currentTerm % 3}`];
    if (isVote || lengths.length === 0) this.#states.push({ currentTerm, votedFor, entries });
    const added = lengths.map((length, i) =>
      entry(from + i, currentTerm, isZero ? new Uint8Array(length) : filled(length, currentTerm)),
    );
    for (const one of added) {
      entries = [...entries.slice(0, one.index - 1), one];
      this.#states.push({ currentTerm, votedFor, entries });
    }
    this.#write(store, { currentTerm, votedFor, isVote, entries: added });
  }

  #write(store: LogStore, write: Omit<Write, 'number'>): void {
    const number = this.#positions.length;
    this.#positions.push(this.#states.length - 1);
    store.append({ number, ...write });
  }

  #snapshot(back: number): void {
    const { entries } = this.#states.at(-1)!;
    const covered = entries.slice(0, Math.max(this.#committed, entries.length - back));
    if (covered.length === 0 || this.#isReceiving) return;
    this.#committed = covered.length;
    this.#writeSnapshot(covered, () => {});
  }

  /** A snapshot comes of entries that this server has not all had, or has had others of. */
  #receive(ahead: number): void {
    const store = this.#store;
    if (store === undefined || this.#isReceiving) return;
    this.#isReceiving = true;
    const vote = { do: 'append', back: 0, isZero: false, isVote: true } as const;
    this.#append({ ...vote, lengths: [] });
    const { currentTerm, entries } = this.#states.at(-1)!;
    const known = entries.slice(0, this.#committed);
    // What is appended meanwhile is of another term than what comes.
    this.#append({ ...vote, lengths: [] });
    const news = Array.from({ length: ahead + 1 }, (_, i) =>
      entry(known.length + 1 + i, currentTerm, filled(20, currentTerm)),
    );
    const covered = [...known, ...news];
    this.#writeSnapshot(covered, (base) => {
      const before = this.#states.at(-1)!;
      // Nor is what is appended afterwards of the term of what is gone then.
      const next = { currentTerm: before.currentTerm + 1, votedFor: undefined };
      this.#isReceiving = false;
      this.#committed = covered.length;
      this.#states.push({ ...next, entries: before.entries }, { ...next, entries: covered });
      this.#write(store, { ...next, isVote: true, base, entries: [] });
      this.counts.begunAnew++;
    });
  }

  #writeSnapshot(covered: readonly Entry[], done: (base: LogBase) => void): void {
    const { index, term, stampMs } = covered.at(-1)!;
    const base = { index, term, stampMs };
    this.#snapshots.set(`${index} ${term}`, covered);
    this.#store?.createSnapshot(base, (error, writer) => {
      throwIfError(error);
      writer.write(filled(700), (unwritten) => {
        throwIfError(unwritten);
        writer.commit((failure) => {
          throwIfError(failure);
          this.#inPlace = Math.max(this.#inPlace, index);
          this.counts.inPlace++;
          done(base);
        });
      });
    });
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
    this.#isReceiving = false;
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
        room: () => {},
      });
    });
  }

  #check(recovered: Recovered): void {
    const { snapshot, base } = recovered;
    expect(snapshot?.index ?? 0).toBeGreaterThanOrEqual(this.#inPlace);
    expect(base.index).toBeLessThanOrEqual(snapshot?.index ?? 0);
    if (base.index > 0) this.counts.dropped++;
    const covered = snapshot && this.#snapshots.get(`${snapshot.index} ${snapshot.term}`)!;
    const known = covered?.slice(0, base.index) ?? [];
    const entries = [...known, ...recovered.entries];
    const text = stateText({ ...recovered, entries });
    const position = this.#states.findLastIndex(
      (state) => stateText(withSnapshot(state, covered)) === text,
    );
    expect(position, `recovered ${text}`).toBeGreaterThanOrEqual(this.#durable);
    this.#states = [{ ...recovered, entries }];
    this.#positions = [0];
    this.#durable = 0;
    this.#inPlace = snapshot?.index ?? 0;
    this.#committed = this.#inPlace;
  }

  #make(): LogStore {
    return walStore({ disk: this.#disk, segmentBytes: 2048 });
  }
}

/** The state with a snapshot in place: the log stays if it holds the snapshot's last entry. */
function withSnapshot(state: State, covered: readonly Entry[] | undefined): State {
  const last = covered?.at(-1);
  if (covered === undefined || last === undefined) return state;
  const { currentTerm } = state;
  const entries = state.entries[last.index - 1]?.term === last.term ? state.entries : covered;
  return last.term > currentTerm
    ? { currentTerm: last.term, votedFor: undefined, entries }
    : { ...state, entries };
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
    const sums = { opened: 0, torn: 0, durable: 0, inPlace: 0, dropped: 0, begunAnew: 0 };
    fc.assert(
      fc.property(commands, (all) => {
        const ordeal = new Ordeal();
        for (const command of all) ordeal.perform(command);
        ordeal.end();
        for (const [key, count] of Object.entries(ordeal.counts))
          sums[key as keyof typeof sums] += count;
      }),
      { seed: 1, numRuns: 600 },
    );
    // A run in which nothing was torn, became durable, or was dropped, would prove nothing.
    expect(sums.opened).toBeGreaterThan(500);
    expect(sums.torn).toBeGreaterThan(50);
    expect(sums.durable).toBeGreaterThan(300);
    expect(sums.inPlace).toBeGreaterThan(200);
    expect(sums.dropped).toBeGreaterThan(100);
    expect(sums.begunAnew).toBeGreaterThan(50);
  });
});
