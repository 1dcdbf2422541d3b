/**
 * All that a server does with snapshots (§7), in one place: when it takes one, sends one to a
 * follower, receives one of its leader, and becomes what one says.
 */
import type { ServerEvent, Snapshot } from '../machines/context.js';
import type { SendChunk, StoreChunk } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import type { Message } from '../machines/messages.js';
import type { ServerSnapshot } from '../machines/server.js';
import type { Settings } from '../machines/settings.js';
import type { AppliedSize, Applier } from './applier.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { Clock } from './clock.js';
import type { LogStore } from './logStore.js';
import { RaftError } from './raftError.js';
import type { RaftEvent } from './raftEvents.js';
import { SnapshotDamaged } from './snapshotDecoder.js';
import { SnapshotReceiving } from './snapshotReceiving.js';
import { type RestoreDone, restoreSnapshot } from './snapshotRestoring.js';
import { SnapshotSending } from './snapshotSending.js';
import { SnapshotTaking } from './snapshotTaking.js';

export interface SnapshotsOptions {
  readonly store: LogStore;
  readonly stateMachine: BytesStateMachine;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly applier: Applier;
  readonly send: (to: ServerId, message: Message) => void;
  readonly post: (event: ServerEvent) => void;
  readonly tell: (event: RaftEvent) => void;
  /** A snapshot stands for the entries up to `index` from now on. */
  readonly covered: (index: number) => void;
  /** The state is that of a snapshot: entries may be applied again. */
  readonly restored: () => void;
  /** A snapshot that is in place cannot be read: the server cannot go on. */
  readonly failed: (error: Error) => void;
}

/** How soon a snapshot that failed is tried again, ms. */
const retryMs = 1_000;

export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #taking: SnapshotTaking;
  readonly #sending: SnapshotSending;
  readonly #receiving: SnapshotReceiving;
  /** Bytes of the newest one. */
  #bytes = 0;
  /** What was applied when the one under way was begun. */
  #begun: AppliedSize = { entries: 0, bytes: 0 };
  /** After a failure: when it may be tried again, monotonic ms. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** What the state is to become; entries are not applied meanwhile. */
  #restoring: LogBase | undefined;
  #isStopped = false;

  constructor(options: SnapshotsOptions) {
    const { store, clock, settings, send, tell } = options;
    this.#options = options;
    const failed = (during: 'taking' | 'sending') => (error: Error) =>
      tell({ type: 'snapshotFailed', during, error });
    this.#taking = new SnapshotTaking({
      store,
      clock,
      taken: (snapshot, bytes) => this.#taken(snapshot, bytes),
      failed: (error) => {
        this.#notBeforeMs = clock.monotonicMs() + retryMs;
        failed('taking')(error);
      },
    });
    const { chunkBytesMax } = settings;
    this.#sending = new SnapshotSending({
      store,
      chunkBytesMax,
      send,
      failed: failed('sending'),
    });
    this.#receiving = this.#receivingOf(options);
  }

  get isRestoring(): boolean {
    return this.#restoring !== undefined;
  }

  /** Whether one is being taken, or the state is not whole. */
  get isBusy(): boolean {
    return this.#taking.isUnderWay || this.isRestoring;
  }

  // ---- taking

  /** Freezes the state, and begins to write it. Not while `isBusy`. */
  take(): void {
    const { applier } = this.#options;
    this.#begun = applier.since;
    this.#taking.take(applier.freeze());
  }

  /** Takes one when the log has grown by as much as it may, or as the state is large. */
  takeWhenDue(): void {
    const { applier, settings, clock } = this.#options;
    const { entries, bytes } = applier.since;
    const isDue =
      entries >= settings.snapshotAfterEntries ||
      bytes >= Math.max(settings.snapshotAfterBytes, this.#bytes);
    if (isDue && !this.isBusy && clock.monotonicMs() >= this.#notBeforeMs) this.take();
  }

  #taken(snapshot: Snapshot, bytes: number): void {
    const { clock, post, tell, applier } = this.#options;
    this.#bytes = bytes;
    applier.covered(this.#begun);
    post({ type: 'snapshotTaken', snapshot, atMs: clock.monotonicMs() });
    tell({ type: 'snapshotTaken', index: snapshot.base.index, bytes });
  }

  // ---- sending

  /** Sends a piece of a snapshot to a follower. */
  send(effect: SendChunk): void {
    this.#sending.send(effect);
  }

  /** Notices that a follower has its snapshot, after its answer was taken. */
  noticeInstall(from: ServerId, before: ServerSnapshot, after: ServerSnapshot): void {
    const installing = before.context.leadership?.progress[from]?.installing;
    const { leadership } = after.context;
    if (installing === undefined || leadership === undefined) return;
    if (leadership.progress[from]?.installing?.base.index === installing.base.index) return;
    this.#sending.end(from);
    this.#options.tell({ type: 'snapshotSent', to: from, index: installing.base.index });
  }

  /** This server leads no more. */
  leaveOffice(): void {
    this.#sending.stop();
  }

  /** This server leads: it needs no snapshot of anybody. */
  takeOffice(): void {
    this.#receiving.stop();
  }

  // ---- receiving

  /** Puts a piece aside. */
  receive(effect: StoreChunk): void {
    this.#receiving.store(effect);
  }

  #receivingOf({ store, clock, post, tell }: SnapshotsOptions): SnapshotReceiving {
    const now = () => clock.monotonicMs();
    return new SnapshotReceiving({
      store,
      chunkStored: (base, offset) => post({ type: 'chunkStored', base, offset, atMs: now() }),
      snapshotStored: (snapshot) => post({ type: 'snapshotStored', snapshot, atMs: now() }),
      failed: (base, error) => {
        tell({ type: 'snapshotFailed', during: 'receiving', error });
        post({ type: 'snapshotFailed', base, atMs: now() });
      },
    });
  }

  // ---- restoring

  /** What the server starts from. */
  restoreFirst(base: LogBase, done: (error: Error | undefined, snapshot?: Snapshot) => void): void {
    this.#read(base, (error, restored) => {
      if (error !== undefined) return done(error);
      const { head, bytes } = restored!;
      this.#bytes = bytes;
      this.#options.applier.become(head);
      done(undefined, { base: head.base, configuration: head.configuration });
    });
  }

  /** The state becomes that of the snapshot; one that is newer still comes after it. */
  restore(base: LogBase): void {
    this.#options.covered(base.index);
    const isUnderWay = this.isRestoring;
    this.#restoring = base;
    if (!isUnderWay) this.#restoreNewest(base);
  }

  #restoreNewest(base: LogBase): void {
    const { failed, applier, tell } = this.#options;
    this.#read(base, (error, restored) => {
      if (this.#isStopped) return;
      const newest = this.#restoring!;
      const isOutdone = newest.index > base.index;
      // The store may drop one that is outdone before it was opened.
      if (error !== undefined && !isOutdone) return failed(error);
      if (restored !== undefined) {
        this.#bytes = restored.bytes;
        this.#begun = { entries: 0, bytes: 0 };
        applier.become(restored.head);
      }
      if (isOutdone) return this.#restoreNewest(newest);
      this.#restoring = undefined;
      tell({ type: 'snapshotInstalled', index: base.index, bytes: this.#bytes });
      this.#options.restored();
    });
  }

  #read(base: LogBase, done: RestoreDone): void {
    const { store, stateMachine, clock } = this.#options;
    const options = {
      store,
      stateMachine,
      base,
      defer: (run: () => void) => clock.defer(run),
      isCancelled: () => this.#isStopped,
    };
    restoreSnapshot(options, (error, restored) => {
      const isDamaged = error instanceof SnapshotDamaged;
      done(isDamaged ? damagedInPlace(base, error) : error, restored);
    });
  }

  /** For good: what is under way is abandoned. */
  stop(): void {
    this.#isStopped = true;
    this.#taking.stop();
    this.#sending.stop();
    this.#receiving.stop();
  }
}

function damagedInPlace(base: LogBase, { message }: SnapshotDamaged): RaftError {
  const remedy =
    'restore the folder from a backup that is no older than the last thing this server said, or ' +
    'remove the server from the cluster and add it again with an empty folder';
  const flaw = `the snapshot of entry ${base.index} in the store cannot be read: ${message}`;
  const text = `${flaw}. ${remedy}`;
  return new RaftError('RAFT_STORE_DAMAGED', 'notDone', text);
}
