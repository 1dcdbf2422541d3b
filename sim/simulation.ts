/**
 * A whole cluster in virtual time: the server actors that ship, over a virtual clock, network and
 * disks. One schedule and one seed in, one run out, to the byte. A run can be stepped, looked at
 * between steps, and given another fault at any time; `simulate` plays a schedule to its end.
 */

import type { BytesStateMachine } from '../actors/applier.js';
import type { Clock } from '../actors/clock.js';
import { found } from '../actors/founding.js';
import { ServerActor, type Step } from '../actors/serverActor.js';
import { jsonCodec, type MakeStateMachine } from '../actors/stateMachine.js';
import { walStore } from '../actors/walStore.js';
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import { roleOf, type server as serverMachine } from '../machines/server.js';
import { draw, purposes, serverRandom } from './chance.js';
import { Clients } from './clients.js';
import { SectorDisk } from './disk.js';
import { ActiveFaults, targetOf } from './faults.js';
import type { Law } from './law.js';
import { type Crossing, Network } from './network.js';
import { Observer } from './observer.js';
import type { Run, ServerView, TraceEvent } from './run.js';
import type { Deed, FaultWindow, Schedule, Target } from './schedule.js';
import { resolveTarget, type SimulatedServer } from './simulatedServer.js';
import { VirtualClock } from './virtualClock.js';

/** A sync takes this long, and up to one ms more. */
const syncMs = 0.5;
/** The wall clock at the beginning of every run: 2020-01-01. */
const epochMs = 1_577_836_800_000;
/** Segments are small, so that a run of seconds rolls a few. */
const segmentBytes = 256 * 1024;

export interface SimulationOptions<C, R> {
  readonly schedule: Schedule<C>;
  /** 0 */
  readonly seed?: number | undefined;
  readonly stateMachine: MakeStateMachine<C, R, any, any>;
  readonly laws?: readonly Law[] | undefined;
  /** Another machine in place of the server's: a mutant. */
  readonly machine?: typeof serverMachine | undefined;
  /** Called with every event, for a trace. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined;
}

export class Simulation<C = unknown, R = unknown> {
  readonly #options: SimulationOptions<C, R>;
  readonly #seed: number;
  readonly #clock = new VirtualClock();
  readonly #faults = new ActiveFaults();
  readonly #network: Network;
  readonly #servers: readonly SimulatedServer<C, R>[];
  readonly #addresses: Readonly<Record<ServerId, string>>;
  readonly #observer: Observer;
  readonly #clients: Clients<C, R>;
  readonly #fired: Record<string, { fired: number }> = {};
  /** Faults that wait for a deed. */
  readonly #awaited: { readonly deed: Deed; readonly window: FaultWindow }[] = [];

  constructor(options: SimulationOptions<C, R>) {
    const { schedule, laws = [] } = options;
    this.#options = options;
    this.#seed = options.seed ?? 0;
    const ids = Array.from({ length: schedule.servers }, (_, number) => `s${number + 1}`);
    this.#addresses = Object.fromEntries(ids.map((id) => [id, id]));
    this.#network = new Network(this.#clock, this.#seed, this.#faults, ids, schedule.deviations);
    this.#observer = new Observer(this.#clock, laws, options.onEvent);
    this.#servers = ids.map((id, number) => this.#newServer(id, number));
    this.#clients = new Clients(this.#clock, this.#seed, this.#servers, this.#observer);
    for (const server of this.#servers) this.#found(server);
    for (const window of schedule.windows) this.inject(window);
    for (const item of schedule.load) {
      this.#clock.schedule(item.at, () => this.#clients.request(item));
    }
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** Whether a law is broken: the run is over then. */
  get isBroken(): boolean {
    return this.#observer.violations.length > 0;
  }

  /** Every message as it is delivered, for a diagram. */
  set onDelivery(listener: ((crossing: Crossing) => void) | undefined) {
    this.#network.onDelivery = listener;
  }

  /** Lets one thing happen. Answers whether there was one, and no law was broken by it. */
  step(): boolean {
    return !this.isBroken && this.#clock.step() && !this.isBroken;
  }

  /** Runs up to this virtual time, or to the first broken law. */
  runUntil(ms: number): void {
    for (let at = this.#clock.nextMs; at !== undefined && at <= ms; at = this.#clock.nextMs) {
      if (!this.step()) return;
    }
    if (!this.isBroken) this.#clock.runUntil(ms);
  }

  /** Adds a fault at or after now. */
  inject(window: FaultWindow): void {
    const { at, fault } = window;
    this.#clock.schedule(at - this.#clock.nowMs, () => {
      const target = targetOf(fault);
      if (isDeed(target)) return this.#await(target, window);
      const server = resolveTarget(this.#servers, target);
      if (server !== undefined || target === undefined) this.#begin(window, server?.number);
    });
  }

  /** Every server as it is now. */
  view(): readonly ServerView[] {
    return this.#servers.map(({ id, actor }) => ({
      id,
      isUp: actor !== undefined,
      snapshot: actor?.snapshot,
      lastApplied: actor?.status().lastApplied ?? 0,
    }));
  }

  /** The run so far. */
  result(): Run {
    const { digest, events, violations, sometimes } = this.#observer;
    return {
      ok: !this.isBroken,
      digest,
      virtualMs: this.#clock.nowMs,
      events,
      violations,
      history: this.#clients.history,
      faults: this.#fired,
      sometimes,
    };
  }

  // ---- servers: founded, started, killed

  #newServer(id: ServerId, number: number): SimulatedServer<C, R> {
    const disk = new SectorDisk((kind, _file, run) => {
      if (kind !== 'sync') return run();
      this.#clock.schedule(this.#syncMs(number, ++server.syncs), run);
    }, `disk of ${id}`);
    const server: SimulatedServer<C, R> = {
      number,
      id,
      disk,
      incarnation: 0,
      syncs: 0,
      actor: undefined,
      waiting: new Set(),
    };
    return server;
  }

  #syncMs(server: number, sync: number): number {
    const drawn = draw(this.#seed, purposes.disk, server, sync);
    const slowMs = this.#options.schedule.slowDisksMs?.[server] ?? 0;
    return syncMs + (drawn % 16) / 16 + slowMs + this.#faults.extraSyncMs(server);
  }

  #found(server: SimulatedServer<C, R>): void {
    const store = walStore({ disk: server.disk, segmentBytes });
    const founding = { clusterId: 'simulated', serverId: server.id, servers: this.#addresses };
    store.open((error) => {
      if (error !== undefined) throw error;
      found(store, founding, serverRandom(this.#seed, server.number), (failure) => {
        if (failure !== undefined) throw failure;
        store.close(() => this.#start(server));
      });
    });
  }

  #start(server: SimulatedServer<C, R>): void {
    const { id, number } = server;
    const { schedule, machine } = this.#options;
    const incarnation = ++server.incarnation;
    const isAlive = () => server.incarnation === incarnation;
    const actor = new ServerActor({
      id,
      clusterId: 'simulated',
      servers: this.#addresses,
      stateMachine: this.#stateMachine(id),
      transport: this.#network.transport(number),
      store: walStore({ disk: server.disk, segmentBytes }),
      clock: this.#clockOf(isAlive),
      random: serverRandom(this.#seed, number + incarnation * 64),
      settings: schedule.settings,
      machine,
    });
    server.actor = actor;
    actor.steps$.subscribe((step) => isAlive() && this.#stepped(server, step));
    actor.applied$.subscribe(({ entry }) => isAlive() && this.#observer.applied(server, entry));
    actor.failures$.subscribe((error) => isAlive() && this.#observer.failed(server, error));
    actor.start((error) => {
      if (error !== undefined && isAlive()) this.#observer.failed(server, error);
    });
  }

  #stateMachine(id: ServerId): BytesStateMachine {
    const machine = this.#options.stateMachine(id);
    return {
      apply: (bytes, entry) => machine.apply(jsonCodec.decode(bytes) as C, entry),
      snapshot: () => machine.snapshot(),
      restore: (chunks) => machine.restore(chunks),
    };
  }

  /** The clock of one incarnation: after its end, nothing that it scheduled happens. */
  #clockOf(isAlive: () => boolean): Clock {
    const clock = this.#clock;
    return {
      monotonicMs: () => clock.nowMs,
      wallMs: () => epochMs + Math.floor(clock.nowMs),
      schedule: (ms, run) => {
        const happening = clock.schedule(ms, () => isAlive() && run());
        return () => {
          happening.run = undefined;
        };
      },
      defer: (run) => clock.schedule(0, () => isAlive() && run()),
    };
  }

  #stepped(server: SimulatedServer<C, R>, step: Step): void {
    if (this.#awaited.length > 0) this.#notice(server.number, step);
    this.#observer.stepped(server, step);
  }

  #crash(number: number, forMs: number): void {
    const server = this.#servers[number]!;
    if (server.actor === undefined) return;
    server.incarnation++;
    server.actor = undefined;
    this.#network.disconnect(number);
    server.disk.crash((_file, sector, write) => {
      return draw(this.#seed, purposes.sector, number, sector, write) % 2 === 0;
    });
    for (const operation of server.waiting) operation.outcome = 'unknown';
    server.waiting.clear();
    this.#clock.schedule(forMs, () => this.#start(server));
  }

  #begin(window: FaultWindow, server: number | undefined): void {
    const { dur, fault } = window;
    const count = (this.#fired[fault.kind] ??= { fired: 0 });
    count.fired++;
    if (fault.kind === 'crash') return this.#crash(server!, dur);
    this.#faults.begin(window, server);
    this.#clock.schedule(dur, () => this.#faults.end(window));
  }

  /**
   * The fault begins when a server does what it waits for; a vote is given when the answer leaves.
   */
  #await(deed: Deed, window: FaultWindow): void {
    if (deed !== 'voter') this.#awaited.push({ deed, window });
    else this.#network.onceSent(isVote, (voter) => this.#beginSoon(window, voter));
  }

  #beginSoon(window: FaultWindow, server: number): void {
    this.#clock.schedule(0, () => this.#begin(window, server));
  }

  /** Whether this step is what a fault waits for. */
  #notice(server: number, { before, after }: Step): void {
    if (before === undefined || roleOf(after) !== 'leader') return;
    const isElected = roleOf(before) !== 'leader';
    const commits = after.context.commitIndex > before.context.commitIndex;
    const at = this.#awaited.findIndex(({ deed }) => (deed === 'elected' ? isElected : commits));
    if (at >= 0) this.#beginSoon(this.#awaited.splice(at, 1)[0]!.window, server);
  }
}

/** Plays a schedule to its end, or to the first broken law. */
export function simulate<C, R>(options: SimulationOptions<C, R>): Run {
  const simulation = new Simulation(options);
  simulation.runUntil(options.schedule.forMs);
  return simulation.result();
}

function isDeed(target: Target | undefined): target is Deed {
  return target === 'voter' || target === 'elected' || target === 'committer';
}

function isVote(message: Message): boolean {
  return message.type === 'RequestVoteResponse' && message.voteGranted;
}
