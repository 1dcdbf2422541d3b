/** A machine, or only its process, ends at every operation of a disk in turn. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import { SectorDisk } from '../sim/disk.js';
import type { KeepSector } from '../sim/diskRules.js';
import type { LogStore, Recovered } from './logStore.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { snapshotName } from './walSnapshotName.js';
import { walStore } from './walStore.js';

/** What is done to a store, one after the other, each when the one before was answered. */
type Act =
  | { do: 'append'; from: number; to: number; term: number }
  | { do: 'snapshot'; index: number }
  /** A snapshot that comes from a leader, and the log that begins anew behind it. */
  | { do: 'install'; index: number; term: number }
  | { do: 'meet' }
  | { do: 'compact'; index: number };

const story: readonly Act[] = [
  { do: 'append', from: 1, to: 9, term: 1 },
  { do: 'meet' },
  { do: 'append', from: 7, to: 12, term: 2 }, //   7 to 9 are replaced
  { do: 'snapshot', index: 8 },
  { do: 'compact', index: 6 }, //                  what follows 6 is kept for others
  { do: 'append', from: 13, to: 18, term: 2 },
  { do: 'append', from: 16, to: 17, term: 3 },
  { do: 'install', index: 30, term: 4 }, //        nothing of the log remains
  { do: 'append', from: 31, to: 38, term: 4 },
  { do: 'compact', index: 30 },
  { do: 'snapshot', index: 36 },
  { do: 'append', from: 38, to: 45, term: 5 },
  { do: 'compact', index: 36 }, //                 the second generation
  { do: 'append', from: 44, to: 50, term: 6 },
  { do: 'install', index: 47, term: 7 }, //        another 47 than in the log
  { do: 'append', from: 48, to: 56, term: 7 },
  { do: 'snapshot', index: 54 },
  { do: 'compact', index: 54 },
  { do: 'append', from: 57, to: 60, term: 7 },
];

/** A log with all its entries, also those that a snapshot covers, as `index:term`. */
interface State {
  readonly currentTerm: number;
  readonly entries: readonly string[];
}

const name = ({ index, term }: { index: number; term: number }): string => `${index}:${term}`;
const made = new Map<string, Entry>();

/** The entry that a term has at an index. */
function newEntry(index: number, term: number): Entry {
  const key = name({ index, term });
  const one = made.get(key) ?? entry(index, term, filled(290, index));
  made.set(key, one);
  return one;
}

class Telling {
  readonly #disk: SectorDisk;
  readonly #limit: { left: number };
  /** What every write leads to; the store may be at any from the durable one on. */
  #states: State[] = [{ currentTerm: 0, entries: [] }];
  #durable = 0;
  #hasMet = false;
  #inPlace = 0;
  /** What the snapshots stand for. */
  readonly #snapshots = new Map<string, readonly string[]>();
  isComplete = false;

  constructor(operations: number) {
    const limit = { left: Number.POSITIVE_INFINITY };
    this.#limit = limit;
    this.#disk = new SectorDisk((_kind, _file, run) => {
      if (limit.left-- > 0) run();
    });
    const store = walStore({ disk: this.#disk, segmentBytes: 2048 });
    store.open(() => store.found(identity, 0, [], () => {}));
    limit.left = operations;
    this.#tell(store);
  }

  #tell(store: LogStore): void {
    const acts = [...story];
    const next = (): void => {
      const act = acts.shift();
      if (act !== undefined) this.#perform(store, act, next);
      else this.isComplete = true;
    };
    let waiting: (() => void) | undefined;
    store.listen({
      persisted: (number) => {
        this.#durable = number;
        if (number < this.#states.length - 1) return;
        const run = waiting;
        waiting = undefined;
        run?.();
      },
      failed: (error) => expect(error).toBeUndefined(),
      room: () => {},
    });
    this.#whenWritten = (run) => {
      if (this.#durable === this.#states.length - 1) run();
      else waiting = run;
    };
    next();
  }

  #whenWritten: (run: () => void) => void = () => {};

  #perform(store: LogStore, act: Act, done: () => void): void {
    const { entries } = this.#states.at(-1)!;
    switch (act.do) {
      case 'append': {
        for (let index = act.from; index <= act.to; index++)
          this.#write(store, [newEntry(index, act.term)]);
        return this.#whenWritten(done);
      }
      case 'meet':
        store.remember('s2', 'store-2');
        this.#hasMet = true;
        return done();
      case 'snapshot':
        return this.#writeSnapshot(store, entries.slice(0, act.index), () => done());
      case 'install': {
        const { index, term } = act;
        const covered = Array.from({ length: index }, (_, i) => name({ index: i + 1, term }));
        return this.#writeSnapshot(store, covered, (base) => {
          this.#write(store, [], base);
          this.#whenWritten(done);
        });
      }
      case 'compact':
        store.compact(act.index);
        return done();
    }
  }

  #write(store: LogStore, added: readonly Entry[], base?: LogBase): void {
    const { currentTerm: before, entries } = this.#states.at(-1)!;
    const currentTerm = base?.term ?? added[0]!.term;
    const covered = base === undefined ? undefined : this.#snapshots.get(name(base))!;
    const kept = covered ?? entries.slice(0, added[0]!.index - 1);
    this.#states.push({ currentTerm, entries: [...kept, ...added.map(name)] });
    store.append({
      number: this.#states.length - 1,
      currentTerm,
      votedFor: undefined,
      isVote: currentTerm !== before,
      base,
      entries: added,
    });
  }

  #writeSnapshot(store: LogStore, covered: readonly string[], done: (base: LogBase) => void): void {
    const [index, term] = covered.at(-1)!.split(':').map(Number) as [number, number];
    const base = { index, term, stampMs: newEntry(index, term).stampMs };
    this.#snapshots.set(name(base), covered);
    store.createSnapshot(base, (_error, writer) => {
      const write = (count: number): void => {
        if (count > 0) return writer.write(filled(400, index), () => write(count - 1));
        writer.commit(() => {
          this.#inPlace = index;
          done(base);
        });
      };
      write(3);
    });
  }

  /** Ends, recovers, and checks; then goes on, and recovers again. */
  end(keeps: KeepSector | 'kill'): Recovered {
    if (keeps === 'kill') this.#disk.kill();
    else this.#disk.crash(keeps);
    this.#limit.left = Number.POSITIVE_INFINITY;
    const [, recovered] = this.#open();
    const full = this.#check(recovered);
    this.#disk.crash(() => false);
    const [, again] = this.#open();
    expect(recoveredText(again)).toBe(recoveredText(recovered));
    this.#disk.crash(() => false);
    this.#goOn(full);
    return recovered;
  }

  #open(): [LogStore, Recovered] {
    const store = walStore({ disk: this.#disk, segmentBytes: 2048 });
    let answer: Recovered | undefined;
    store.open((error, recovered) => {
      if (error !== undefined) throw error;
      answer = recovered;
    });
    return [store, answer!];
  }

  #check(recovered: Recovered): readonly string[] {
    const { snapshot, base, currentTerm } = recovered;
    expect(snapshot?.index ?? 0).toBeGreaterThanOrEqual(this.#inPlace);
    if (snapshot !== undefined) this.#readSnapshot(snapshot);
    const covered = snapshot && this.#snapshots.get(name(snapshot))!;
    const full = [...(covered?.slice(0, base.index) ?? []), ...recovered.entries.map(name)];
    const wrong = recovered.entries.filter(
      (one, i) => one.index !== base.index + 1 + i || !isAsWritten(one),
    );
    expect(wrong).toEqual([]);
    const allowed = this.#states
      .slice(this.#durable)
      .map((state) => stateText(withSnapshot(state, snapshot, covered)));
    expect(allowed).toContain(stateText({ currentTerm, entries: full }));
    if (this.#hasMet && this.#durable > 9) expect(recovered.knownStores.s2).toBe('store-2');
    return full;
  }

  #readSnapshot(base: LogBase): void {
    let content = '';
    this.#disk.read(snapshotName(0, base), (_error, bytes) => {
      content = textOf(bytes);
    });
    const part = textOf(filled(400, base.index));
    expect(content).toBe(part.repeat(3));
  }

  /** The log can be written to, and read again. */
  #goOn(full: readonly string[]): void {
    const [store, { snapshot }] = this.#open();
    const index = full.length + 1;
    const entries = [newEntry(index, 9), newEntry(index + 1, 9)];
    store.append({ number: 1, currentTerm: 9, votedFor: 's3', isVote: true, entries });
    store.compact(snapshot?.index ?? 0);
    this.#disk.crash(() => false);
    const [, recovered] = this.#open();
    expect(recovered.entries.slice(-2).map(name)).toEqual(entries.map(name));
    expect([recovered.currentTerm, recovered.votedFor]).toEqual([9, 's3']);
    expect(recovered.base.index + recovered.entries.length).toBe(index + 1);
    this.#disk.list((_error, files) => {
      expect(files.filter((file) => file.endsWith('.part'))).toEqual([]);
    });
  }
}

/** With a snapshot in place, a log that does not hold its last entry is as the snapshot is. */
function withSnapshot(
  state: State,
  snapshot: LogBase | undefined,
  covered: readonly string[] | undefined,
): State {
  if (snapshot === undefined || covered === undefined) return state;
  const currentTerm = Math.max(state.currentTerm, snapshot.term);
  const isHeld = state.entries[snapshot.index - 1] === name(snapshot);
  return { currentTerm, entries: isHeld ? state.entries : covered };
}

function isAsWritten(one: Entry): boolean {
  const written = newEntry(one.index, one.term);
  return one.stampMs === written.stampMs && textOf(one.bytes) === textOf(written.bytes);
}

function recoveredText({ entries, ...others }: Recovered): string {
  return JSON.stringify([others, entries.map((one) => [name(one), textOf(one.bytes)])]);
}

const latin1 = new TextDecoder('latin1');
const textOf = (bytes: Uint8Array): string => latin1.decode(bytes);

function stateText({ currentTerm, entries }: State): string {
  return `${currentTerm} ${entries.join()}`;
}

describe('a store whose machine ends at every operation in turn', () => {
  const ends: Readonly<Record<string, KeepSector | 'kill'>> = {
    'and nothing unsynced survives': () => false,
    'and everything survives': () => true,
    'and every other sector survives': (_file, sector, write) => (sector + write) % 2 === 0,
    'but for its memory: only the process is killed': 'kill',
  };
  for (const [how, keeps] of Object.entries(ends))
    it(how, () => {
      const bases = new Set<number>();
      let operations = 0;
      let isComplete = false;
      for (; !isComplete; operations++) {
        const telling = new Telling(operations);
        ({ isComplete } = telling);
        bases.add(telling.end(keeps).base.index);
        expect(operations).toBeLessThan(1_000);
      }
      expect(operations).toBeGreaterThan(100);
      // From the beginning, behind what was compacted, and behind both snapshots that came.
      expect(bases.size).toBeGreaterThan(4);
    });
});
