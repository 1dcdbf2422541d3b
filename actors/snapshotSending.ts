/**
 * Sending snapshots to followers that are behind the log (§7): reads the piece that the machine
 * asks for, and sends it. A snapshot stays open while it is being sent, so that a newer one may
 * take its place meanwhile.
 */
import type { SendChunk } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';
import type { InstallSnapshotRequest } from '../machines/messages.js';
import type { LogStore, SnapshotReader } from './logStore.js';

export interface SnapshotSendingOptions {
  readonly store: LogStore;
  /** Bytes of a piece. */
  readonly chunkBytesMax: number;
  readonly send: (to: ServerId, message: InstallSnapshotRequest) => void;
  /** It cannot be read: the follower gets nothing, and it is tried again. */
  readonly failed: (error: Error) => void;
}

interface Sending {
  readonly baseIndex: number;
  reader: SnapshotReader | undefined;
  /** What is to be sent next, the latest that was asked for. */
  message: InstallSnapshotRequest | undefined;
  isBusy: boolean;
  isOver: boolean;
}

export class SnapshotSending {
  readonly #options: SnapshotSendingOptions;
  readonly #sendings = new Map<ServerId, Sending>();

  constructor(options: SnapshotSendingOptions) {
    this.#options = options;
  }

  /** Sends the piece, when it is read; unless another is asked for before. */
  send({ to, message }: SendChunk): void {
    const sending = this.#sendingOf(to, message);
    sending.message = message;
    this.#proceed(to, sending);
  }

  /** Its size in bytes, as far as it is known: for whoever watches. */
  lengthFor(to: ServerId): number | undefined {
    return this.#sendings.get(to)?.reader?.length;
  }

  /** This follower gets no snapshot any more. */
  end(to: ServerId): void {
    const sending = this.#sendings.get(to);
    if (sending === undefined) return;
    this.#sendings.delete(to);
    sending.isOver = true;
    if (!sending.isBusy) sending.reader?.close();
  }

  /** Nobody does. */
  stop(): void {
    for (const to of this.#sendings.keys()) this.end(to);
  }

  #sendingOf(to: ServerId, { base }: InstallSnapshotRequest): Sending {
    const known = this.#sendings.get(to);
    if (known?.baseIndex === base.index) return known;
    this.end(to);
    const reader = undefined;
    const message = undefined;
    const sending: Sending = {
      baseIndex: base.index,
      reader,
      message,
      isBusy: false,
      isOver: false,
    };
    this.#sendings.set(to, sending);
    return sending;
  }

  #proceed(to: ServerId, sending: Sending): void {
    if (sending.isBusy || sending.isOver || sending.message === undefined) return;
    sending.isBusy = true;
    if (sending.reader === undefined) this.#open(to, sending, sending.message);
    else this.#read(to, sending, sending.reader, sending.message);
  }

  #open(to: ServerId, sending: Sending, { base }: InstallSnapshotRequest): void {
    this.#options.store.openSnapshot(base, (error, reader) => {
      sending.isBusy = false;
      if (error !== undefined) return this.#fail(to, sending, error);
      sending.reader = reader;
      if (sending.isOver) reader.close();
      else this.#proceed(to, sending);
    });
  }

  #read(
    to: ServerId,
    sending: Sending,
    reader: SnapshotReader,
    message: InstallSnapshotRequest,
  ): void {
    sending.message = undefined;
    const { offset } = message;
    reader.read(offset, this.#options.chunkBytesMax, (error, bytes) => {
      sending.isBusy = false;
      if (sending.isOver) return reader.close();
      if (error !== undefined) return this.#fail(to, sending, error);
      const isLast = offset + bytes.length >= reader.length;
      // What was asked for meanwhile is newer, and may be the same again.
      if (sending.message === undefined) this.#options.send(to, { ...message, bytes, isLast });
      this.#proceed(to, sending);
    });
  }

  #fail(to: ServerId, sending: Sending, error: Error): void {
    if (sending.isOver) return;
    this.end(to);
    this.#options.failed(error);
  }
}
