/**
 * A machine of a run: a disk that outlives its processes, a clock of its own, and on it one process
 * after another, each the server actor that ships. What the machine suffers it suffers here: a
 * crash, the death of its process, a pause, a disk that is full or fails, a clock that is wrong, a
 * folder that is not what it was.
 */
import { type BytesStateMachine, onBytes } from '../actors/bytesStateMachine.js';
import type { Clock } from '../actors/clock.js';
import { found } from '../actors/founding.js';
import { memoryNetwork } from '../actors/memoryTransport.js';
import type { RaftErrorCode } from '../actors/raftError.js';
import { Router } from '../actors/router.js';
import { ServerActor, type ServerActorOptions } from '../actors/serverActor.js';
import { jsonCodec } from '../actors/stateMachine.js';
import { walStore } from '../actors/walStore.js';
import type { ServerId } from '../machines/entry.js';
import { draw, purposes, serverRandom } from './chance.js';
import { digestingSnapshots } from './digestingSnapshots.js';
import { SectorDisk } from './disk.js';
import { type Folder, refusalDue } from './folder.js';
import { LocalTime } from './localTime.js';
import { processClock } from './processClock.js';
import type { Operation } from './run.js';
import type { SimulatedServer } from './simulatedServer.js';
import type { World } from './world.js';

/** A sync takes this long, and up to one ms more. */
const syncMs = 0.5;
/** Segments are small, so that a run of seconds rolls a few. */
const segmentBytesDefault = 256 * 1024;

/** A request waits for a leader, and for its answer, for so long; runs are short. */
const timeoutMs = 1_000;

const encodeValue = (value: unknown) => jsonCodec.encode(value);

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
  /** Whom its folder was founded for; undefined: it is empty. */
  #foundedFor: ServerId | undefined;
  /** How many faults have ended its process and not let it start again yet. */
  #faultsDown = 0;
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
    this.#foundedFor = this.id;
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
    const { seed } = this.#world;
    this.disk.crash(
      (_file, sector, write) => draw(seed, purposes.sector, this.number, sector, write) % 2 === 0,
    );
    this.#startIn(forMs);
  }

  /** The process dies; what it had written is still in the machine's memory. */
  kill(forMs: number): void {
    if (!this.#end()) return;
    this.disk.kill();
    this.#startIn(forMs);
  }

  /** What is in its folder now, as a copy would hold it. */
  copyFolder(): Folder {
    return { foundedFor: this.#foundedFor, files: this.disk.image() };
  }

  /** The process dies; somebody puts this in place of its folder, and starts it after a while. */
  replaceFolder({ foundedFor, files }: Folder, forMs: number): void {
    this.#end();
    this.disk.putBack(files);
    this.#foundedFor = foundedFor;
    this.#startIn(forMs);
  }

  /** Somebody starts another process on the folder, if this one runs: it has to be refused. */
  startSecondProcess(): void {
    const first = this.actor;
    if (first === undefined || first.isStopped) return;
    const isAlive = () => this.actor === first && !first.isStopped;
    const clock = this.#clockOf(isAlive);
    // Its ports are its own, or it would come no further than these.
    const transport = memoryNetwork(clock).transport(this.id);
    const second = new ServerActor({ ...this.#options(isAlive, 0), transport, clock });
    second.start((error) => {
      if (isAlive()) this.#refuses(error, 'RAFT_STORE_LOCKED');
    });
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

  /** Starts a process after a while, or as soon as no other fault keeps it down. */
  #startIn(ms: number): void {
    this.#faultsDown++;
    this.#world.clock.schedule(ms, () => {
      if (--this.#faultsDown === 0) this.#start();
    });
  }

  #start(): void {
    const incarnation = ++this.#incarnation;
    const isAlive = () => this.#incarnation === incarnation;
    const transport = this.#world.network.transport(this.number);
    const clock = this.#clockOf(isAlive);
    const actor = new ServerActor({ ...this.#options(isAlive, incarnation), transport, clock });
    this.actor = actor;
    const router = new Router({ actor, transport, clock, encodeValue, timeoutMs });
    this.#watch(actor, router, isAlive);
    actor.start((error) => {
      if (isAlive() && this.#refuses(error, refusalDue(this.#foundedFor, this.id))) this.#end();
    });
  }

  /** What one process of this machine is made of, but for what joins it to the world. */
  #options(
    isAlive: () => boolean,
    incarnation: number,
  ): Omit<ServerActorOptions, 'transport' | 'clock'> {
    const { id, number } = this;
    const { addresses, schedule, stateMachine, machine, seed } = this.#world;
    return {
      id,
      clusterId: 'simulated',
      servers: addresses,
      stateMachine: this.#watched(onBytes(stateMachine(id), jsonCodec), isAlive),
      encodeValue,
      store: this.#store(),
      random: serverRandom(seed, number + incarnation * 64),
      settings: schedule.settings,
      machine,
    };
  }

  /**
   * Whether this answer to a start is a refusal. Where one is due, nothing else will do but a disk
   * that fails before.
   */
  #refuses(error: (Error & { code?: string }) | undefined, due: RaftErrorCode | undefined) {
    const { observer, refused, clock } = this.#world;
    if (due === undefined || error?.code === 'EIO') {
      if (error !== undefined) this.#failed(error);
      return false;
    }
    if (error?.code === due) {
      refused({ server: this.id, code: due, message: error.message, at: clock.nowMs });
      return true;
    }
    observer.failed(this, new Error(`${due} is due, and yet: ${error?.message ?? 'it starts'}`));
    return false;
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

  #clockOf(isAlive: () => boolean): Clock {
    const wake = (run: () => void) => {
      if (this.#isPaused) this.#held.timers.push(() => isAlive() && run());
      else run();
    };
    return processClock(this.#world.clock, this.time, { isAlive, wake });
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
