import { describe, expect, it } from 'vitest';
import type { LogBase } from '../machines/log.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { connect } from './walConnection.js';
import { entry, filled } from './walHistory.contract.js';
import {
  type Checkpoint,
  writeBaseRecord,
  writeCheckpointRecord,
  writeEntryRecord,
  writeStoreMetRecord,
  writeVoteRecord,
} from './walRecords.js';
import { WalReplay } from './walReplay.js';

/** A record: a checkpoint by where the log ended, an entry or a base by index and term. */
type Line =
  | ['checkpoint', lastIndex: number]
  | ['entry', index: number, term: number]
  | ['base', index: number, term: number]
  | ['vote', term: number];

const at = (index: number, term: number): LogBase => ({ index, term, stampMs: 0 });
const checkpoint = (lastIndex: number): Checkpoint => {
  const knownStores = new Map([['s2', 'store-2']]);
  return { currentTerm: 3, votedFor: 's1', lastIndex, lastTerm: 3, knownStores };
};

function replayOf(isWhole: boolean, ...lines: Line[]): WalReplay {
  const writer = new ByteWriter();
  for (const line of lines) {
    if (line[0] === 'checkpoint') writeCheckpointRecord(writer, 0, checkpoint(line[1]));
    else if (line[0] === 'vote') writeVoteRecord(writer, 0, line[1], undefined);
    else if (line[0] === 'base') writeBaseRecord(writer, 0, at(line[1], line[2]));
    else writeEntryRecord(writer, 0, entry(line[1], line[2], filled(3)));
  }
  const replay = new WalReplay(0, isWhole);
  replay.read(new ByteReader(writer.finish()));
  return replay;
}

const names = (entries: readonly { index: number; term: number }[]): string =>
  entries.map(({ index, term }) => `${index}:${term}`).join(' ');

describe('a log that begins anew', () => {
  it('forgets what it held, and goes on behind its base', () => {
    const replay = replayOf(
      true,
      ['entry', 1, 1],
      ['entry', 2, 1],
      ['base', 9, 2],
      ['entry', 10, 2],
    );
    expect([replay.base, names(replay.entries), replay.lastIndex]).toEqual([at(9, 2), '10:2', 10]);
  });

  it('may begin anew behind less than it held', () => {
    const replay = replayOf(
      true,
      ['entry', 1, 1],
      ['entry', 2, 1],
      ['base', 1, 2],
      ['entry', 2, 2],
    );
    expect(names(replay.entries)).toBe('2:2');
  });

  it('holds nothing that its base covers, and leaves no hole behind it', () => {
    for (const index of [8, 9, 11])
      expect(() => replayOf(true, ['base', 9, 2], ['entry', index, 2])).toThrow(RangeError);
  });
});

describe('a log whose oldest segments are gone', () => {
  it('begins with what its checkpoint says', () => {
    const { currentTerm, votedFor, lastIndex, knownStores, base } = replayOf(false, [
      'checkpoint',
      40,
    ]);
    expect([currentTerm, votedFor, lastIndex, base]).toEqual([3, 's1', 40, undefined]);
    expect([...knownStores]).toEqual([['s2', 'store-2']]);
  });

  it('is refused without one', () => {
    expect(() => replayOf(false, ['entry', 41, 3])).toThrow(/no checkpoint/);
    expect(() => replayOf(false, ['vote', 4])).toThrow(/no checkpoint/);
  });

  it('goes on where it ended, or replaces entries that are gone', () => {
    for (const [indexes, found] of [
      [[41, 42], '41:3 42:3'],
      [[38, 39], '38:3 39:3'],
      [[41, 42, 37, 38], '37:3 38:3'],
      [[38, 39, 40, 39], '38:3 39:3'],
    ] as const) {
      const lines = indexes.map((index): Line => ['entry', index, 3]);
      expect(names(replayOf(false, ['checkpoint', 40], ...lines).entries)).toBe(found);
    }
  });

  it('is refused where it leaves a hole', () => {
    expect(() => replayOf(false, ['checkpoint', 40], ['entry', 42, 3])).toThrow(/entry 42/);
    expect(() => replayOf(false, ['checkpoint', 40], ['entry', 38, 3], ['entry', 40, 3])).toThrow(
      /entry 40 behind entry 38/,
    );
    expect(() => replayOf(false, ['checkpoint', 40], ['entry', 0, 3])).toThrow(/entry 0/);
  });

  it('has checkpoints that say what the records before them say', () => {
    const fits = (lastIndex: number): WalReplay =>
      replayOf(false, ['checkpoint', 40], ['entry', 41, 3], ['checkpoint', lastIndex]);
    expect(fits(41).lastIndex).toBe(41);
    expect(() => fits(40)).toThrow(/the checkpoint differs/);
    expect(() => replayOf(false, ['checkpoint', 40], ['vote', 4], ['checkpoint', 40])).toThrow(
      /the checkpoint differs/,
    );
  });

  it('remembers the highest index of each segment, also of what was replaced', () => {
    const replay = replayOf(true, ['entry', 1, 1], ['entry', 2, 1], ['entry', 1, 2]);
    expect([replay.takeIndexMax(), replay.takeIndexMax()]).toEqual([2, 0]);
    expect(replayOf(true, ['base', 9, 1]).takeIndexMax()).toBe(9);
  });

  it('keeps known stores that were met before', () => {
    const writer = new ByteWriter();
    writeCheckpointRecord(writer, 0, checkpoint(1));
    writeStoreMetRecord(writer, 0, 's2', 'store-9');
    const replay = new WalReplay(0, false);
    replay.read(new ByteReader(writer.finish()));
    expect([...replay.knownStores]).toEqual([['s2', 'store-9']]);
  });
});

describe('a log and the newest snapshot', () => {
  const log: Line[] = [1, 2, 3, 4, 5].map((index) => ['entry', index, index < 4 ? 1 : 2]);
  const rest: Line[] = [
    ['checkpoint', 40],
    ['entry', 39, 3],
    ['entry', 40, 3],
    ['entry', 41, 3],
  ];

  const tail: Line[] = [
    ['checkpoint', 40],
    ['entry', 41, 3],
  ];

  it.each([
    [
      'fit where the log holds its last entry',
      replayOf(true, ...log),
      at(3, 1),
      at(0, 0),
      5,
      false,
    ],
    ['fit at the very end', replayOf(true, ...log), at(5, 2), at(0, 0), 5, false],
    ['do not fit in another term', replayOf(true, ...log), at(3, 2), at(3, 2), 0, true],
    ['do not fit behind the end', replayOf(true, ...log), at(6, 2), at(6, 2), 0, true],
    [
      'fit at a base',
      replayOf(true, ['base', 9, 2], ['entry', 10, 2]),
      at(9, 2),
      at(9, 2),
      1,
      false,
    ],
    [
      'fit where the first entry stands for those before',
      replayOf(false, ...rest),
      at(40, 3),
      at(39, 3),
      2,
      false,
    ],
    [
      'fit where the first entry is covered itself',
      replayOf(false, ...rest),
      at(39, 3),
      at(39, 3),
      2,
      false,
    ],
    ['fit where the first entry follows', replayOf(false, ...tail), at(40, 3), at(40, 3), 1, false],
    [
      'do not fit where that one follows another',
      replayOf(false, ...tail),
      at(40, 4),
      at(40, 4),
      0,
      true,
    ],
    [
      'fit where nothing is left',
      replayOf(false, ['checkpoint', 40]),
      at(40, 3),
      at(40, 3),
      0,
      false,
    ],
    [
      'do not fit where nothing is left',
      replayOf(false, ['checkpoint', 40]),
      at(41, 3),
      at(41, 3),
      0,
      true,
    ],
  ])('%s', (_what, replay, snapshot, base, count, isNew) => {
    const found = connect(replay, snapshot)!;
    expect([found.base, found.entries.length, found.isNew]).toMatchObject([
      { index: base.index, term: base.term },
      count,
      isNew,
    ]);
  });

  it('are not enough where entries between them are missing', () => {
    for (const index of [37, 38])
      expect(connect(replayOf(false, ...rest), at(index, 3))).toBeUndefined();
    expect(connect(replayOf(false, ...rest), undefined)).toBeUndefined();
    expect(connect(replayOf(true, ['base', 9, 2]), at(8, 2))).toBeUndefined();
    expect(connect(replayOf(true, ['base', 9, 2]), undefined)).toBeUndefined();
  });
});
