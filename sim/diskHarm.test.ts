import { describe, expect, it } from 'vitest';
import { segmentName } from '../actors/walFormat.js';
import { cutFile, rottenBit, strayedSector, withoutFile } from './diskHarm.js';
import type { DiskImage } from './diskRules.js';

/** A segment of four sectors, of which the first so many hold something. */
function segment(used: number, content: number): Uint8Array {
  return new Uint8Array(2_048).fill(content, 0, used * 512);
}

const [first, second, spare] = [1, 2, 3].map(segmentName) as [string, string, string];

const folder: DiskImage = new Map([
  ['identity', Uint8Array.of(1, 2, 3)],
  [first, segment(4, 17)],
  [second, segment(2, 18)],
  [spare, segment(1, 19)],
]);

const draws = Array.from({ length: 200 }, (_, n) => n * 7_919);

function names(images: readonly (DiskImage | undefined)[]): Set<string> {
  return new Set(images.map((image) => [...image!.keys()].join()));
}

describe('a rotten bit', () => {
  it('is one that was zero, in any file, and never where nothing was written', () => {
    const files = new Set<string>();
    for (const drawn of draws) {
      const { file, offset, bytes } = rottenBit(folder, drawn)!;
      const before = folder.get(file)![offset]!;
      expect(before).not.toBe(0);
      expect(bytes).toHaveLength(1);
      expect(bytes[0]! & before).toBe(before);
      expect(Math.log2(bytes[0]! ^ before) % 1).toBe(0);
      files.add(file);
    }
    expect(files).toEqual(new Set(folder.keys()));
  });

  it('is none in a folder that is empty, or holds zeros', () => {
    expect(rottenBit(new Map(), 5)).toBeUndefined();
    expect(rottenBit(new Map([['a', new Uint8Array(9)]]), 5)).toBeUndefined();
  });
});

describe('a sector that strays', () => {
  it('stands where another one was, of those that hold anything', () => {
    for (const drawn of draws) {
      const { file, offset, bytes } = strayedSector(folder, drawn)!;
      expect(bytes).toHaveLength(512);
      expect(bytes[0]).toBeGreaterThan(16);
      expect(folder.get(file)![offset]).toBeGreaterThan(16);
    }
  });

  it('is none where there are not two', () => {
    expect(strayedSector(new Map([[first, segment(1, 1)]]), 3)).toBeUndefined();
  });
});

describe('a file that is lost, or cut short', () => {
  it('is any but the last segment in use, and the spare one: nobody could tell', () => {
    const without = (name: string) => [...folder.keys()].filter((other) => other !== name).join();
    const left = names(draws.map((drawn) => withoutFile(folder, drawn)));
    expect(left).toEqual(new Set([without('identity'), without(first)]));
    for (const drawn of draws) {
      const cut = [...cutFile(folder, drawn)!].filter(
        ([name, bytes]) => bytes.length < folder.get(name)!.length,
      );
      expect(cut).toHaveLength(1);
      expect(['identity', first]).toContain(cut[0]![0]);
    }
  });

  it('is none in an empty folder', () => {
    expect([withoutFile(new Map(), 1), cutFile(new Map(), 1)]).toEqual([undefined, undefined]);
  });
});
