/**
 * A Raft server at work: the statechart of `machines/server.ts` with its hands. Events arrive on
 * streams (messages, timers, what the disk has finished, what clients ask), pass one mailbox, and
 * step the machine one after another; what the machine wants done goes to the transport, the store,
 * the timers and the state machine.
 *
 * Nothing here decides anything about the protocol. Commands are bytes, answers are callbacks: the
 * typed and promising surface is `server.ts`.
 */
import { Observable, Subject, type Subscription } from 'rxjs';
import {
  noSnapshot,
  type ServerContext,
  type ServerEvent,
  type Snapshot,
} from '../machines/context.js';
import type { Effect, Persist } from '../machines/effects.js';
import type { Entry, Proposal, ServerId } from '../machines/entry.js';
import { type Role, roleOf, type ServerSnapshot, type server } from '../machines/server.js';
import { defaultSettings, type Settings, settingsFlaw } from '../machines/settings.js';
import { createStepper, type Stepper } from '../machines/stepper.js';
import { Applier } from './applier.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { Clock } from './clock.js';
import { DiskWatch } from './diskWatch.js';
import { DurabilityGate } from './durabilityGate.js';
import { LeaderReads } from './leaderReads.js';
import type { LogStore, Recovered } from './logStore.js';
import type { EntryOutcome, Settle } from './outcome.js';
import { PendingProposals } from './pendingProposals.js';
import type { RaftErrorCode } from './raftError.js';
import { eventsOf, type RaftEvent } from './raftEvents.js';
import type { Random } from './random.js';
import type { ReadDone } from './readQueue.js';
import type { SessionLimits } from './sessions.js';
import { Snapshots } from './snapshots.js';
import { type Status, statusOf } from './status.js';
import { steadyClock } from './steadyClock.js';
import { wrongIdentity } from './storeOwner.js';
import { Timers } from './timers.js';
import type { Transport } from './transport.js';

/** All groups of a host share its transport and store; there is one so far. */
const group = 0;

export interface ServerActorOptions {
  readonly id: ServerId;
  readonly clusterId: string;
  /** Addresses by server id, the own one among them. */
  readonly servers: Readonly<Record<ServerId, string>>;
  readonly stateMachine: BytesStateMachine;
  /** What the state machine answers, as bytes (as it is: it answers bytes). */
  readonly encodeValue?: ((value: unknown) => Uint8Array) | undefined;
  readonly transport: Transport;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings?: Partial<Settings> | undefined;
  /** A proposal that is not settled by then is *unknown*, ms (5,000). */
  readonly proposalTimeoutMs?: number | undefined;
  /** A wall clock that jumps further is not followed, ms (one hour). */
  readonly clockJumpMaxMs?: number | undefined;
  /** What is kept of sessions; the same on all servers, since it decides what is replicated. */
  readonly sessionLimits?: Partial<SessionLimits> | undefined;
  /** Another machine in place of the server's: a mutant, in tests of the tests. */
  readonly machine?: typeof server | undefined;
}

/** One step of a server, for whoever watches: a recorder, a checker, a diagram. */
export interface Step {
  readonly event: ServerEvent | undefined;
  readonly before: ServerSnapshot | undefined;
  readonly after: ServerSnapshot;
  readonly effects: readonly Effect[];
}

export interface Applied {
  readonly entry: Entry;
  readonly outcome: EntryOutcome;
}

/** Where a proposal stands in the log, or why it does not. */
export type Place =
  | { readonly index: number; readonly term: number }
  | { readonly refusal: RaftErrorCode; readonly reason: string };

export class ServerActor {
  readonly id: ServerId;
  readonly #options: ServerActorOptions;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #gate: DurabilityGate;
  readonly #timers: Timers;
  readonly #proposals: PendingProposals;
  readonly #reads: LeaderReads;
  readonly #applier: Applier;
  readonly #disk: DiskWatch;
  readonly #snapshots: Snapshots;
  readonly #steps = new Subject<Step>();
  readonly #applied = new Subject<Applied>();
  readonly #events = new Subject<RaftEvent>();
  readonly #mailbox: ServerEvent[] = [];
  readonly #subscriptions: Subscription[] = [];
  #proposed: Proposal[] = [];
  /** Bytes of entries in the log that are not applied, while this server leads. */
  #uncommittedBytes = 0;
  #stepper: Stepper | undefined;
  #isDraining = false;
  #isFlushDeferred = false;
  #isApplyDeferred = false;
  #isStopped = false;
  #lastRole: Role = 'follower';
  #lastLeader: ServerId | undefined;
  #lastTerm = 0;

  constructor(options: ServerActorOptions) {
    const { random, transport, store, stateMachine } = options;
    this.id = options.id;
    this.#options = options;
    this.#settings = { ...defaultSettings, ...options.settings };
    const flaw = settingsFlaw(this.#settings);
    if (flaw !== undefined) throw new RangeError(flaw);
    const clock = steadyClock(options.clock, options.clockJumpMaxMs ?? 3_600_000, (ms) =>
      this.#tell({ type: 'clockJumped', ms }),
    );
    this.#clock = clock;
    this.#gate = new DurabilityGate((send) => transport.send(send.to, group, send.message));
    this.#timers = new Timers(clock, random, {
      fire: (timer) => this.#post({ type: `timer.${timer}`, atMs: clock.monotonicMs() }),
      late: (ms) => this.#tell({ type: 'stalled', ms: Math.round(ms) }),
    });
    this.#proposals = new PendingProposals(clock, options.proposalTimeoutMs ?? 5_000);
    this.#reads = new LeaderReads({
      stateMachine,
      clock,
      isLeader: () => this.isLeader,
      propose: (what, settle) => 'index' in this.propose(what, settle),
      guarded: (run) => this.#guarded(run),
    });
    this.#applier = new Applier({
      stateMachine,
      encodeValue: options.encodeValue ?? ((value) => value as Uint8Array),
      applied: this.#entryApplied,
      sessionLimits: options.sessionLimits,
      group,
      monotonicMs: () => clock.monotonicMs(),
    });
    this.#disk = new DiskWatch({
      clock,
      stallMs: this.#settings.electionTimeoutMaxMs,
      findRoom: () => store.findRoom(),
      changed: (disk) => {
        this.#tell({ type: 'diskChanged', disk });
        this.#post({ type: 'diskChanged', disk, atMs: clock.monotonicMs() });
      },
    });
    this.#snapshots = new Snapshots({
      store,
      stateMachine,
      clock,
      settings: this.#settings,
      applier: this.#applier,
      send: (to, message) => transport.send(to, group, message),
      post: (event) => this.#post(event),
      tell: (event) => this.#tell(event),
      covered: (index) => this.#proposals.covered(index),
      restored: () => this.#guarded(() => this.#apply()),
      failed: (error) => this.#fail(error),
    });
  }

  /** Every step of the machine. Costs nothing while nobody watches. */
  get steps$(): Observable<Step> {
    return this.#steps;
  }

  /** Every entry, after it was applied here. */
  get applied$(): Observable<Applied> {
    return this.#applied;
  }

  /** What befalls this server. */
  get events$(): Observable<RaftEvent> {
    return this.#events;
  }

  /** The machine's present snapshot: what a simulator's checkers look at. */
  get snapshot(): ServerSnapshot | undefined {
    return this.#stepper?.snapshot;
  }

  /** Number of the latest write that is known to be durable. */
  get durableWrite(): number {
    return this.#gate.durable;
  }

  status(): Status {
    const clock = this.#clock;
    const isRunning = this.#stepper !== undefined && !this.#isStopped;
    return {
      ...statusOf(this.#context, clock.monotonicMs(), clock.wallMs()),
      id: this.id,
      role: isRunning ? this.#lastRole : 'stopped',
      lastApplied: this.#applier.lastApplied,
      logTimeMs: this.#applier.logTimeMs,
      sessions: this.#applier.sessions,
      disk: this.#disk.condition,
    };
  }

  /** Recovers, listens, and begins as a follower. Before it there is no file, socket or timer. */
  start(done: (error: Error | undefined) => void): void {
    const { store, clusterId, id } = this.#options;
    store.open((error, recovered) => {
      if (error !== undefined) return done(error);
      if (this.#isStopped) return done(new Error(`server ${id} was stopped while it started`));
      const refusal = wrongIdentity(recovered, clusterId, id);
      if (refusal === undefined) this.#restoreFirst(recovered, done);
      else store.close(() => done(refusal));
    });
  }

  /**
   * Appends to the log if this server leads and has room, and says at once where. Many proposals of
   * one turn make one write and one message. The place is settled before anything else can happen
   * to the server.
   */
  propose(what: Proposal, settle: Settle): Place {
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const { log, currentTerm: term } = this.#context!;
    const index = log.lastIndex + this.#proposed.push(what);
    this.#uncommittedBytes += what.bytes.length;
    this.#proposals.add(index, term, settle);
    this.#flushSoon();
    return { index, term };
  }

  /** Asks for a point at which the state here is linearizable. Only a leader can give one. */
  read(done: ReadDone): void {
    if (!this.isLeader) return done(`server ${this.id} does not lead`);
    this.#reads.queue.add(done);
    this.#flushSoon();
  }

  /** Hands leadership over; `events$` tells how it goes. Answers why it cannot even be tried. */
  transferLeadership(to: ServerId | undefined): string | undefined {
    if (!this.isLeader) return `server ${this.id} does not lead`;
    const { transfer } = this.#context!.leadership!;
    if (transfer !== undefined) return `server ${this.id} is handing over to ${transfer.to}`;
    this.#post({ type: 'TransferLeadership', to, atMs: this.#clock.monotonicMs() });
    if (!this.isLeader || this.#context!.leadership!.transfer !== undefined) return undefined;
    return to === undefined
      ? `server ${this.id} has nobody to hand over to, or was elected only now`
      : `server ${to} is no other voter of this cluster, or ${this.id} was elected only now`;
  }

  /** Begins a snapshot of the state as it is now; `events$` tells when it is in place. */
  takeSnapshot(): string | undefined {
    if (this.#stepper === undefined || this.#isStopped) return `server ${this.id} does not run`;
    if (this.#snapshots.isBusy) return `server ${this.id} is at one already`;
    this.#guarded(() => this.#snapshots.take());
    return undefined;
  }

  get #context(): ServerContext | undefined {
    return this.#stepper?.snapshot.context;
  }

  get term(): number {
    return this.#context?.currentTerm ?? 0;
  }

  /** The leader of this term, as far as it is known here. */
  get leaderId(): ServerId | undefined {
    return this.#context?.leaderId;
  }

  get lastApplied(): number {
    return this.#applier.lastApplied;
  }

  get isLeader(): boolean {
    return !this.#isStopped && this.#context?.leadership !== undefined;
  }

  /** The wall clock that entries are stamped by, ms since 1970: it does not jump. */
  wallMs(): number {
    return this.#clock.wallMs();
  }

  /** It was stopped, or has stopped by itself. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  get stateMachine(): BytesStateMachine {
    return this.#options.stateMachine;
  }

  /** Idempotent. No timer, file or socket stays behind, and everything that waits is answered. */
  stop(done: () => void): void {
    this.#halt('the server stopped');
    const { transport, store } = this.#options;
    transport.close(() =>
      store.close(() => {
        this.#complete();
        done();
      }),
    );
  }

  // ---- the beginning

  /** The state of the newest snapshot, before anybody is heard. */
  #restoreFirst(recovered: Recovered, done: (error: Error | undefined) => void): void {
    if (recovered.snapshot === undefined) return this.#listen(recovered, noSnapshot, done);
    this.#snapshots.restoreFirst(recovered.snapshot, (error, snapshot) => {
      if (this.#isStopped) return done(new Error(`server ${this.id} was stopped while it started`));
      if (error !== undefined) return this.#options.store.close(() => done(error));
      this.#listen(recovered, snapshot!, done);
    });
  }

  #listen(
    recovered: Recovered,
    snapshot: Snapshot,
    done: (error: Error | undefined) => void,
  ): void {
    const { transport, store, clusterId, id, servers } = this.#options;
    store.listen({
      persisted: (number) => this.#persisted(number),
      failed: (error) => this.#fail(error),
      room: (hasRoom) => this.#disk.room(hasRoom),
    });
    this.#subscriptions.push(
      transport.messages$.subscribe((message) => {
        message.atMs = this.#clock.monotonicMs();
        this.#post(message);
      }),
      transport.notices$.subscribe((notice) => {
        if (notice.type === 'metStore') store.remember(notice.serverId, notice.storeId);
      }),
    );
    const { storeId } = recovered.identity!;
    const { knownStores } = recovered;
    transport.open({ clusterId, serverId: id, storeId, servers, knownStores }, (error) => {
      if (error !== undefined) return this.stop(() => done(error));
      if (this.#isStopped) return done(new Error(`server ${id} was stopped while it started`));
      try {
        this.#begin(recovered, snapshot);
      } catch (unreadable) {
        return this.stop(() => done(asError(unreadable)));
      }
      done(undefined);
    });
  }

  #begin({ currentTerm, votedFor, base, entries }: Recovered, snapshot: Snapshot): void {
    const { id, machine } = this.#options;
    const settings = this.#settings;
    const nowMs = this.#clock.monotonicMs();
    const input = { id, settings, currentTerm, votedFor, base, entries, snapshot, nowMs };
    const { stepper, effects } = createStepper(input, machine);
    this.#stepper = stepper;
    this.#lastTerm = currentTerm;
    this.#report(undefined, undefined, effects);
    for (const effect of effects) this.#perform(effect);
    this.#drain();
  }

  // ---- the mailbox

  #post(event: ServerEvent): void {
    if (this.#isStopped) return;
    this.#mailbox.push(event);
    this.#drain();
  }

  /** Steps through what is in the mailbox; what comes in meanwhile goes to its end. */
  #drain(): void {
    if (this.#isDraining || this.#stepper === undefined) return;
    this.#isDraining = true;
    try {
      for (let next = 0; !this.#isStopped; next++) {
        this.#flushProposals();
        const event = this.#mailbox[next];
        if (event === undefined) break;
        this.#step(event);
      }
      this.#mailbox.length = 0;
    } catch (error) {
      this.#fail(asError(error));
    } finally {
      this.#isDraining = false;
    }
  }

  #step(event: ServerEvent): void {
    const stepper = this.#stepper!;
    const before = stepper.snapshot;
    const effects = stepper.step(event);
    const after = stepper.snapshot;
    this.#report(event, before, effects);
    if (
      before.value !== after.value ||
      before.context.leaderId !== after.context.leaderId ||
      before.context.currentTerm !== after.context.currentTerm
    ) {
      this.#noticeChange(event, before, after);
    }
    if (event.type === 'InstallSnapshotResponse')
      this.#snapshots.noticeInstall(event.from, before, after);
    for (const effect of effects) this.#perform(effect);
  }

  #report(
    event: ServerEvent | undefined,
    before: ServerSnapshot | undefined,
    effects: readonly Effect[],
  ): void {
    if (this.#steps.observed) {
      this.#steps.next({ event, before, after: this.#stepper!.snapshot, effects });
    }
  }

  /**
   * What clients asked for goes in before anything else, so that its place in the log is as it was
   * told.
   */
  #flushProposals(): void {
    const clock = this.#clock;
    if (this.#proposed.length > 0) {
      const proposals = this.#proposed;
      this.#proposed = [];
      const atMs = clock.monotonicMs();
      this.#step({ type: 'ClientRequest', proposals, wallMs: clock.wallMs(), atMs });
    }
    const batch = this.isLeader ? this.#reads.queue.nextBatch() : undefined;
    if (batch !== undefined) this.#step({ type: 'ReadRequest', batch, atMs: clock.monotonicMs() });
  }

  #flushSoon(): void {
    if (this.#isFlushDeferred) return;
    this.#isFlushDeferred = true;
    this.#clock.defer(() => {
      this.#isFlushDeferred = false;
      if (!this.#isStopped) this.#drain();
    });
  }

  /** Why nothing can be proposed here now. */
  #refusal(): Exclude<Place, { index: number }> | undefined {
    if (!this.isLeader) {
      return { refusal: 'RAFT_NOT_LEADER', reason: `server ${this.id} does not lead` };
    }
    const { leadership } = this.#context!;
    if (leadership!.transfer !== undefined) {
      const reason = `server ${this.id} is handing leadership over to ${leadership!.transfer.to}`;
      return { refusal: 'RAFT_NOT_LEADER', reason };
    }
    if (this.#disk.condition === 'full') {
      return { refusal: 'RAFT_OVERLOADED', reason: `the disk of server ${this.id} is full` };
    }
    const { uncommittedBytesMax } = this.#settings;
    if (this.#uncommittedBytes < uncommittedBytesMax) return undefined;
    const waiting = `${this.#uncommittedBytes} bytes wait to be committed`;
    const reason = `${waiting}, and no more than ${uncommittedBytesMax} may`;
    return { refusal: 'RAFT_OVERLOADED', reason };
  }

  #noticeChange(event: ServerEvent, before: ServerSnapshot, after: ServerSnapshot): void {
    const role = roleOf(after);
    const { leaderId, currentTerm, commitIndex, log } = after.context;
    const happened = eventsOf(event, before, after);
    const isSame =
      leaderId === this.#lastLeader && currentTerm === this.#lastTerm && role === this.#lastRole;
    const led = this.#lastRole === 'leader';
    this.#lastRole = role;
    this.#lastLeader = leaderId;
    this.#lastTerm = currentTerm;
    if (led && role !== 'leader') {
      this.#reads.leave(`server ${this.id} leads no more`, commitIndex);
      this.#snapshots.leaveOffice();
    } else if (!led && role === 'leader') {
      this.#uncommittedBytes = log.bytesFrom(this.#applier.lastApplied + 1);
      this.#reads.tickWhenDue();
      this.#snapshots.takeOffice();
    }
    for (const one of happened) this.#tell(one);
    if (!isSame && this.#events.observed) this.#tell({ type: 'changed', status: this.status() });
  }

  #tell(event: RaftEvent): void {
    if (this.#events.observed) this.#events.next(event);
  }

  // ---- effects

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        return this.#gate.send(effect);
      case 'persist':
        return this.#persist(effect);
      case 'setTimer':
        return this.#timers.set(effect);
      case 'clearTimer':
        return this.#timers.clear(effect.timer);
      case 'apply':
        return this.#apply();
      case 'confirmReads':
        this.#reads.queue.confirmed(effect.batch, effect.readIndex);
        return this.#reads.answer(this.#applier.lastApplied);
      case 'sendChunk':
        return this.#snapshots.send(effect);
      case 'storeChunk':
        return this.#snapshots.receive(effect);
      case 'restore':
        return this.#snapshots.restore(effect.base);
      case 'compact':
        return this.#options.store.compact(effect.index);
    }
  }

  #persist(write: Persist): void {
    this.#gate.wrote(write);
    this.#disk.wrote(write.number);
    this.#options.store.append(write);
  }

  #persisted(number: number): void {
    if (this.#isStopped) return;
    const lastIndex = this.#gate.persisted(number);
    this.#disk.persisted(number);
    const atMs = this.#clock.monotonicMs();
    this.#post({ type: 'persisted', number, lastIndex, atMs });
    this.#gate.open();
  }

  /**
   * Applies what is committed, a slice a turn: while more is left, later commits wait for their
   * turn as well, and all of them for a snapshot that is being restored.
   */
  #apply(): void {
    if (this.#isApplyDeferred || this.#snapshots.isRestoring) return;
    const { log, commitIndex } = this.#context!;
    const isMore = this.#applier.apply(log, commitIndex);
    this.#reads.answer(this.#applier.lastApplied);
    if (this.isLeader) this.#reads.tickWhenDue();
    this.#snapshots.takeWhenDue();
    if (!isMore) return;
    this.#isApplyDeferred = true;
    this.#clock.defer(() => {
      this.#isApplyDeferred = false;
      if (!this.#isStopped) this.#guarded(() => this.#apply());
    });
  }

  readonly #entryApplied = (entry: Entry, outcome: EntryOutcome): void => {
    this.#uncommittedBytes = Math.max(0, this.#uncommittedBytes - entry.bytes.length);
    this.#proposals.applied(entry, outcome);
    if (this.#applied.observed) this.#applied.next({ entry, outcome });
  };

  // ---- the end

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  /** A store that failed, or a law that does not hold: going on could only make it worse. */
  #fail(error: Error): void {
    if (this.#isStopped) return;
    this.#halt(error.message);
    const { transport, store } = this.#options;
    transport.close(() =>
      store.close(() => {
        this.#tell({ type: 'failed', error });
        this.#complete();
      }),
    );
  }

  #halt(reason: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#timers.stop();
    this.#disk.stop();
    this.#snapshots.stop();
    this.#mailbox.length = 0;
    this.#reads.stop(reason);
    this.#proposals.abandon(reason);
    if (this.#events.observed) this.#tell({ type: 'changed', status: this.status() });
  }

  /** Whoever watches is told that nothing more will come. */
  #complete(): void {
    this.#steps.complete();
    this.#applied.complete();
    this.#events.complete();
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
