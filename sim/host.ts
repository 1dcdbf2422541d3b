/**
 * A machine of a run: a disk that outlives its processes, a clock of its own, and on it one process
 * after another, each the server actor that ships. What the machine suffers it suffers here: a
 * crash, the death of its process, a pause, a disk that is full or fails, a clock that is wrong.
 */
import { type BytesStateMachine, onBytes } from '../actors/bytesStateMachine.js';
import type { Clock } from '../actors/clock.js';
import { found } from '../actors/founding.js';
import { Router } from '../actors/router.js';
import { ServerActor, type Step } from '../actors/serverActor.js';
import { jsonCodec, type MakeStateMachine } from '../actors/stateMachine.js';
import { walStore } from '../actors/walStore.js';
import type { ServerId } from '../machines/entry.js';
import type { server as serverMachine } from '../machines/server.js';
import { draw, purposes, serverRandom } from './chance.js';
import { digestingSnapshots } from './digestingSnapshots.js';
import { SectorDisk } from './disk.js';
import type { ActiveFaults } from './faults.js';
import { LocalTime } from './localTime.js';
import type { Network } from './network.js';
import type { Observer } from './observer.js';
import type { Operation } from './run.js';
import type { Schedule } from './schedule.js';
import type { SimulatedServer } from './simulatedServer.js';
import type { VirtualClock } from './virtualClock.js';

/** A sync takes this long, and up to one ms more. */
const syncMs = 0.5;
/** Segments are small, so that a run of seconds rolls a few. */
const segmentBytesDefault = 256 * 1024;

/** A request waits for a leader, and for its answer, for so long; runs are short. */
const forwardTimeoutMs = 1_000;

/** What all machines of a run share. */
export interface World<C, R> {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly schedule: Schedule<C>;
  readonly faults: ActiveFaults;
  readonly network: Network;
  readonly observer: Observer;
  readonly addresses: Readonly<Record<ServerId, string>>;
  readonly stateMachine: MakeStateMachine<C, R, any, any>;
  readonly machine: typeof serverMachine | undefined;
  /** A server took a step. */
  readonly stepped: (host: Host<C, R>, step: Step) => void;
}

export class Host<C, R> implements SimulatedServer<C, R> {
  readonly number: number;
  readonly id: ServerId;
  readonly disk: SectorDisk;
  readonly time: LocalTime;
  readonly waiting = new Set<Operation<C, R>>();
  actor: ServerActor | undefined;
  readonly #world: World<C, R>;
  #incarnation = 0;
  #syncs = 0;
  /** Whether syncs fail now; then the server has to stop. */
  #isFailing = false;
  /** Whether its process has stopped over that, or could not even start. */
  #hasFailed = false;
  #isPaused = false;
  /**
   * What a process that stands still would have done: first by its timers, then by what it hears.
   */
  #held: { timers: (() => void)[]; inputs: (() => void)[] } = { timers: [], inputs: [] };

  constructor(world: World<C, R>, number: number, id: ServerId) {
    this.#world = world;
    this.number = number;
    this.id = id;
    this.time = new LocalTime(world.clock);
    this.disk = new SectorDisk(
      (kind, _file, run) => {
        const answer = () => this.whenRunning(run);
        if (kind === 'sync') world.clock.schedule(this.#syncMs(++this.#syncs), answer);
        else answer();
      },
      `disk of ${id}`,
      (kind) => (kind === 'sync' && this.#isFailing ? ioError() : undefined),
    );
  }

  /** Founds its folder, and starts its first process. */
  found(): void {
    const { seed, addresses } = this.#world;
    const store = this.#store();
    const founding = { clusterId: 'simulated', serverId: this.id, servers: addresses };
    store.open((error) => {
      if (error !== undefined) throw error;
      found(store, founding, serverRandom(seed, this.number), (failure) => {
        if (failure !== undefined) throw failure;
        store.close(() => this.#start());
      });
    });
  }

  /** The machine loses power for a while, and with it what its disk had not synced. */
  crash(forMs: number): void {
    if (!this.#end()) return;
    const { seed, clock } = this.#world;
    this.disk.crash(
      (_file, sector, write) => draw(seed, purposes.sector, this.number, sector, write) % 2 === 0,
    );
    clock.schedule(forMs, () => this.#start());
  }

  /** The process dies; what it had written is still in the machine's memory. */
  kill(forMs: number): void {
    if (!this.#end()) return;
    this.disk.kill();
    this.#world.clock.schedule(forMs, () => this.#start());
  }

  /** The process stands still (SIGSTOP, a stalled event loop). */
  pause(): void {
    this.#isPaused = true;
  }

  /** It goes on: what its timers missed comes first, then what has arrived meanwhile. */
  resume(): void {
    this.#isPaused = false;
    const { timers, inputs } = this.#held;
    this.#held = { timers: [], inputs: [] };
    for (const run of [...timers, ...inputs]) this.#world.clock.schedule(0, run);
  }

  /** Lets the process hear of something, as soon as it runs. */
  whenRunning(run: () => void): void {
    if (this.#isPaused) this.#held.inputs.push(run);
    else run();
  }

  failSyncs(): void {
    this.#isFailing = true;
  }

  /** The disk is repaired; a server that has stopped over it starts again. */
  repair(): void {
    this.#isFailing = false;
    if (this.#hasFailed) this.kill(0);
  }

  #syncMs(sync: number): number {
    const { seed, schedule, faults, clock } = this.#world;
    const drawn = draw(seed, purposes.disk, this.number, sync);
    const isFounded = this.#incarnation > 0;
    const slowMs = isFounded ? (schedule.slowDisksMs?.[this.number] ?? 0) : 0;
    return syncMs + (drawn % 16) / 16 + slowMs + faults.extraSyncMs(this.number, clock.nowMs);
  }

  #store() {
    const { segmentBytes = segmentBytesDefault } = this.#world.schedule;
    const store = walStore({ disk: this.disk, segmentBytes });
    return digestingSnapshots(store, (index, digest) =>
      this.#world.observer.ask(this, (watch) => watch.snapshotPlaced?.(this.id, index, digest)),
    );
  }

  #start(): void {
    const { id, number } = this;
    const world = this.#world;
    const { seed } = world;
    const incarnation = ++this.#incarnation;
    const isAlive = () => this.#incarnation === incarnation;
    const transport = world.network.transport(number);
    const clock = this.#clockOf(isAlive);
    const encodeValue = (value: unknown) => jsonCodec.encode(value);
    const actor = new ServerActor({
      id,
      clusterId: 'simulated',
      servers: world.addresses,
      stateMachine: this.#watched(onBytes(world.stateMachine(id), jsonCodec), isAlive),
      encodeValue,
      transport,
      store: this.#store(),
      clock,
      random: serverRandom(seed, number + incarnation * 64),
      settings: world.schedule.settings,
      machine: world.machine,
    });
    this.actor = actor;
    const router = new Router({
      actor,
      transport,
      clock,
      encodeValue,
      timeoutMs: forwardTimeoutMs,
    });
    this.#watch(actor, router, isAlive);
    actor.start((error) => {
      if (error !== undefined && isAlive()) this.#failed(error);
    });
  }

  #watch(actor: ServerActor, router: Router, isAlive: () => boolean): void {
    const { observer, stepped } = this.#world;
    actor.steps$.subscribe((step) => isAlive() && stepped(this, step));
    actor.applied$.subscribe((applied) => isAlive() && observer.applied(this, applied));
    actor.events$.subscribe((event) => {
      if (event.type !== 'failed' || !isAlive()) return;
      router.stop();
      this.#failed(event.error);
    });
  }

  /** The state machine, where whoever watches is told what it is really given. */
  #watched(stateMachine: BytesStateMachine, isAlive: () => boolean): BytesStateMachine {
    const { observer } = this.#world;
    return {
      ...stateMachine,
      apply: (bytes, entry) => {
        if (isAlive()) observer.executed(this, entry);
        return stateMachine.apply(bytes, entry);
      },
    };
  }

  /** A server may stop over a failed disk, and over nothing else. */
  #failed(error: Error): void {
    const isOfDisk = (error as { code?: string }).code === 'EIO';
    if (!isOfDisk) return this.#world.observer.failed(this, error);
    if (this.#isFailing) this.#hasFailed = true;
    else this.kill(0);
  }

  /** The clock of one process: after its end, nothing that it scheduled happens. */
  #clockOf(isAlive: () => boolean): Clock {
    const { clock } = this.#world;
    const { time } = this;
    const later = (ms: number, run: () => void) =>
      clock.schedule(ms, () => {
        if (!isAlive()) return;
        if (this.#isPaused) this.#held.timers.push(() => isAlive() && run());
        else run();
      });
    return {
      monotonicMs: () => time.monotonicMs,
      wallMs: () => time.wallMs,
      schedule: (ms, run) => {
        let isCancelled = false;
        const happening = later(time.virtual(ms), () => isCancelled || run());
        return () => {
          isCancelled = true;
          happening.run = undefined;
        };
      },
      defer: (run) => later(0, run),
    };
  }

  /** Ends the process. Answers whether there was one. */
  #end(): boolean {
    if (this.actor === undefined) return false;
    this.#incarnation++;
    this.#hasFailed = false;
    this.actor = undefined;
    this.#held = { timers: [], inputs: [] };
    this.#world.network.disconnect(this.number);
    for (const operation of this.waiting) operation.outcome = 'unknown';
    this.waiting.clear();
    return true;
  }
}

function ioError(): Error {
  return Object.assign(new Error('the sync failed'), { code: 'EIO' });
}
