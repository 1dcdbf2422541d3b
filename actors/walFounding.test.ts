import { describe, expect, it } from 'vitest';
import { SectorDisk } from '../sim/disk.js';
import type { Identity, Recovered } from './logStore.js';
import { StoreDamaged } from './logStore.js';
import { segmentName } from './walFormat.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { encodeIdentity } from './walIdentity.js';
import { walStore } from './walStore.js';

const segmentBytes = 2048;
const first = [entry(1, 1, filled(600))];

/** A disk that lets `count` operations happen, and then none. */
function limitedDisk(count: number) {
  const disk = new SectorDisk((_kind, _file, run) => {
    if (limit.left-- > 0) run();
  });
  const limit = { left: count };
  return { disk, limit };
}

function opened(disk: SectorDisk): Recovered | Error {
  let answer: Recovered | Error | undefined;
  disk.kill();
  walStore({ disk, segmentBytes }).open((error, recovered) => {
    answer = error ?? recovered;
  });
  return answer!;
}

function found(disk: SectorDisk, of: Identity = identity): 'founded' | Error | undefined {
  let answer: 'founded' | Error | undefined;
  disk.kill();
  const store = walStore({ disk, segmentBytes });
  store.open(() => store.found(of, 1, first, (error) => (answer = error ?? 'founded')));
  return answer;
}

describe('founding', () => {
  it('is complete, or begins anew, wherever a crash ends it', () => {
    const seen = new Set<string>();
    for (let count = 0; count < 20; count++) {
      for (const keep of [() => false, () => true, (_: string, sector: number) => sector > 1]) {
        const { disk, limit } = limitedDisk(count);
        const answer = found(disk);
        disk.crash(keep);
        limit.left = 1_000;
        const recovered = opened(disk) as Recovered;
        const { identity: who, entries, currentTerm } = recovered;
        seen.add(String(who?.storeId));
        if (who === undefined) {
          expect(answer).toBeUndefined();
          const another = { ...identity, storeId: 'store-2' };
          expect(found(disk, another)).toBe('founded');
          expect((opened(disk) as Recovered).identity).toEqual(another);
        } else {
          expect([who, currentTerm, entries]).toEqual([identity, 1, first]);
        }
      }
    }
    expect(seen).toEqual(new Set(['undefined', identity.storeId]));
  });

  it('answers why it failed, whatever fails, and can be tried again', () => {
    const answers: string[] = [];
    for (let failing = 0; failing < 20; failing++) {
      let count = 0;
      const disk = new SectorDisk(
        (_kind, _file, run) => run(),
        'disk',
        () => (count++ === failing ? new Error('full') : undefined),
      );
      const answer = found(disk);
      answers.push(String(answer));
      count = 100;
      if (answer instanceof Error) expect(found(disk)).toBe('founded');
      expect((opened(disk) as Recovered).entries).toEqual(first);
    }
    const failures = answers.indexOf('founded');
    expect(failures).toBeGreaterThan(3);
    expect(answers.slice(0, failures)).toEqual(Array(failures).fill('Error: full'));
    expect(answers.slice(failures)).toEqual(Array(20 - failures).fill('founded'));
  });

  it('refuses ids that are too long for the header of a segment', () => {
    const { disk } = limitedDisk(1_000);
    const answer = found(disk, { ...identity, clusterId: 'ä'.repeat(101) });
    expect(String(answer)).toMatch(/at most 200 bytes; choose shorter ones/);
    const longest = { ...identity, clusterId: 'ä'.repeat(100), storeId: 'x'.repeat(200) };
    expect(found(disk, longest)).toBe('founded');
    expect((opened(disk) as Recovered).identity?.clusterId).toBe('ä'.repeat(100));
  });

  it('does not take a log whose identity was lost for one that never had any', () => {
    const { disk } = limitedDisk(1_000);
    found(disk);
    disk.kill();
    const store = walStore({ disk, segmentBytes });
    store.open(() => {});
    const vote = { currentTerm: 2, votedFor: 's1', isVote: true, entries: [] };
    store.append({ number: 1, ...vote });
    disk.remove('identity', () => {});
    const error = opened(disk);
    expect(error).toBeInstanceOf(StoreDamaged);
    expect((error as Error).message).toContain(
      'simulated disk/identity, byte 0: the file is missing',
    );
  });

  it('does not take a damaged log without identity for an unfinished founding', () => {
    const { disk } = limitedDisk(1_000);
    found(disk);
    disk.remove('identity', () => {});
    disk.read(segmentName(1), (_error, bytes) => {
      disk.replace(segmentName(1), bytes.with(100, 1), () => {});
    });
    expect(opened(disk)).toBeInstanceOf(StoreDamaged);
  });

  it('destroys nothing where the folder was not opened before, or was refused', () => {
    const { disk } = limitedDisk(1_000);
    found(disk);
    disk.remove(segmentName(2), () => {});
    disk.read(segmentName(1), (_error, before) => {
      disk.kill();
      const store = walStore({ disk, segmentBytes });
      const answers: (Error | undefined)[] = [];
      store.found(identity, 1, first, (error) => answers.push(error));
      disk.replace('identity', new Uint8Array(9), () => {});
      store.open((error) => answers.push(error));
      store.found(identity, 1, first, (error) => answers.push(error));
      expect(answers).toEqual([expect.any(Error), expect.any(StoreDamaged), expect.any(Error)]);
      expect(answers[0]?.message).toContain('is not known to be empty; choose another folder');
      disk.read(segmentName(1), (_failure, after) => expect(after).toEqual(before));
    });
    expect.assertions(3);
  });

  it('is refused where the identity of another store was put beside the log', () => {
    const { disk } = limitedDisk(1_000);
    found(disk);
    disk.replace('identity', encodeIdentity({ ...identity, storeId: 'other' }), () => {});
    expect((opened(disk) as Error).message).toMatch(
      /belongs to store store-1 of proof, the folder to other/,
    );
    for (const name of [segmentName(1), segmentName(2)]) disk.remove(name, () => {});
    expect((opened(disk) as Error).message).toContain(
      `${segmentName(1)}, byte 0: the batch of the founding`,
    );
  });
});
