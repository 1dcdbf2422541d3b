import { describe, expect, it } from 'vitest';
import { diskContract } from '../actors/disk.contract.js';
import {
  type DiskFile,
  type GrowingFile,
  type ReadableFile,
  type Release,
  StoreLocked,
} from '../actors/disk.js';
import { SectorDisk } from './disk.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replaceAll('\0', '.');
const bytes = (value: string) => new TextEncoder().encode(value);

/** A disk on which everything happens at once. */
function eagerDisk(): SectorDisk {
  return new SectorDisk((_kind, _file, run) => run());
}

/** A disk on which things happen when the test says so. */
function heldDisk() {
  const held: { kind: string; run: () => void }[] = [];
  const disk = new SectorDisk((kind, _file, run) => held.push({ kind, run }));
  return { disk, held, go: () => held.splice(0).forEach(({ run }) => run()) };
}

function create(disk: SectorDisk, name: string, size: number): DiskFile {
  let created: DiskFile | undefined;
  disk.create(name, size, (_error, file) => {
    created = file;
  });
  return created!;
}

function content(disk: SectorDisk, name: string): Uint8Array {
  let found: Uint8Array | undefined;
  disk.read(name, (_error, result) => {
    found = result;
  });
  return found!;
}

const ignore = () => {};
const runner = { describe, it };

describe('the sector disk', () => {
  diskContract(async () => {
    const disk = new SectorDisk((_kind, _file, run) => queueMicrotask(run));
    const prepare = (): Promise<Release> =>
      new Promise((resolve, reject) => {
        disk.prepare((error, release) => (error === undefined ? resolve(release) : reject(error)));
      });
    return {
      disk,
      release: await prepare(),
      async reopen() {
        disk.crash(() => false);
        await prepare();
        return disk;
      },
    };
  }, runner);

  it('loses in a crash what was not synced', () => {
    const disk = eagerDisk();
    const file = create(disk, 'log', 1024);
    file.write(0, bytes('kept'), ignore);
    file.sync(ignore);
    file.write(2, bytes('lost'), ignore);
    expect(text(content(disk, 'log').subarray(0, 6))).toBe('kelost');
    disk.crash(() => false);
    expect(text(content(disk, 'log').subarray(0, 6))).toBe('kept..');
  });

  it('tears a write as it is told, sector by sector', () => {
    const disk = eagerDisk();
    const file = create(disk, 'log', 4096);
    file.write(500, new Uint8Array(1_500).fill(1), ignore);
    const asked: number[] = [];
    disk.crash((_file, sector) => {
      asked.push(sector);
      return sector === 1 || sector === 3;
    });
    expect(asked).toEqual([0, 1, 2, 3]);
    const kept = [...content(disk, 'log').entries()].filter(([, byte]) => byte === 1);
    expect(kept.map(([at]) => at)).toEqual([
      ...Array.from({ length: 512 }, (_, i) => 512 + i),
      ...Array.from({ length: 2_000 - 1_536 }, (_, i) => 1_536 + i),
    ]);
  });

  it('keeps with a sector what earlier writes had put into it', () => {
    const disk = eagerDisk();
    const file = create(disk, 'log', 512);
    file.write(0, bytes('first'), ignore);
    file.write(5, bytes('second'), ignore);
    disk.crash((_file, _sector, write) => write === 3);
    expect(text(content(disk, 'log').subarray(0, 11))).toBe('firstsecond');
  });

  it('makes durable only what had been answered when the sync was called', () => {
    const { disk, held, go } = heldDisk();
    let file: DiskFile | undefined;
    disk.create('log', 100, (_error, created) => {
      file = created;
    });
    go();
    file!.write(0, bytes('a'), ignore);
    go();
    file!.write(1, bytes('b'), ignore);
    file!.sync(ignore);
    expect(held.map(({ kind }) => kind)).toEqual(['write', 'sync']);
    go();
    disk.crash(() => false);
    disk.read('log', (_error, found) => expect(text(found.subarray(0, 2))).toBe('a.'));
    go();
    expect.assertions(2);
  });

  it('answers nothing of before a crash after it', () => {
    const { disk, go } = heldDisk();
    const answers: string[] = [];
    let file: DiskFile | undefined;
    disk.create('log', 100, (_error, created) => {
      file = created;
    });
    go();
    file!.write(0, bytes('a'), () => answers.push('written'));
    disk.list(() => answers.push('listed'));
    disk.create('other', 100, () => answers.push('created'));
    disk.crash(() => false);
    file!.sync(() => answers.push('synced'));
    file!.close(() => answers.push('closed'));
    file!.write(0, bytes('b'), () => answers.push('written later'));
    go();
    expect(answers).toEqual([]);
    disk.list((_error, names) => answers.push(...names));
    go();
    expect(answers).toEqual(['log']);
  });

  it('lets an unanswered change of files happen in a crash, or not', () => {
    for (const happens of [true, false]) {
      const { disk, go } = heldDisk();
      disk.replace('identity', bytes('old'), ignore);
      go();
      disk.replace('identity', bytes('new'), ignore);
      disk.create('log', 10, ignore);
      disk.crash(() => happens);
      const found: string[] = [];
      disk.read('identity', (_error, read) => found.push(text(read)));
      disk.list((_error, names) => found.push(...names));
      go();
      expect(found).toEqual(happens ? ['new', 'identity', 'log'] : ['old', 'identity']);
    }
  });

  it('keeps what was answered when only the process dies, until the machine crashes', () => {
    const { disk, go } = heldDisk();
    let file: DiskFile | undefined;
    disk.create('log', 100, (_error, created) => {
      file = created;
    });
    go();
    file!.write(0, bytes('answered'), ignore);
    go();
    file!.write(8, bytes('pending'), ignore);
    disk.kill();
    const found: string[] = [];
    const read = () => {
      disk.read('log', (_error, all) => found.push(text(all.subarray(0, 15))));
      go();
    };
    read();
    disk.crash(() => false);
    read();
    expect(found).toEqual(['answered.......', '...............']);
  });

  it('fails what it is told to, without effect', () => {
    const broken = new Set(['write']);
    const disk = new SectorDisk(
      (_kind, _file, run) => run(),
      'broken',
      (kind) => (broken.has(kind) ? new Error(`no ${kind}`) : undefined),
    );
    const file = create(disk, 'log', 10);
    const errors: (string | undefined)[] = [];
    file.write(0, bytes('a'), (error) => errors.push(error?.message));
    broken.add('sync');
    file.sync((error) => errors.push(error?.message));
    disk.create('other', 10, (error) => errors.push(error?.message));
    disk.list((_error, names) => errors.push(...names));
    expect(errors).toEqual(['no write', 'no sync', 'no sync', 'log']);
    expect(text(content(disk, 'log').subarray(0, 1))).toBe('.');
  });

  it('leaves of a growing file what a crash left of it, or puts it in place', () => {
    for (const happens of [true, false]) {
      const { disk, go } = heldDisk();
      let file: GrowingFile | undefined;
      disk.grow('part', (_error, grown) => {
        file = grown;
      });
      go();
      file!.write(bytes('text'), ignore);
      go();
      file!.commit('whole', ignore);
      disk.crash(() => happens);
      const found: string[] = [];
      disk.list((_error, names) => {
        for (const name of names)
          disk.read(name, (_failure, all) => found.push(`${name}: ${text(all)}`));
      });
      go();
      go();
      expect(found).toEqual([happens ? 'whole: text' : 'part: ']);
    }
  });

  it('answers nothing of open files after a crash', () => {
    const { disk, go } = heldDisk();
    const answers: string[] = [];
    let growing: GrowingFile | undefined;
    let reading: ReadableFile | undefined;
    disk.replace('text', bytes('text'), ignore);
    go();
    disk.grow('part', (_error, file) => {
      growing = file;
    });
    disk.openToRead('text', (_error, file) => {
      reading = file;
    });
    go();
    disk.kill();
    growing!.write(bytes('a'), () => answers.push('written'));
    growing!.commit('whole', () => answers.push('put in place'));
    growing!.abandon(() => answers.push('abandoned'));
    reading!.read(0, 4, () => answers.push('read'));
    reading!.close(() => answers.push('closed'));
    go();
    expect(answers).toEqual([]);
  });

  it('gives up the claim of a process that is gone, and lets nobody else do so', () => {
    for (const end of ['kill', 'crash'] as const) {
      const disk = eagerDisk();
      const releases: Release[] = [];
      const prepare = (): Error | undefined => {
        let answer: Error | undefined;
        disk.prepare((error, release) => {
          answer = error;
          releases.push(release);
        });
        return answer;
      };
      prepare();
      disk[end](() => false);
      expect(prepare()).toBeUndefined();
      releases[0]!(ignore);
      expect(prepare()).toBeInstanceOf(StoreLocked);
    }
  });

  it('has room for so much, and for more when something is removed', () => {
    const disk = eagerDisk();
    disk.capacityBytes = 1_000;
    const codes: unknown[] = [];
    const note = (error: Error | undefined): void => {
      codes.push((error as { code?: string } | undefined)?.code);
    };
    const log = create(disk, 'log', 600);
    disk.create('other', 600, note);
    log.write(0, bytes('in its place'), note);
    log.write(500, new Uint8Array(600), note);
    disk.replace('identity', new Uint8Array(500), note);
    disk.grow('part', (_error, file) => {
      for (const length of [300, 200]) file.write(new Uint8Array(length), note);
    });
    disk.remove('log', note);
    disk.create('other', 600, note);
    const full = 'ENOSPC';
    expect(codes).toEqual([full, undefined, full, full, undefined, full, undefined, undefined]);
  });

  it('takes no memory for space that was never written', () => {
    const disk = eagerDisk();
    for (let i = 0; i < 1_000; i++) create(disk, `${i}`, 2 ** 40);
    const file = create(disk, 'log', 2 ** 40);
    file.write(0, bytes('a'), ignore);
    file.sync(ignore);
  });
});
