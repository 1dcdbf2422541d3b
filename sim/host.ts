/**
 * A machine of a run: a disk that outlives its processes, a clock of its own, and on it one process
 * after another, each the server actor that ships. What the machine suffers it suffers here: a
 * crash, the death of its process, a pause, a disk that is full or fails, a clock that is wrong, a
 * folder that is not what it was.
 */
import { found } from '../actors/founding.js';
import { memoryNetwork } from '../actors/memoryTransport.js';
import type { RaftErrorCode } from '../actors/raftError.js';
import { Router } from '../actors/router.js';
import { ServerActor, type Step } from '../actors/serverActor.js';
import type { AppliedEntry } from '../actors/stateMachine.js';
import type { ServerId } from '../machines/entry.js';
import { draw, purposes, serverRandom } from './chance.js';
import { SectorDisk } from './disk.js';
import type { DiskOperation } from './diskRules.js';
import { DiskTroubles } from './diskTroubles.js';
import { type Heal, nothingToHeal } from './faults/onset.js';
import { DataFolder, type Folder } from './folder.js';
import { type Mattered, once } from './lasting.js';
import { LocalTime } from './localTime.js';
import { Pace } from './pace.js';
import {
  encodeValue,
  type Machine,
  machineStore,
  pacedTransport,
  processOptions,
  timeoutMs,
} from './processOptions.js';
import type { Operation } from './run.js';
import type { SimulatedServer } from './simulatedServer.js';
import { tellTornTails } from './tornTails.js';
import type { World } from './world.js';

/** A sync takes this long, and up to one ms more. */
const syncMs = 0.5;
/** An error with a code, of a server or of its disk. */
type CodedError = Error & { readonly code?: string };

export class Host<C, R> implements SimulatedServer<C, R>, Machine {
  readonly number: number;
  readonly id: ServerId;
  readonly disk: SectorDisk;
  readonly folder: DataFolder;
  /** What is wrong with its disk, its time, and its pace. */
  readonly troubles: DiskTroubles;
  readonly time: LocalTime;
  readonly pace: Pace;
  readonly waiting = new Set<Operation<C, R>>();
  actor: ServerActor | undefined;
  durableIndex = 0;
  readonly #world: World<C, R>;
  #incarnation = 0;
  #syncs = 0;
  /** Its timers are as short as they may be. */
  readonly impatience = new Set<Mattered>();
  /** What happens in the midst of its next step, and at the next command that it applies. */
  readonly #atStep = new Set<() => void>();
  readonly #atApply = new Set<() => void>();
  /** Whether its process has stopped over its disk, or could not even start. */
  #hasFailed = false;
  /** How many faults have ended its process and not let it start again yet. */
  #faultsDown = 0;

  constructor(world: World<C, R>, number: number, id: ServerId) {
    this.#world = world;
    this.number = number;
    this.id = id;
    this.time = new LocalTime(world.clock);
    this.pace = new Pace(world.clock);
    this.troubles = new DiskTroubles(world.clock, () => this.#syncMs(++this.#syncs));
    this.disk = new SectorDisk(
      (kind, _file, run) => {
        const answer = () => this.whenRunning(run);
        if (kind === 'sync') this.troubles.sync(answer);
        else answer();
      },
      `disk of ${id}`,
      (kind) => this.troubles.failureOf(kind),
    );
    this.folder = new DataFolder(id, this.disk);
    tellTornTails(this.disk, (bytes) => world.observer.tornTailCut(this, bytes));
  }

  /** Founds its folder, and starts its first process. */
  found(): void {
    const { seed, addresses: servers } = this.#world;
    const store = machineStore(this.#world, this);
    this.folder.found();
    const founding = { clusterId: 'simulated', serverId: this.id, servers };
    const started = (failure: Error | undefined) => {
      if (failure !== undefined) throw failure;
      store.close(() => this.#start());
    };
    store.open((error) => {
      if (error !== undefined) throw error;
      found(store, founding, serverRandom(seed, this.number), started);
    });
  }

  /** The machine loses power, and with it what its disk had not synced; heals as it starts. */
  crash(mattered: Mattered): Heal {
    if (!this.#end()) return nothingToHeal;
    mattered();
    const drawn = (sector: number, write: number) =>
      draw(this.#world.seed, purposes.sector, this.number, sector, write);
    this.disk.crash((_file, sector, write) => drawn(sector, write) % 2 === 0);
    return this.#startLater();
  }

  /** The process dies; what it had written is still in the machine's memory. */
  kill(mattered: Mattered = () => {}): Heal {
    if (!this.#end()) return nothingToHeal;
    mattered();
    this.disk.kill();
    return this.#startLater();
  }

  /** The process dies, and somebody puts this in place of its folder; heals as it starts. */
  replaceFolder(folder: Folder): Heal {
    this.#end();
    this.folder.replace(folder);
    this.#world.observer.folderReplaced(this);
    return this.#startLater();
  }

  /** Somebody starts another process on the folder, if this one runs: it has to be refused. */
  startSecondProcess(mattered: Mattered): void {
    const first = this.actor;
    if (first === undefined || first.isStopped) return;
    mattered();
    const isAlive = () => this.actor === first && !first.isStopped;
    const options = processOptions(this.#world, this, { number: 0, isAlive });
    // Its ports are its own, or it would come no further than these.
    const transport = memoryNetwork(options.clock).transport(this.id);
    const second = new ServerActor({ ...options, transport });
    second.start((error) => {
      if (isAlive()) this.#refuses(error, 'RAFT_STORE_LOCKED');
    });
  }

  get isPaused(): boolean {
    return this.pace.isPaused;
  }

  /** Lets the process hear of something, as soon as it runs. */
  whenRunning(run: () => void): void {
    this.pace.when('inputs', run);
  }

  /** The process stands still when it has decided what to do next, and before it does it. */
  stall(mattered: Mattered): Heal {
    return once(this.#atStep, () => this.pace.pause(mattered));
  }

  /** The process dies in the midst of the next command that it applies. */
  exhaustMemory(mattered: Mattered): Heal {
    return once(this.#atApply, () => {
      // Nobody hears what the rest of this step does.
      this.#incarnation++;
      const goOn = this.pace.pause(() => {});
      const start = this.#startLater();
      this.#world.clock.schedule(0, () => {
        this.kill(mattered)();
        goOn();
      });
      // Whatever ends meanwhile, the dying process is gone before another one starts.
      return () => this.#world.clock.schedule(0, start);
    });
  }

  /** Operations of its disk fail; a server that stops over it starts when they do no more. */
  failDisk(operation: DiskOperation, mattered: Mattered): Heal {
    return this.troubles.fail(operation, mattered, () => {
      if (this.#hasFailed) this.kill()();
    });
  }

  /** Whether it can do its part: it runs, its disk serves, and it remembers what it promised. */
  get isFit(): boolean {
    const isRunning = this.actor?.isStopped === false && !this.isPaused;
    return isRunning && this.troubles.isSound && !this.folder.isRuined;
  }

  #syncMs(sync: number): number {
    const { seed, schedule } = this.#world;
    const drawn = draw(seed, purposes.disk, this.number, sync);
    const isFounded = this.#incarnation > 0;
    const slowMs = isFounded ? (schedule.slowDisksMs?.[this.number] ?? 0) : 0;
    return syncMs + (drawn % 16) / 16 + slowMs;
  }

  /** Down from now on; answers how it starts again, if no other fault keeps it down. */
  #startLater(): Heal {
    this.#faultsDown++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#faultsDown === 0) this.#start();
    };
  }

  #start(): void {
    const number = ++this.#incarnation;
    const isAlive = () => this.#incarnation === number;
    const transport = pacedTransport(this.#world.network.transport(this.number), this.pace);
    const options = processOptions(this.#world, this, { number, isAlive });
    const actor = new ServerActor({ ...options, transport });
    this.actor = actor;
    const router = new Router({ actor, transport, clock: options.clock, encodeValue, timeoutMs });
    this.#watch(actor, router, isAlive);
    actor.start((error) => {
      if (isAlive() && this.#refuses(error, this.folder.refusalDue)) this.#end();
    });
  }

  /**
   * Whether this answer to a start is a refusal. Where one is due, nothing else will do but a disk
   * that fails before, or is damaged.
   */
  #refuses(error: CodedError | undefined, due: RaftErrorCode | undefined): boolean {
    if (error !== undefined && (error.code === due || this.folder.isUnreadable(error.code))) {
      this.#tellRefusal(error);
      return true;
    }
    if (due === undefined || error?.code === 'EIO') {
      if (error !== undefined) this.#failed(error);
      return false;
    }
    const what = `${due} is due, and yet: ${error?.message ?? 'it starts'}`;
    this.#world.observer.failed(this, new Error(what));
    return false;
  }

  #tellRefusal({ code, message }: CodedError): void {
    const { refused, clock } = this.#world;
    this.folder.noticed();
    refused({ server: this.id, code: code as RaftErrorCode, message, at: clock.nowMs });
  }

  #watch(actor: ServerActor, router: Router, isAlive: () => boolean): void {
    const { observer, stepped } = this.#world;
    actor.steps$.subscribe((step) => {
      if (!isAlive()) return;
      this.#noteDurable(step);
      stepped(this, step);
      if (this.#atStep.size > 0) for (const happen of this.#atStep) happen();
    });
    actor.applied$.subscribe((applied) => isAlive() && observer.applied(this, applied));
    actor.events$.subscribe((event) => {
      if (event.type !== 'failed' || !isAlive()) return;
      router.stop();
      this.#failed(event.error);
    });
  }

  #noteDurable({ event, after }: Step): void {
    if (event === undefined) this.durableIndex = after.context.log.lastIndex;
    else if (event.type === 'persisted' && event.lastIndex > 0) this.durableIndex = event.lastIndex;
  }

  /** A process applies a command. */
  applying(entry: AppliedEntry): void {
    if (this.#atApply.size === 0) return this.#world.observer.executed(this, entry);
    for (const happen of this.#atApply) happen();
    throw new Error('out of memory');
  }

  /** A server may stop over a failed or damaged disk, and over nothing else. */
  #failed(error: CodedError): void {
    if (this.folder.isUnreadable(error.code)) {
      this.#tellRefusal(error);
      this.#end();
      return;
    }
    if (error.code !== 'EIO') return this.#world.observer.failed(this, error);
    if (this.troubles.fails) this.#hasFailed = true;
    else this.kill()();
  }

  /** Ends the process. Answers whether there was one. */
  #end(): boolean {
    if (this.actor === undefined) return false;
    this.#incarnation++;
    this.#hasFailed = false;
    this.actor = undefined;
    this.pace.end();
    this.troubles.end();
    this.#world.network.disconnect(this.number);
    this.#world.lost([...this.waiting]);
    this.waiting.clear();
    return true;
  }
}
