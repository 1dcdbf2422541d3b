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
import { defaultSettings, type ServerEvent, type Settings } from '../machines/context.js';
import type { Effect, Persist } from '../machines/effects.js';
import { type Entry, type Proposal, proposal, type ServerId } from '../machines/entry.js';
import { type Role, roleOf, type ServerSnapshot, type server } from '../machines/server.js';
import { createStepper, type Stepper } from '../machines/stepper.js';
import { Applier, type BytesStateMachine } from './applier.js';
import type { Cancel, Clock } from './clock.js';
import { DurabilityGate } from './durabilityGate.js';
import type { LogStore, Recovered } from './logStore.js';
import { notDone, type Settle } from './outcome.js';
import { PendingProposals } from './pendingProposals.js';
import { RaftError } from './raftError.js';
import type { Random } from './random.js';
import { type ReadDone, ReadQueue } from './readQueue.js';
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
  readonly transport: Transport;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings?: Partial<Settings> | undefined;
  /** A proposal that is not settled by then is *unknown*, ms (5,000). */
  readonly proposalTimeoutMs?: number | undefined;
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
  readonly value: unknown;
}

/** What a server is doing, in figures. */
export interface Status {
  readonly id: ServerId;
  readonly role: Role | 'stopped';
  readonly term: number;
  readonly leaderId: ServerId | undefined;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastIndex: number;
  /** Log time: the stamp of the last applied entry, ms since 1970; 0 before the first. */
  readonly logTimeMs: number;
}

export class ServerActor {
  readonly id: ServerId;
  readonly #options: ServerActorOptions;
  readonly #gate: DurabilityGate;
  readonly #timers: Timers;
  readonly #proposals: PendingProposals;
  readonly #reads = new ReadQueue();
  readonly #steps = new Subject<Step>();
  readonly #applied = new Subject<Applied>();
  readonly #changes = new Subject<Status>();
  readonly #failures = new Subject<Error>();
  readonly #mailbox: ServerEvent[] = [];
  readonly #subscriptions: Subscription[] = [];
  #proposed: Proposal[] = [];
  #stepper: Stepper | undefined;
  #applier: Applier | undefined;
  #isDraining = false;
  #isFlushDeferred = false;
  #isApplyDeferred = false;
  #isStopped = false;
  #cancelTick: Cancel = () => {};
  #lastRole: Role = 'follower';
  #lastLeader: ServerId | undefined;
  #lastTerm = 0;

  constructor(options: ServerActorOptions) {
    const { clock, random, transport } = options;
    this.id = options.id;
    this.#options = options;
    this.#gate = new DurabilityGate((send) => transport.send(send.to, group, send.message));
    this.#timers = new Timers(clock, random, (timer) =>
      this.#post({ type: `timer.${timer}`, atMs: clock.monotonicMs() }),
    );
    this.#proposals = new PendingProposals(clock, options.proposalTimeoutMs ?? 5_000);
  }

  /** Every step of the machine. Costs nothing while nobody watches. */
  get steps$(): Observable<Step> {
    return this.#steps;
  }

  /** Every entry, after it was applied here. */
  get applied$(): Observable<Applied> {
    return this.#applied;
  }

  /** The status after each change of role, term or leader. */
  get changes$(): Observable<Status> {
    return this.#changes;
  }

  /** Why this server stopped by itself; at most one. */
  get failures$(): Observable<Error> {
    return this.#failures;
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
    const context = this.#stepper?.snapshot.context;
    return {
      id: this.id,
      role: this.#stepper === undefined || this.#isStopped ? 'stopped' : this.#lastRole,
      term: context?.currentTerm ?? 0,
      leaderId: context?.leaderId,
      commitIndex: context?.commitIndex ?? 0,
      lastApplied: this.#applier?.lastApplied ?? 0,
      lastIndex: context?.log.lastIndex ?? 0,
      logTimeMs: this.#applier?.logTimeMs ?? 0,
    };
  }

  /** Recovers, listens, and begins as a follower. Before it there is no file, socket or timer. */
  start(done: (error: Error | undefined) => void): void {
    const { store, clusterId, id } = this.#options;
    store.open((error, recovered) => {
      if (error !== undefined) return done(error);
      if (this.#isStopped) return done(new Error(`server ${id} was stopped while it started`));
      const refusal = wrongIdentity(recovered, clusterId, id);
      if (refusal === undefined) this.#listen(recovered, done);
      else store.close(() => done(refusal));
    });
  }

  /**
   * Appends to the log if this server leads, and says at once where. Many proposals of one turn
   * make one write and one message. The place is settled before anything else can happen to the
   * server.
   */
  propose(what: Proposal, settle: Settle): { index: number; term: number } | undefined {
    if (!this.isLeader) return undefined;
    const { log, currentTerm: term } = this.#stepper!.snapshot.context;
    const index = log.lastIndex + this.#proposed.push(what);
    this.#proposals.add(index, term, settle);
    this.#flushSoon();
    return { index, term };
  }

  /** Asks for a point at which the state here is linearizable. Only a leader can give one. */
  read(done: ReadDone): void {
    if (!this.isLeader) return done(`server ${this.id} does not lead`);
    this.#reads.add(done);
    this.#flushSoon();
  }

  get isLeader(): boolean {
    return !this.#isStopped && this.#stepper?.snapshot.context.leadership !== undefined;
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

  #listen(recovered: Recovered, done: (error: Error | undefined) => void): void {
    const { transport, store, clusterId, id, servers, clock } = this.#options;
    store.listen({
      persisted: (number) => this.#persisted(number),
      failed: (error) => this.#fail(error),
    });
    this.#subscriptions.push(
      transport.messages$.subscribe((message) => {
        message.atMs = clock.monotonicMs();
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
        this.#begin(recovered);
      } catch (unreadable) {
        return this.stop(() => done(asError(unreadable)));
      }
      done(undefined);
    });
  }

  #begin({ currentTerm, votedFor, entries }: Recovered): void {
    const { id, settings, machine, stateMachine } = this.#options;
    const base = { index: 0, term: 0 };
    this.#applier = new Applier(stateMachine, { applied: this.#entryApplied }, base.index);
    const input = {
      id,
      settings: { ...defaultSettings, ...settings },
      currentTerm,
      votedFor,
      base,
      entries,
    };
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
      this.#noticeChange();
    }
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
    const { clock } = this.#options;
    if (this.#proposed.length > 0) {
      const proposals = this.#proposed;
      this.#proposed = [];
      const atMs = clock.monotonicMs();
      this.#step({ type: 'ClientRequest', proposals, wallMs: clock.wallMs(), atMs });
    }
    const batch = this.isLeader ? this.#reads.nextBatch() : undefined;
    if (batch !== undefined) this.#step({ type: 'ReadRequest', batch, atMs: clock.monotonicMs() });
  }

  #flushSoon(): void {
    if (this.#isFlushDeferred) return;
    this.#isFlushDeferred = true;
    this.#options.clock.defer(() => {
      this.#isFlushDeferred = false;
      if (!this.#isStopped) this.#drain();
    });
  }

  #noticeChange(): void {
    const { snapshot } = this.#stepper!;
    const role = roleOf(snapshot);
    const { leaderId, currentTerm, commitIndex } = snapshot.context;
    const isSameLeader = leaderId === this.#lastLeader && currentTerm === this.#lastTerm;
    if (isSameLeader && role === this.#lastRole) return;
    const led = this.#lastRole === 'leader';
    this.#lastRole = role;
    this.#lastLeader = leaderId;
    this.#lastTerm = currentTerm;
    if (led) {
      this.#reads.refuse(`server ${this.id} leads no more`, commitIndex);
      this.#cancelTick();
    } else if (role === 'leader') this.#tickWhenDue();
    if (this.#changes.observed) this.#changes.next(this.status());
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
        this.#reads.confirmed(effect.batch, effect.readIndex);
        return this.#answerReads();
    }
  }

  #persist(write: Persist): void {
    this.#gate.wrote(write);
    this.#options.store.append(write);
  }

  #persisted(number: number): void {
    if (this.#isStopped) return;
    const lastIndex = this.#gate.persisted(number);
    const atMs = this.#options.clock.monotonicMs();
    this.#post({ type: 'persisted', number, lastIndex, atMs });
    this.#gate.open();
  }

  /**
   * Applies what is committed, a slice a turn: while more is left, later commits wait for their
   * turn as well.
   */
  #apply(): void {
    if (this.#isApplyDeferred) return;
    const { log, commitIndex } = this.#stepper!.snapshot.context;
    const isMore = this.#applier!.apply(log, commitIndex);
    this.#answerReads();
    if (this.isLeader) this.#tickWhenDue();
    if (!isMore) return;
    this.#isApplyDeferred = true;
    this.#options.clock.defer(() => {
      this.#isApplyDeferred = false;
      if (!this.#isStopped) this.#guarded(() => this.#apply());
    });
  }

  readonly #entryApplied = (entry: Entry, value: unknown, error: unknown, threw: boolean): void => {
    this.#proposals.applied(entry, value, error, threw);
    if (this.#applied.observed) this.#applied.next({ entry, value });
  };

  // ---- reads and log time

  /**
   * Answers what may be answered now. What is due by the leader's clock is brought about first, by
   * a tick.
   */
  #answerReads(): void {
    const ready = this.#reads.takeReady(this.#applier!.lastApplied);
    if (ready.length === 0) return;
    if (!this.#isDue()) {
      for (const read of ready) read(undefined);
      return;
    }
    const answerAll: Settle = (outcome) => {
      for (const read of ready)
        read(outcome.type === 'done' ? undefined : 'the read met a change of leader');
    };
    const place = this.propose(proposal('tick'), answerAll);
    if (place === undefined) answerAll(notDone('no leader'));
  }

  #isDue(): boolean {
    const { stateMachine, clock } = this.#options;
    const dueMs = stateMachine.dueMs?.();
    return dueMs !== undefined && dueMs <= clock.wallMs();
  }

  /** A leader that nobody writes to still lets log time pass when something is due by it. */
  #tickWhenDue(): void {
    const { stateMachine, clock } = this.#options;
    this.#cancelTick();
    const dueMs = stateMachine.dueMs?.();
    if (dueMs === undefined) return;
    const waitMs = Math.min(Math.max(dueMs - clock.wallMs(), 1), tickWaitMaxMs);
    this.#cancelTick = clock.schedule(waitMs, () => {
      if (!this.isLeader) return;
      this.#guarded(() => {
        if (this.#isDue()) this.propose(proposal('tick'), () => {});
        else this.#tickWhenDue();
      });
    });
  }

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
        this.#failures.next(error);
        this.#complete();
      }),
    );
  }

  #halt(reason: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#timers.stop();
    this.#cancelTick();
    this.#mailbox.length = 0;
    this.#reads.refuse(reason);
    this.#proposals.abandon(reason);
    if (this.#changes.observed) this.#changes.next(this.status());
  }
  /** Whoever watches is told that nothing more will come. */
  #complete(): void {
    this.#steps.complete();
    this.#applied.complete();
    this.#changes.complete();
    this.#failures.complete();
  }
}

/**
 * A timer of the platform holds no more than 2^31 ms; a longer wait looks at the clock again by
 * then.
 */
const tickWaitMaxMs = 2 ** 30;

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function wrongIdentity(
  { identity }: Recovered,
  clusterId: string,
  id: ServerId,
): RaftError | undefined {
  if (identity === undefined) {
    const message = `server ${id} was never founded: found its cluster first`;
    return new RaftError('RAFT_NOT_FOUNDED', 'notDone', message);
  }
  const wrong = (message: string) => new RaftError('RAFT_WRONG_CLUSTER', 'notDone', message);
  if (identity.clusterId !== clusterId) {
    return wrong(
      `the store of server ${id} belongs to cluster ${identity.clusterId}, not to ${clusterId}`,
    );
  }
  if (identity.serverId === id) return undefined;
  return wrong(`the store belongs to server ${identity.serverId}, not to ${id}`);
}
