/**
 * Receiving a snapshot (§7, Figure 13): pieces are checked as they come and put aside, and the
 * whole is put in place only when its end has come and everything in it was right.
 */
import type { Snapshot } from '../machines/context.js';
import type { StoreChunk } from '../machines/effects.js';
import type { LogBase } from '../machines/log.js';
import type { LogStore, SnapshotWriter } from './logStore.js';
import { SnapshotDamaged, SnapshotDecoder } from './snapshotDecoder.js';

export interface SnapshotReceivingOptions {
  readonly store: LogStore;
  /** The piece that ends before `offset` is put aside. */
  readonly chunkStored: (base: LogBase, offset: number) => void;
  /** All of it is in place. */
  readonly snapshotStored: (snapshot: Snapshot) => void;
  /** Nothing is left of it. A `SnapshotDamaged` is the sender's fault, all else the disk's. */
  readonly failed: (base: LogBase, error: Error) => void;
}

class Receiving {
  readonly base: LogBase;
  writer: SnapshotWriter | undefined;
  isOver = false;
  snapshot: Snapshot | undefined;
  readonly decoder = new SnapshotDecoder({
    head: ({ base, configuration }) => {
      if (base.index !== this.base.index || base.term !== this.base.term) {
        throw new SnapshotDamaged(0, `it covers entry ${base.index}, not ${this.base.index}`);
      }
      this.snapshot = { base, configuration };
    },
    state: () => {},
  });

  constructor(base: LogBase) {
    this.base = base;
  }
}

export class SnapshotReceiving {
  readonly #options: SnapshotReceivingOptions;
  #receiving: Receiving | undefined;

  constructor(options: SnapshotReceivingOptions) {
    this.#options = options;
  }

  /** Takes a piece; the one at offset 0 begins anew. One piece at a time. */
  store(chunk: StoreChunk): void {
    if (chunk.offset > 0) {
      if (this.#receiving !== undefined) this.#put(this.#receiving, chunk);
      return;
    }
    this.stop();
    const receiving = new Receiving(chunk.base);
    this.#receiving = receiving;
    this.#options.store.createSnapshot(chunk.base, (error, writer) => {
      if (error !== undefined) return this.#fail(receiving, error);
      receiving.writer = writer;
      if (receiving.isOver) writer.abandon();
      else this.#put(receiving, chunk);
    });
  }

  /** What was being received is abandoned. */
  stop(): void {
    const receiving = this.#receiving;
    if (receiving === undefined) return;
    this.#receiving = undefined;
    receiving.isOver = true;
    receiving.writer?.abandon();
  }

  #put(receiving: Receiving, { base, offset, bytes, isLast }: StoreChunk): void {
    try {
      receiving.decoder.push(bytes);
      if (isLast) receiving.decoder.finish();
    } catch (error) {
      return this.#fail(receiving, error as Error);
    }
    receiving.writer!.write(bytes, (error) => {
      if (receiving.isOver) return;
      if (error !== undefined) return this.#fail(receiving, error);
      const end = offset + bytes.length;
      if (isLast) this.#complete(receiving);
      else this.#options.chunkStored(base, end);
    });
  }

  #complete(receiving: Receiving): void {
    receiving.writer!.commit((error) => {
      if (receiving.isOver) return;
      if (error !== undefined) return this.#fail(receiving, error);
      this.#receiving = undefined;
      this.#options.snapshotStored(receiving.snapshot!);
    });
  }

  #fail(receiving: Receiving, error: Error): void {
    if (receiving.isOver) return;
    this.stop();
    this.#options.failed(receiving.base, error);
  }
}
