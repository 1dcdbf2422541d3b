/**
 * Tests of the log, against the plainest log there is: an array of entries for each log that ever
 * was.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesAfter, entry, logBase } from '../properties/support/script.js';
import type { Entry } from './entry.js';
import { Log, type LogBase } from './log.js';

/** What was done to one of the logs so far, whichever `of` names; it makes another log. */
type Change =
  | {
      readonly type: 'append';
      readonly of: number;
      readonly count: number;
      readonly isNewTerm: boolean;
    }
  | { readonly type: 'truncate'; readonly of: number; readonly at: number }
  | { readonly type: 'compact'; readonly of: number; readonly at: number };

/** Around the length of a chunk (256), since that is where sharing could go wrong. */
const count = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom(255, 256, 257));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), of: fc.nat(), count, isNewTerm: fc.boolean() }),
  fc.record({ type: fc.constant('truncate' as const), of: fc.nat(), at: fc.nat() }),
  fc.record({ type: fc.constant('compact' as const), of: fc.nat(), at: fc.nat() }),
);

const base = logBase(7, 3);

/** A log, and the same as an array: where it begins, and its entries. */
interface Version {
  readonly log: Log;
  readonly base: LogBase;
  readonly model: readonly Entry[];
}

/** Every log that came about, in order, the first of them empty. */
function versionsOf(changes: readonly Change[]): Version[] {
  const versions: Version[] = [{ log: Log.empty(base), base, model: [] }];
  for (const todo of changes) {
    versions.push(changed(versions[todo.of % versions.length]!, todo));
  }
  return versions;
}

function changed({ log, base: begin, model }: Version, todo: Change): Version {
  if (todo.type === 'append') {
    const term = (model.at(-1)?.term ?? begin.term) + (todo.isNewTerm ? 1 : 0);
    const entries = entriesAfter(begin.index + model.length, Array(todo.count).fill(term));
    return { log: log.append(entries), base: begin, model: [...model, ...entries] };
  }
  const kept = todo.at % (model.length + 1);
  const index = begin.index + kept;
  if (todo.type === 'truncate') {
    return { log: log.truncate(index + 1), base: begin, model: model.slice(0, kept) };
  }
  const { term, stampMs } = model[kept - 1] ?? begin;
  return { log: log.compact(index), base: { index, term, stampMs }, model: model.slice(kept) };
}

/** Checks a property of all the logs that come about by random changes. */
function ofAllLogs(numRuns: number, check: (version: Version) => void) {
  const changes = fc.array(change, { maxLength: 12, size: 'max' });
  fc.assert(
    fc.property(changes, (made) => versionsOf(made).forEach(check)),
    { seed: 1, numRuns },
  );
}

const termIn = ({ base: begin, model }: Version, index: number) =>
  index === begin.index ? begin.term : model[index - begin.index - 1]?.term;

describe('Log', () => {
  it('holds what was appended, and neither truncated nor compacted, whatever came of it', () => {
    ofAllLogs(100, ({ log, base: begin, model }) => {
      expect(log.base).toEqual(begin);
      expect(log.length).toBe(model.length);
      expect(log.firstIndex).toBe(begin.index + 1);
      expect(log.lastIndex).toBe(begin.index + model.length);
      const held = log.slice(log.firstIndex, log.length);
      expect(held.length).toBe(model.length);
      expect(held.every((e, i) => e === model[i])).toBe(true);
    });
  });

  it('knows the entry and the term at each of its places, and at no other', () => {
    ofAllLogs(25, (version) => {
      const { log, base: begin, model } = version;
      for (const index of placesIn(log)) {
        expect(log.entryAt(index)).toBe(model[index - begin.index - 1]);
        expect(log.termAt(index)).toBe(termIn(version, index));
      }
      expect(log.lastTerm).toBe(termIn(version, log.lastIndex));
    });
  });

  it('knows the time of its last entry, or of what it begins behind', () => {
    ofAllLogs(25, ({ log, base: begin, model }) => {
      expect(log.lastStampMs).toBe((model.at(-1) ?? begin).stampMs);
    });
  });

  it('finds the first index of a term (§5.3)', () => {
    ofAllLogs(25, ({ log, base: begin, model }) => {
      for (const index of placesIn(log)) {
        if (index < log.firstIndex || index > log.lastIndex) continue;
        const sameTerm = model.findIndex(({ term }) => term === log.termAt(index));
        expect(log.firstIndexOfTermAt(index)).toBe(begin.index + 1 + sameTerm);
      }
    });
  });

  it('finds the last index that is not of a later term (§5.3)', () => {
    ofAllLogs(25, ({ log, base: begin, model }) => {
      for (const index of placesIn(log)) {
        for (const term of [2, 3, 4, 5, 9]) {
          if (index < begin.index) continue;
          const before = model.slice(0, index - begin.index);
          const last = before.findLastIndex((e) => e.term <= term);
          expect(log.lastIndexUpToTerm(index, term)).toBe(begin.index + 1 + last);
        }
      }
    });
  });

  it('slices by number and by bytes, and always gives one entry if there is one', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 600, size: 'max' });
    const bounds = fc.tuple(fc.nat(600), fc.integer({ min: 1, max: 300 }), fc.nat(40));
    const check = (held: number[], [skipped, most, bytes]: [number, number, number]) => {
      const model = held.map((length, i) => entry(8 + i, 3, new Uint8Array(length)));
      const expected: Entry[] = [];
      let left = bytes;
      for (const e of model.slice(skipped, skipped + most)) {
        left -= e.bytes.length;
        if (left < 0 && expected.length > 0) break;
        expected.push(e);
      }
      const log = Log.empty(base).append(model);
      expect(log.slice(8 + skipped, most, bytes)).toEqual(expected);
      expect(log.slice(8 + skipped, most)).toEqual(model.slice(skipped, skipped + most));
    };
    fc.assert(fc.property(lengths, bounds, check), { seed: 1, numRuns: 100 });
  });

  it('does not show to one what was appended to another that shares its chunks', () => {
    const shared = Log.empty().append(entriesAfter(0, [1, 1, 1]));
    const cut = shared.truncate(3);
    const long = shared.append(entriesAfter(3, [1]));
    const other = shared.append(entriesAfter(3, [2]));
    const again = cut.append(entriesAfter(2, [3]));
    const terms = (log: Log) => log.slice(1, 9).map(({ term }) => term);
    expect(terms(shared)).toEqual([1, 1, 1]);
    expect(terms(cut)).toEqual([1, 1]);
    expect(terms(long)).toEqual([1, 1, 1, 1]);
    expect(terms(other)).toEqual([1, 1, 1, 2]);
    expect(terms(again)).toEqual([1, 1, 3]);
  });

  it('refuses what would leave a gap, or reach into the snapshot (Log Matching)', () => {
    const log = Log.empty(base).append(entriesAfter(7, [3, 3]));
    expect(() => log.append(entriesAfter(10, [3]))).toThrow('Log Matching');
    expect(() => log.append(entriesAfter(8, [3]))).toThrow('Log Matching');
    expect(() => log.truncate(7)).toThrow('Log Matching');
    expect(log.truncate(10)).toBe(log);
    expect(log.append([])).toBe(log);
  });

  it('compacts to where it is told, and never back', () => {
    const log = Log.empty(base).append(entriesAfter(7, [3, 3, 4, 4]));
    const shorter = log.compact(9);
    expect(shorter).toMatchObject({ base: logBase(9, 3), firstIndex: 10, lastIndex: 11 });
    expect(shorter.compact(9)).toBe(shorter);
    expect(shorter.compact(8)).toBe(shorter);
    expect(shorter.entryAt(9)).toBeUndefined();
    expect(shorter.compact(11)).toMatchObject({ base: logBase(11, 4), length: 0, lastTerm: 4 });
    expect(() => log.compact(12)).toThrow('Log Matching');
    expect(() => shorter.truncate(9)).toThrow('Log Matching');
    expect(log.slice(1, 99).map(({ index }) => index)).toEqual([8, 9, 10, 11]);
    expect(log.slice(1, 2).map(({ index }) => index)).toEqual([8, 9]);
  });

  it('does not show to a compacted log what is appended to the whole, nor the other way', () => {
    for (const length of [250, 255, 256, 257]) {
      const whole = Log.empty().append(entriesAfter(0, Array(length).fill(1)));
      const behind = whole.compact(length - 1);
      const empty = whole.compact(length);
      const terms = [whole, behind, empty].map((log, i) =>
        log.append(entriesAfter(length, [2 + i, 2 + i])),
      );
      expect(terms.map((log) => log.slice(length + 1, 9).map(({ term }) => term))).toEqual([
        [2, 2],
        [3, 3],
        [4, 4],
      ]);
      expect([whole, behind, empty].map((log) => log.lastIndex)).toEqual([length, length, length]);
    }
  });

  it('is its bounds as JSON, since it may be long', () => {
    const log = Log.empty(base).append(entriesAfter(7, [3, 4]));
    expect(JSON.parse(JSON.stringify(log))).toEqual({ base, lastIndex: 9, lastTerm: 4 });
  });
});

/** Both ends, what is beyond them, and what is around the ends of chunks. */
function placesIn(log: Log): readonly number[] {
  const chunkEnds = [255, 256, 257, 511, 512, 513].map((length) => base.index + length);
  const begin = log.base.index;
  const ends = [0, begin - 1, begin, log.firstIndex, log.lastIndex - 1, log.lastIndex];
  return [...ends, log.lastIndex + 1, log.lastIndex + 300, ...chunkEnds];
}
