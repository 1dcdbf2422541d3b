import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.js';
import { entry, filled } from './walHistory.contract.js';
import {
  entryRecordBytes,
  smallRecordBytesMax,
  writeEntryRecord,
  writeStoreMetRecord,
  writeVoteRecord,
} from './walRecords.js';
import { WalReplay } from './walReplay.js';

function replayed(write: (writer: ByteWriter) => void, group = 0): WalReplay {
  const writer = new ByteWriter();
  write(writer);
  const replay = new WalReplay(group);
  replay.read(new ByteReader(writer.finish()));
  return replay;
}

describe('records', () => {
  it('add up to term, vote, entries and stores that were met', () => {
    const replay = replayed((writer) => {
      writeVoteRecord(writer, 9, 3, 's2');
      writeEntryRecord(writer, 9, entry(1, 2, filled(3)));
      writeStoreMetRecord(writer, 9, 's3', 'store-3');
      writeEntryRecord(writer, 9, entry(2, 3, filled(4)));
      writeVoteRecord(writer, 9, 4, undefined);
    }, 9);
    expect([replay.currentTerm, replay.votedFor]).toEqual([4, undefined]);
    expect(replay.entries).toEqual([entry(1, 2, filled(3)), entry(2, 3, filled(4))]);
    expect([...replay.knownStores]).toEqual([['s3', 'store-3']]);
  });

  it('replace by an entry all that stood from its index on', () => {
    const replay = replayed((writer) => {
      for (const index of [1, 2, 3, 2]) writeEntryRecord(writer, 0, entry(index, index, filled(1)));
    });
    expect(replay.entries.map(({ index }) => index)).toEqual([1, 2]);
  });

  it('are refused when they leave a hole in the indexes', () => {
    for (const indexes of [[2], [1, 3], [0], [1, 2, 1, 3]])
      expect(() =>
        replayed((writer) => {
          for (const index of indexes) writeEntryRecord(writer, 0, entry(index, 1, filled(1)));
        }),
      ).toThrow(/entry \d behind entry \d/);
  });

  it('are refused when they are of another group, or of no known kind', () => {
    expect(() => replayed((writer) => writeVoteRecord(writer, 1, 1, 's1'))).toThrow(/group 1/);
    for (const kind of [0, 6, 255])
      expect(() =>
        replayed((writer) => {
          writer.u8(kind);
          writer.u32(0);
        }),
      ).toThrow(new RegExp(`code ${kind}`));
  });

  it('have the length that is counted with', () => {
    const writer = new ByteWriter();
    const one = entry(1, 1, filled(77));
    writeEntryRecord(writer, 0, one);
    expect(writer.length).toBe(entryRecordBytes(one));
    for (const write of [
      () => writeVoteRecord(writer, 0, Number.MAX_SAFE_INTEGER, '\u{10FFFF}'.repeat(64)),
      () => writeStoreMetRecord(writer, 0, '\u{10FFFF}'.repeat(64), 'x'.repeat(200)),
    ]) {
      writer.reset();
      write();
      expect(writer.length).toBeLessThanOrEqual(smallRecordBytesMax);
    }
  });
});
