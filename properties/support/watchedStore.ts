/**
 * A store that counts what it is asked for, and that fails when it is told to: for tests of what a
 * server does with its store.
 */
import type {
  LogStore,
  SnapshotReader,
  SnapshotWriter,
  StoreListener,
  Write,
} from '../../actors/logStore.js';
import type { ServerId } from '../../machines/entry.js';
import type { LogBase } from '../../machines/log.js';

/** What can be made to fail. */
export type FailingCall = 'createSnapshot' | 'write' | 'commit' | 'openSnapshot' | 'read';

/** What a snapshot call that fails answers in place of what was asked for. */
const nothing = undefined as never;

export class WatchedStore implements LogStore {
  readonly writes: Write[] = [];
  /** The servers that were met, by their stores. */
  readonly remembered: [ServerId, string][] = [];
  /** The indexes up to which it might forget entries. */
  readonly compacted: number[] = [];
  /** Pieces of snapshots that were written. */
  pieces = 0;
  /** Snapshots that are open now, for writing or for reading. */
  openSnapshots = 0;
  /** How often it was asked to look for room. */
  searches = 0;
  closed = 0;
  /** These fail from now on, with an error that names them. */
  readonly failing = new Set<FailingCall>();
  /** The latest write that was made durable while nobody was to know; undefined: all is told. */
  #untold: number | undefined;
  #listener: StoreListener | undefined;
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  open: LogStore['open'] = (done) => this.#store.open(done);
  found: LogStore['found'] = (...given) => this.#store.found(...given);
  remember: LogStore['remember'] = (...given) => {
    this.remembered.push(given);
    this.#store.remember(...given);
  };

  listen(listener: StoreListener): void {
    this.#listener = listener;
    this.#store.listen({
      persisted: (number) => {
        if (this.#untold === undefined) listener.persisted(number);
        else this.#untold = number;
      },
      failed: (error) => listener.failed(error),
      room: (hasRoom) => listener.room(hasRoom),
    });
  }

  append(write: Write): void {
    this.writes.push(write);
    this.#store.append(write);
  }

  createSnapshot: LogStore['createSnapshot'] = (base, done) =>
    this.#store.createSnapshot(base, (error, writer) => {
      if (error !== undefined) return done(error, nothing);
      const failure = this.#failureOf('createSnapshot');
      if (failure === undefined) return done(undefined, this.#watchedWriter(writer));
      writer.abandon();
      done(failure, nothing);
    });

  openSnapshot: LogStore['openSnapshot'] = (base, done) =>
    this.#store.openSnapshot(base, (error, reader) => {
      if (error !== undefined) return done(error, nothing);
      const failure = this.#failureOf('openSnapshot');
      if (failure === undefined) return done(undefined, this.#watchedReader(reader));
      reader.close();
      done(failure, nothing);
    });

  compact(index: number): void {
    this.compacted.push(index);
    this.#store.compact(index);
  }

  findRoom(): void {
    this.searches++;
    this.#store.findRoom();
  }

  close(done: () => void): void {
    this.closed++;
    this.#store.close(done);
  }

  // ---- what befalls it

  /** It cannot be trusted any more. */
  fail(message: string): void {
    this.#listener?.failed(new Error(message));
  }

  /** Its writes hang from now on. */
  hang(): void {
    this.#untold = 0;
  }

  /** Its writes are done again, and those that hung are. */
  answer(): void {
    const number = this.#untold ?? 0;
    this.#untold = undefined;
    if (number > 0) this.#listener?.persisted(number);
  }

  /** Its disk has room, or has none. */
  tellRoom(hasRoom: boolean): void {
    this.#listener?.room(hasRoom);
  }

  // ---- what is in it

  /** Puts a snapshot in place, whose answers come by `settle`. */
  putSnapshot(base: LogBase, pieces: Iterable<Uint8Array>, settle: () => void): void {
    this.#store.createSnapshot(base, (_, writer) => {
      for (const piece of pieces) writer.write(piece, () => {});
      writer.commit(() => {});
    });
    settle();
  }

  /** The bytes of a snapshot in place; undefined if there is none. */
  readSnapshot(base: LogBase, settle: () => void): Uint8Array | undefined {
    let content: Uint8Array | undefined;
    this.#store.openSnapshot(base, (_, reader) => {
      reader?.read(0, reader.length, (_, bytes) => {
        content = bytes;
        reader.close();
      });
    });
    settle();
    return content;
  }

  #failureOf(call: FailingCall): Error | undefined {
    return this.failing.has(call) ? new Error(`${call} failed`) : undefined;
  }

  /** Counts it as open until it is committed, abandoned, or has failed. */
  #watchedWriter(writer: SnapshotWriter): SnapshotWriter {
    const end = this.#opened();
    const answer = (call: FailingCall, done: (error: Error | undefined) => void) => {
      const failure = this.#failureOf(call);
      if (failure !== undefined) writer.abandon();
      return (error: Error | undefined) => {
        if (call === 'commit' || (failure ?? error) !== undefined) end();
        done(failure ?? error);
      };
    };
    return {
      write: (bytes, done) => {
        this.pieces++;
        writer.write(bytes, answer('write', done));
      },
      commit: (done) => writer.commit(answer('commit', done)),
      abandon: () => {
        end();
        writer.abandon();
      },
    };
  }

  #watchedReader(reader: SnapshotReader): SnapshotReader {
    const end = this.#opened();
    return {
      length: reader.length,
      read: (offset, length, done) =>
        reader.read(offset, length, (error, bytes) =>
          done(this.#failureOf('read') ?? error, bytes),
        ),
      close: () => {
        end();
        reader.close();
      },
    };
  }

  /** Counts something as open; answers how to end that. */
  #opened(): () => void {
    let isOpen = true;
    this.openSnapshots++;
    return () => {
      if (isOpen) this.openSnapshots--;
      isOpen = false;
    };
  }
}
