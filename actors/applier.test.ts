/**
 * Tests of the applier: every index once and in order, and nothing that only one server could know.
 */
import { describe, expect, it } from 'vitest';
import { encodeConfiguration, noConfiguration } from '../machines/configuration.js';
import { type Entry, type EntryKind, entryKinds, proposal } from '../machines/entry.js';
import { Log } from '../machines/log.js';
import { entry } from '../properties/support/script.js';
import { Applier } from './applier.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { EntryOutcome } from './outcome.js';
import type { SnapshotHead } from './snapshotFormat.js';
import type { AppliedEntry } from './stateMachine.js';

/** A state machine that does what `apply` does, or nothing, and leaves out the rest. */
function machine(parts: Partial<BytesStateMachine> = {}): BytesStateMachine {
  return { apply: () => undefined, snapshot: () => [], restore: () => {}, ...parts };
}

function logOf(entries: readonly Entry[]): Log {
  return Log.empty().append(entries);
}

function commands(count: number): Entry[] {
  return Array.from({ length: count }, (_, i) => entry(i + 1, 1));
}

/** An applier, and what its listener heard: index, value or error. */
function startApplier(
  parts: Partial<BytesStateMachine> = {},
  lastApplied = 0,
  monotonicMs = () => 0,
) {
  const heard: unknown[][] = [];
  const applied = ({ index }: Entry, outcome: EntryOutcome) => {
    if (outcome.type === 'done') heard.push([index, outcome.value]);
    else heard.push([index, outcome.type, outcome.type === 'threw' ? outcome.error : undefined]);
  };
  const encodeValue = (value: unknown) => value as Uint8Array;
  const stateMachine = machine(parts);
  const applier = new Applier({ stateMachine, encodeValue, applied, group: 0, monotonicMs });
  if (lastApplied > 0) applier.become(headAt(lastApplied));
  return { applier, heard };
}

/** What a snapshot of everything up to `index` says of itself. */
function headAt(index: number): SnapshotHead {
  const base = { index, term: 1, stampMs: 0 };
  return { group: 0, base, configuration: noConfiguration, sessions: [] };
}

describe('the applier', () => {
  it('applies what is committed, each index once and in order', () => {
    const seen: number[] = [];
    const { applier, heard } = startApplier({
      apply: (bytes, { index }) => {
        seen.push(index);
        return bytes[0];
      },
    });
    const log = logOf(commands(5));
    applier.apply(log, 2);
    applier.apply(log, 2);
    applier.apply(log, 5);
    applier.apply(log, 3);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(heard).toEqual([1, 2, 3, 4, 5].map((index) => [index, index]));
    expect(applier.lastApplied).toBe(5);
  });

  it('begins behind the snapshot that the state came from', () => {
    const { applier, heard } = startApplier({}, 3);
    expect(applier.lastApplied).toBe(3);
    applier.apply(logOf(commands(5)), 5);
    expect(heard.map(([index]) => index)).toEqual([4, 5]);
  });

  it('applies at most 4,096 entries in a turn, and says whether more are left', () => {
    const { applier, heard } = startApplier();
    const log = logOf(commands(3 * 4_096));
    expect(applier.apply(log, log.lastIndex)).toBe(true);
    expect(heard).toHaveLength(4_096);
    expect(applier.apply(log, log.lastIndex)).toBe(true);
    expect(applier.apply(log, log.lastIndex)).toBe(false);
    expect(heard.map(([index]) => index)).toEqual(commands(3 * 4_096).map(({ index }) => index));
  });

  it('applies no longer than about 4 ms in a turn, and always something', () => {
    for (const msPerEntry of [0.1, 1, 1_000]) {
      let nowMs = 0;
      const apply = () => {
        nowMs += msPerEntry;
      };
      const { applier, heard } = startApplier({ apply }, 0, () => nowMs);
      const log = logOf(commands(1_000));
      for (let turns = 0; applier.lastApplied < 1_000; turns++) {
        expect(turns).toBeLessThan(100);
        const before = { nowMs, lastApplied: applier.lastApplied };
        const isMore = applier.apply(log, log.lastIndex);
        expect(applier.lastApplied).toBeGreaterThan(before.lastApplied);
        expect(isMore).toBe(applier.lastApplied < 1_000);
        // It looks at the clock once in 64 entries, and never gives up its turn earlier than that.
        expect(nowMs - before.nowMs).toBeLessThanOrEqual(4 + 64 * msPerEntry);
      }
      expect(heard.map(([index]) => index)).toEqual(commands(1_000).map(({ index }) => index));
    }
  });

  it('takes what a state machine throws for an answer, and goes on', () => {
    const error = new Error('no such account');
    const { applier, heard } = startApplier({
      apply: (_bytes, { index }) => {
        if (index === 2) throw error;
        return 'ok';
      },
    });
    applier.apply(logOf(commands(3)), 3);
    expect(heard).toEqual([
      [1, 'ok'],
      [2, 'threw', error],
      [3, 'ok'],
    ]);
  });

  it('says apart what was thrown and what is undefined', () => {
    const { applier, heard } = startApplier({
      apply: () => {
        throw undefined;
      },
    });
    applier.apply(logOf(commands(1)), 1);
    expect(heard).toEqual([[1, 'threw', undefined]]);
  });

  it('gives a state machine its commands, and of every other entry only the time', () => {
    const got: string[] = [];
    const nobody = { members: [], outgoing: [] };
    const { applier, heard } = startApplier({
      apply: (_bytes, { index }) => got.push(`command ${index}`),
      tick: (at) => got.push(`tick ${at}`),
    });
    const stamped = (kind: EntryKind, i: number): Entry => ({
      ...proposal(kind, kind === 'configuration' ? encodeConfiguration(nobody) : undefined),
      index: i + 1,
      term: 1,
      stampMs: 1_000 * (i + 1),
    });
    applier.apply(logOf(entryKinds.map(stamped)), entryKinds.length);
    expect(got).toEqual([
      'command 1',
      'tick 2000',
      'tick 3000',
      'tick 4000',
      'tick 5000',
      'tick 6000',
    ]);
    expect(heard.slice(1).map(([, value]) => value)).toEqual(Array(5).fill(undefined));
  });

  it('needs no state machine that knows of time', () => {
    const { applier } = startApplier();
    applier.apply(logOf([entry(1, 1, undefined, 'noOp')]), 1);
    expect(applier.lastApplied).toBe(1);
  });

  it('tells log time by the stamp of the entry that is being applied', () => {
    const times: number[][] = [];
    const { applier } = startApplier({
      apply: (_bytes, { at }) => times.push([at, applier.logTimeMs, applier.lastApplied]),
    });
    expect(applier.logTimeMs).toBe(0);
    const at = (index: number, stampMs: number): Entry => ({ ...entry(index, 1), stampMs });
    applier.apply(logOf([at(1, 500), at(2, 500), at(3, 900)]), 3);
    expect(times).toEqual([
      [500, 500, 1],
      [500, 500, 2],
      [900, 900, 3],
    ]);
  });

  it('counts what it has applied since the last snapshot that is in place', () => {
    const { applier } = startApplier();
    const log = logOf([entry(1, 1, new Uint8Array(1_000)), entry(2, 1, new Uint8Array(0))]);
    expect(applier.since).toEqual({ entries: 0, bytes: 0 });
    applier.apply(log, 1);
    const { entries, bytes } = applier.since;
    expect(entries).toBe(1);
    expect(bytes).toBeGreaterThanOrEqual(1_128);
    applier.apply(log, 2);
    expect(applier.since.entries).toBe(2);
    expect(applier.since.bytes - bytes).toBe(bytes - 1_000);
    const begun = applier.since;
    applier.freeze();
    expect(applier.since).toEqual(begun);
    applier.covered({ entries, bytes });
    expect(applier.since).toEqual({ entries: 1, bytes: begun.bytes - bytes });
    applier.covered(begun);
    expect(applier.since).toEqual({ entries: 0, bytes: 0 });
  });

  it('counts anew when its state was replaced', () => {
    const { applier } = startApplier();
    applier.apply(logOf(commands(2)), 2);
    applier.become(headAt(7));
    expect(applier.since).toEqual({ entries: 0, bytes: 0 });
  });

  it('takes no state back: a snapshot of what is behind it breaks a law', () => {
    const { applier } = startApplier({}, 7);
    expect(() => applier.become(headAt(6))).toThrow('State Machine Safety');
    expect(applier.lastApplied).toBe(7);
  });

  it('stops at an index that its log does not hold, by the name of the law', () => {
    const { applier } = startApplier();
    expect(() => applier.apply(logOf(commands(2)), 3)).toThrow('State Machine Safety');
  });
});

describe('the chance of an entry', () => {
  /** The first `count` numbers that the command of this entry draws. */
  function drawn(count: number, of: Entry): number[] {
    const numbers: number[] = [];
    const apply = (_bytes: Uint8Array, applied: AppliedEntry) => {
      for (let i = 0; i < count; i++) numbers.push(applied.random());
    };
    const { applier } = startApplier({ apply }, of.index - 1);
    applier.apply(Log.empty({ index: of.index - 1, term: 1, stampMs: 0 }).append([of]), of.index);
    return numbers;
  }

  it('is the same on every server, whatever else the entry holds', () => {
    const other: Entry = {
      ...entry(7, 2, Uint8Array.of(9, 9)),
      stampMs: 99,
      firstUnacknowledged: 4,
    };
    expect(drawn(100, entry(7, 2))).toEqual(drawn(100, other));
  });

  it('differs between indexes, terms and draws', () => {
    const numbers = [entry(7, 2), entry(8, 2), entry(7, 3)].flatMap((one) => drawn(100, one));
    expect(new Set(numbers).size).toBe(300);
  });

  it('lies in [0, 1), and is spread over all of it', () => {
    const counts = Array<number>(10).fill(0);
    for (let index = 1; index <= 100; index++) {
      for (const number of drawn(100, entry(index, 3))) {
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(1);
        counts[Math.floor(number * 10)]!++;
      }
    }
    // Of 10,000 draws 1,000 are expected in each tenth; five deviations (30) are 150.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
