/**
 * The content of a data folder as one thing: what a person copies, wipes, swaps and puts back, and
 * what a server has to say to it.
 */
import type { RaftErrorCode } from '../actors/raftError.js';
import type { ServerId } from '../machines/entry.js';
import type { SectorDisk } from './disk.js';
import type { DiskHarm } from './diskHarm.js';
import type { DiskImage } from './diskRules.js';

/** What was done to a folder, so that it does not hold any more what it should. */
export interface Harm {
  /** Whether it may be unreadable; else it is older than what its server has promised. */
  readonly isDamage: boolean;
  /** Told when the server has noticed. */
  readonly mattered: () => void;
}

export interface Folder {
  /** Undefined: it is empty. */
  readonly foundedFor: ServerId | undefined;
  readonly harm: Harm | undefined;
  readonly files: DiskImage;
}

/** What is left of a folder that was wiped. */
export const emptyFolder: Folder = {
  foundedFor: undefined,
  harm: undefined,
  files: new Map(),
};

/** The data folder of one server, on its disk. */
export class DataFolder {
  readonly #owner: ServerId;
  readonly #disk: SectorDisk;
  /** Undefined: it is empty. */
  #foundedFor: ServerId | undefined;
  #harm: Harm | undefined;

  constructor(owner: ServerId, disk: SectorDisk) {
    this.#owner = owner;
    this.#disk = disk;
  }

  /** Its owner's cluster is founded. */
  found(): void {
    this.#foundedFor = this.#owner;
  }

  /** What is in it now, as a copy would hold it. */
  copy(): Folder {
    return { foundedFor: this.#foundedFor, harm: this.#harm, files: this.#disk.image() };
  }

  /** Somebody puts this in its place; no process runs on it. */
  replace({ foundedFor, harm, files }: Folder): void {
    this.#disk.putBack(files);
    this.#foundedFor = foundedFor;
    this.#harm = harm;
  }

  /** Something else than was written stands in a file from now on. */
  overwrite({ file, offset, bytes }: DiskHarm, harm: Harm): void {
    this.#disk.overwrite(file, offset, bytes);
    this.#harm = harm;
  }

  /** Whether what its server has promised is not in it any more, or cannot be read. */
  get isRuined(): boolean {
    return this.#harm !== undefined || this.#foundedFor !== this.#owner;
  }

  /** With which error its server must refuse it; undefined: it is its own. */
  get refusalDue(): RaftErrorCode | undefined {
    if (this.#foundedFor === undefined) return 'RAFT_NOT_FOUNDED';
    return this.#foundedFor === this.#owner ? undefined : 'RAFT_WRONG_CLUSTER';
  }

  /**
   * Whether its server rightly says so and goes no further: it was damaged. Without its identity, a
   * folder in which nothing was written since looks as if its founding had not come to an end.
   */
  isUnreadable(code: string | undefined): boolean {
    const saysSo = code === 'RAFT_STORE_DAMAGED' || code === 'RAFT_NOT_FOUNDED';
    return this.#harm?.isDamage === true && saysSo;
  }

  /** Its server has found out what was done to it. */
  noticed(): void {
    this.#harm?.mattered();
  }
}
