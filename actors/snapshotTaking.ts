/**
 * Taking snapshots of the own state: a frozen view, written slice by slice between the turns of the
 * event loop while entries go on being applied (§7).
 */
import type { Snapshot } from '../machines/context.js';
import type { Clock } from './clock.js';
import type { LogStore, SnapshotWriter } from './logStore.js';
import { encodeSnapshot, type SnapshotContent } from './snapshotFormat.js';

export interface SnapshotTakingOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  /** It is in place, and has so many bytes. */
  readonly taken: (snapshot: Snapshot, bytes: number) => void;
  /** It could not be written. The one before is still in place. */
  readonly failed: (error: Error) => void;
}

export class SnapshotTaking {
  readonly #options: SnapshotTakingOptions;
  #writer: SnapshotWriter | undefined;
  #isUnderWay = false;
  #isStopped = false;

  constructor(options: SnapshotTakingOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Begins to write what was frozen. Not while another is under way. */
  take(content: SnapshotContent): void {
    this.#isUnderWay = true;
    this.#options.store.createSnapshot(content.base, (error, writer) => {
      if (error !== undefined) return this.#end(() => this.#options.failed(error));
      if (this.#isStopped) return writer.abandon();
      this.#writer = writer;
      this.#write(writer, content, encodeSnapshot(content), 0);
    });
  }

  /** For good: what is under way is abandoned. */
  stop(): void {
    this.#isStopped = true;
    this.#writer?.abandon();
  }

  #write(
    writer: SnapshotWriter,
    { base, configuration }: SnapshotContent,
    pieces: Iterator<Uint8Array>,
    written: number,
  ): void {
    const { clock, taken } = this.#options;
    const ended = (error: Error) => this.#end(() => this.#options.failed(error));
    const next = (bytes: number): void => {
      if (this.#isStopped) return;
      let piece: IteratorResult<Uint8Array>;
      try {
        piece = pieces.next();
      } catch (error) {
        writer.abandon();
        return ended(error as Error);
      }
      if (piece.done === true) {
        return writer.commit((failure) => {
          if (failure === undefined) this.#end(() => taken({ base, configuration }, bytes));
          else ended(failure);
        });
      }
      const after = bytes + piece.value.length;
      writer.write(piece.value, (failure) => {
        if (failure === undefined) clock.defer(() => next(after));
        else ended(failure);
      });
    };
    next(written);
  }

  #end(tell: () => void): void {
    this.#writer = undefined;
    this.#isUnderWay = false;
    if (!this.#isStopped) tell();
  }
}
