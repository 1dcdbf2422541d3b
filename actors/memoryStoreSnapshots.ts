/** The snapshots of a memory store, written and read as those on a disk are. */
import type { LogBase } from '../machines/log.js';
import type { Done } from './disk.js';
import type { SnapshotReader, SnapshotWriter } from './logStore.js';

interface Snapshot {
  readonly base: LogBase;
  readonly bytes: Uint8Array;
}

const noReader = undefined as unknown as SnapshotReader;

export class MemoryStoreSnapshots {
  readonly #defer: (run: () => void) => void;
  /** The newest first. */
  #inPlace: Snapshot[] = [];

  /** `defer` calls what it is given later; all answers come there. */
  constructor(defer: (run: () => void) => void) {
    this.#defer = defer;
  }

  get newest(): LogBase | undefined {
    return this.#inPlace[0]?.base;
  }

  /** Drops all but the newest. */
  dropOlder(): void {
    this.#inPlace.length = Math.min(1, this.#inPlace.length);
  }

  create(base: LogBase, done: Done<SnapshotWriter>): void {
    const chunks: Uint8Array[] = [];
    let isOpen = true;
    const ifOpen = (done: Done, run: () => void): void =>
      this.#defer(() => {
        if (isOpen) run();
        done(isOpen ? undefined : new Error('this snapshot is not being written any more'));
      });
    const writer: SnapshotWriter = {
      write: (bytes, written) => ifOpen(written, () => chunks.push(bytes.slice())),
      commit: (committed) =>
        ifOpen(
          (error) => {
            isOpen = false;
            committed(error);
          },
          () => this.#put({ base, bytes: joined(chunks) }),
        ),
      abandon: () => {
        isOpen = false;
      },
    };
    this.#defer(() => done(undefined, writer));
  }

  open({ index, term }: LogBase, done: Done<SnapshotReader>): void {
    this.#defer(() => {
      const isWanted = ({ base }: Snapshot): boolean => base.index === index && base.term === term;
      const bytes = this.#inPlace.find(isWanted)?.bytes;
      if (bytes !== undefined) return done(undefined, this.#readerOf(bytes));
      done(new Error(`no snapshot up to entry ${index} of term ${term} is in place`), noReader);
    });
  }

  #readerOf(bytes: Uint8Array): SnapshotReader {
    return {
      length: bytes.length,
      read: (offset, length, done) =>
        this.#defer(() => done(undefined, bytes.slice(offset, offset + length))),
      close: () => {},
    };
  }

  #put(snapshot: Snapshot): void {
    const { index, term } = snapshot.base;
    const others = this.#inPlace.filter(({ base }) => base.index !== index || base.term !== term);
    this.#inPlace = [...others, snapshot].sort((a, b) => b.base.index - a.base.index);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
