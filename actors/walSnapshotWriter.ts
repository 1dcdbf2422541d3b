/**
 * A snapshot that is being written: a growing file aside, put in place when it is whole. Whatever
 * goes wrong, nothing is left of it.
 */
import type { Done, GrowingFile } from './disk.js';
import type { SnapshotWriter } from './logStore.js';

export class WalSnapshotWriter implements SnapshotWriter {
  /** Undefined once it is in place, or removed. */
  #file: GrowingFile | undefined;
  readonly #name: string;
  /** Called once, when nothing is open any more; `isInPlace` if it was put in place. */
  readonly #ended: (isInPlace: boolean) => void;
  /** Whether an operation of the file is on its way. */
  #isBusy = false;
  #isAbandoned = false;
  #whenGone: (() => void)[] = [];

  /** `name` is that under which it is put in place. */
  constructor(file: GrowingFile, name: string, ended: (isInPlace: boolean) => void) {
    this.#file = file;
    this.#name = name;
    this.#ended = ended;
  }

  write(bytes: Uint8Array, done: Done): void {
    const file = this.#file;
    if (file === undefined || this.#isBusy) return done(this.#refusal());
    this.#isBusy = true;
    file.write(bytes, (error) => {
      this.#isBusy = false;
      if (error === undefined && !this.#isAbandoned) return done(undefined);
      this.#remove(file, () => done(error ?? this.#refusal()));
    });
  }

  commit(done: Done): void {
    const file = this.#file;
    if (file === undefined || this.#isBusy) return done(this.#refusal());
    this.#isBusy = true;
    // It is renamed whole or not at all: from here on nobody can abandon it.
    file.commit(this.#name, (error) => {
      this.#isBusy = false;
      this.#gone(error === undefined);
      done(error);
    });
  }

  abandon(): void {
    this.end(() => {});
  }

  /** Abandons it, and answers when nothing is open. */
  end(done: () => void): void {
    const file = this.#file;
    if (file === undefined) return done();
    this.#whenGone.push(done);
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    if (!this.#isBusy) this.#remove(file, () => {});
  }

  #remove(file: GrowingFile, done: () => void): void {
    this.#isAbandoned = true;
    this.#isBusy = true;
    file.abandon(() => {
      this.#isBusy = false;
      this.#gone(false);
      done();
    });
  }

  #gone(isInPlace: boolean): void {
    this.#file = undefined;
    this.#ended(isInPlace);
    for (const done of this.#whenGone.splice(0)) done();
  }

  #refusal(): Error {
    const why = this.#isBusy ? 'one call at a time' : 'it is not being written any more';
    return new Error(`${this.#name}: ${why}`);
  }
}
