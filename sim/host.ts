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
import { type Heal, nothingToHeal } from './faults/onset.js';
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

/** What a process will do as soon as it runs, and what it comes of. */
interface Held {
  readonly run: () => void;
  readonly origin: number;
}

/** Called when something that is wrong has made a difference. */
type Mattered = () => void;

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
  /** What is wrong with it now, each with whom to tell that it made a difference. */
  readonly #pauses = new Set<Mattered>();
  readonly #failures = new Set<Mattered>();
  readonly #stalls = new Set<Mattered>();
  readonly #slowness = new Set<{ readonly extraMs: number; readonly mattered: Mattered }>();
  readonly #fillings = new Set<Mattered>();
  /** Whether its process has stopped over that, or could not even start. */
  #hasFailed = false;
  /** Whom its folder was founded for; undefined: it is empty. */
  #foundedFor: ServerId | undefined;
  /** How many faults have ended its process and not let it start again yet. */
  #faultsDown = 0;
  /**
   * What a process that stands still would have done: first by its timers, then by what it hears.
   */
  #held: { timers: Held[]; inputs: Held[] } = { timers: [], inputs: [] };
  /** Syncs that a stalled disk holds. */
  #stalled: (() => void)[] = [];

  constructor(world: World<C, R>, number: number, id: ServerId) {
    this.#world = world;
    this.number = number;
    this.id = id;
    this.time = new LocalTime(world.clock);
    this.disk = new SectorDisk(
      (kind, _file, run) => {
        const answer = () => this.whenRunning(run);
        if (kind === 'sync') this.#sync(answer);
        else answer();
      },
      `disk of ${id}`,
      (kind) => {
        if (kind !== 'sync' || this.#failures.size === 0) return undefined;
        tell(this.#failures);
        return ioError();
      },
    );
    this.disk.onFull = () => tell(this.#fillings);
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

  /** The machine loses power, and with it what its disk had not synced; heals as it starts. */
  crash(mattered: Mattered): Heal {
    if (!this.#end()) return nothingToHeal;
    mattered();
    const { seed } = this.#world;
    this.disk.crash(
      (_file, sector, write) => draw(seed, purposes.sector, this.number, sector, write) % 2 === 0,
    );
    return this.#startLater();
  }

  /** The process dies; what it had written is still in the machine's memory. */
  kill(mattered: Mattered = () => {}): Heal {
    if (!this.#end()) return nothingToHeal;
    mattered();
    this.disk.kill();
    return this.#startLater();
  }

  /** What is in its folder now, as a copy would hold it. */
  copyFolder(): Folder {
    return { foundedFor: this.#foundedFor, files: this.disk.image() };
  }

  /** The process dies, and somebody puts this in place of its folder; heals as it starts. */
  replaceFolder({ foundedFor, files }: Folder): Heal {
    this.#end();
    this.disk.putBack(files);
    this.#foundedFor = foundedFor;
    return this.#startLater();
  }

  /** Somebody starts another process on the folder, if this one runs: it has to be refused. */
  startSecondProcess(mattered: Mattered): void {
    const first = this.actor;
    if (first === undefined || first.isStopped) return;
    mattered();
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
  pause(mattered: Mattered): Heal {
    return lasting(this.#pauses, mattered, () => this.#resume());
  }

  get isPaused(): boolean {
    return this.#pauses.size > 0;
  }

  /** Lets the process hear of something, as soon as it runs. */
  whenRunning(run: () => void): void {
    if (!this.isPaused) return run();
    tell(this.#pauses);
    this.#held.inputs.push({ run, origin: this.#world.clock.origin });
  }

  /** Syncs fail; a server that has stopped over it starts again when the disk is repaired. */
  failSyncs(mattered: Mattered): Heal {
    return lasting(this.#failures, mattered, () => {
      if (this.#hasFailed) this.kill()();
    });
  }

  stallSyncs(mattered: Mattered): Heal {
    return lasting(this.#stalls, mattered, () => {
      for (const sync of this.#stalled.splice(0)) this.#sync(sync);
    });
  }

  slowSyncs(extraMs: number, mattered: Mattered): Heal {
    return lasting(this.#slowness, { extraMs, mattered }, () => {});
  }

  /** There is no room for another file, or for one to grow. */
  fillDisk(mattered: Mattered): Heal {
    this.disk.capacityBytes = 0;
    return lasting(this.#fillings, mattered, () => {
      this.disk.capacityBytes = Number.POSITIVE_INFINITY;
    });
  }

  /** Whether it can do its part: it runs, and its disk takes what it writes. */
  get isFit(): boolean {
    const isWell = [this.#pauses, this.#failures, this.#stalls, this.#fillings];
    return this.actor?.isStopped === false && isWell.every(({ size }) => size === 0);
  }

  /** It goes on: what its timers missed comes first, then what has arrived meanwhile. */
  #resume(): void {
    const { timers, inputs } = this.#held;
    this.#held = { timers: [], inputs: [] };
    const { clock } = this.#world;
    for (const { run, origin } of [...timers, ...inputs]) clock.schedule(0, run, origin);
  }

  #sync(answer: () => void): void {
    if (this.#stalls.size === 0) {
      this.#world.clock.schedule(this.#syncMs(++this.#syncs), answer);
      return;
    }
    tell(this.#stalls);
    this.#stalled.push(answer);
  }

  #syncMs(sync: number): number {
    const { seed, schedule } = this.#world;
    const drawn = draw(seed, purposes.disk, this.number, sync);
    const isFounded = this.#incarnation > 0;
    let ms = isFounded ? (schedule.slowDisksMs?.[this.number] ?? 0) : 0;
    for (const { extraMs, mattered } of this.#slowness) {
      ms += extraMs;
      if (extraMs > 0) mattered();
    }
    return syncMs + (drawn % 16) / 16 + ms;
  }

  #store() {
    const { segmentBytes = segmentBytesDefault } = this.#world.schedule;
    const store = walStore({ disk: this.disk, segmentBytes });
    return digestingSnapshots(store, (index, digest) =>
      this.#world.observer.ask(this, (watch) => watch.snapshotPlaced?.(this.id, index, digest)),
    );
  }

  /** Down from now on; answers how it starts again, if no other fault keeps it down. */
  #startLater(): Heal {
    this.#faultsDown++;
    return () => {
      if (--this.#faultsDown === 0) this.#start();
    };
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
      proposalTimeoutMs: timeoutMs,
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
    if (this.#failures.size > 0) this.#hasFailed = true;
    else this.kill()();
  }

  #clockOf(isAlive: () => boolean): Clock {
    const wake = (run: () => void) => {
      if (!this.isPaused) return run();
      tell(this.#pauses);
      const { origin } = this.#world.clock;
      this.#held.timers.push({ run: () => isAlive() && run(), origin });
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
    this.#stalled = [];
    this.#world.network.disconnect(this.number);
    this.#world.lost([...this.waiting]);
    this.waiting.clear();
    return true;
  }
}

/** Something is wrong until it heals. */
function lasting<T>(all: Set<T>, one: T, over: () => void): Heal {
  all.add(one);
  return () => {
    all.delete(one);
    if (all.size === 0) over();
  };
}

function tell(all: ReadonlySet<Mattered>): void {
  for (const mattered of all) mattered();
}

function ioError(): Error {
  return Object.assign(new Error('the sync failed'), { code: 'EIO' });
}
