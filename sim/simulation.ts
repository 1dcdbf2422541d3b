/**
 * A whole cluster in virtual time: the server actors that ship, over a virtual clock, network and
 * disks. One schedule and one seed in, one run out, to the byte. A run can be stepped, looked at
 * between steps, and given another fault at any time; `simulate` plays a schedule to its end.
 */
import type { Step } from '../actors/serverActor.js';
import type { MakeStateMachine } from '../actors/stateMachine.js';
import { proposal } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import { roleOf, type server as serverMachine } from '../machines/server.js';
import { befall } from './befall.js';
import { Clients } from './clients.js';
import { ActiveFaults, targetOf } from './faults.js';
import { Host } from './host.js';
import type { Law } from './law.js';
import { type Crossing, Network } from './network.js';
import { Observer } from './observer.js';
import type { Refusal, Run, ServerView, TraceEvent } from './run.js';
import type { Deed, FaultWindow, Schedule, Target } from './schedule.js';
import { resolveTarget } from './simulatedServer.js';
import { VirtualClock } from './virtualClock.js';

/** Founding takes a few ms, and nothing goes wrong with it: it is no part of what is tried. */
const foundedMs = 10;

/** So often somebody tries whether a leader commits, once a cluster is left alone. */
const probeMs = 20;

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
  readonly #clock = new VirtualClock();
  readonly #faults = new ActiveFaults();
  readonly #network: Network;
  readonly #hosts: readonly Host<C, R>[];
  readonly #observer: Observer;
  readonly #clients: Clients<C, R>;
  readonly #fired: Record<string, { fired: number }> = {};
  readonly #detected: Refusal[] = [];
  /** When faults end that have begun, virtual ms. */
  readonly #ends: number[] = [];
  #isLeftAlone = false;
  /** Faults that wait for a deed. */
  readonly #awaited: { readonly deed: Deed; readonly window: FaultWindow }[] = [];

  constructor(options: SimulationOptions<C, R>) {
    const { schedule, seed = 0, stateMachine, machine, laws = [] } = options;
    const clock = this.#clock;
    const faults = this.#faults;
    const ids = Array.from({ length: schedule.servers }, (_, number) => `s${number + 1}`);
    const addresses = Object.fromEntries(ids.map((id) => [id, id]));
    const observer = new Observer(clock, laws, options.onEvent);
    const network = new Network(clock, seed, faults, ids, schedule.deviations, (to, hear) =>
      this.#hosts[to]!.whenRunning(hear),
    );
    const world = {
      clock,
      seed,
      schedule,
      faults,
      network,
      observer,
      addresses,
      stateMachine,
      machine,
      stepped: (server: Host<C, R>, step: Step) => this.#stepped(server, step),
      refused: (refusal: Refusal) => this.#detected.push(refusal),
    };
    this.#network = network;
    this.#observer = observer;
    this.#hosts = ids.map((id, number) => new Host(world, number, id));
    this.#clients = new Clients({ clock, seed, servers: this.#hosts, network, observer });
    for (const host of this.#hosts) host.found();
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

  /**
   * Lets no more faults begin, waits for the end of those that end, and leaves the servers alone
   * until a new entry is committed, for `quietMs` at most.
   */
  leaveAlone(quietMs: number): void {
    this.#isLeftAlone = true;
    const lastMs = this.nowMs + quietMs;
    this.runUntil(Math.max(this.nowMs, ...this.#ends.filter((at) => at <= lastMs)));
    const fromMs = this.nowMs;
    const before = this.#highestCommit();
    const hasProgress = () => this.#highestCommit() > before;
    for (let ms = 0; ms < quietMs && !hasProgress() && !this.isBroken; ms += probeMs) {
      for (const { actor } of this.#hosts) actor?.propose(proposal('tick'), () => {});
      this.runUntil(fromMs + ms + probeMs);
    }
    if (this.isBroken) return;
    const tookMs = hasProgress() ? this.nowMs - fromMs : undefined;
    this.#observer.leftAlone(tookMs);
  }

  #highestCommit(): number {
    const commits = this.#hosts.map(({ actor }) => actor?.snapshot?.context.commitIndex ?? 0);
    return Math.max(...commits);
  }

  /** Adds a fault at or after now. */
  inject(window: FaultWindow): void {
    const { at, fault } = window;
    this.#clock.schedule(Math.max(at, foundedMs) - this.#clock.nowMs, () => {
      const target = targetOf(fault);
      if (isDeed(target)) return this.#await(target, window);
      const host = resolveTarget(this.#hosts, target);
      if (host !== undefined || target === undefined) this.#begin(window, host);
    });
  }

  /** Every server as it is now. */
  view(): readonly ServerView[] {
    return this.#hosts.map(({ id, actor }) => ({
      id,
      isUp: actor !== undefined,
      snapshot: actor?.snapshot,
      lastApplied: actor?.lastApplied ?? 0,
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
      detected: [...this.#detected],
      sometimes,
    };
  }

  // ---- faults

  #stepped(host: Host<C, R>, step: Step): void {
    if (this.#awaited.length > 0) this.#notice(host, step);
    this.#observer.stepped(host, step);
  }

  #begin(window: FaultWindow, host: Host<C, R> | undefined): void {
    if (this.#isLeftAlone) return;
    const { dur, fault } = window;
    this.#ends.push(this.nowMs + dur);
    const count = (this.#fired[fault.kind] ??= { fired: 0 });
    count.fired++;
    const heal = host === undefined ? undefined : befall(this.#hosts, host, fault, dur);
    if (heal !== undefined) {
      this.#clock.schedule(dur, heal);
      return;
    }
    this.#faults.begin(window, host?.number, this.#clock.nowMs);
    this.#clock.schedule(dur, () => this.#faults.end(window));
  }

  /**
   * The fault begins when a server does what it waits for; a vote is given when the answer leaves.
   */
  #await(deed: Deed, window: FaultWindow): void {
    if (deed !== 'voter') this.#awaited.push({ deed, window });
    else this.#network.onceSent(isVote, (voter) => this.#beginSoon(window, this.#hosts[voter]!));
  }

  #beginSoon(window: FaultWindow, host: Host<C, R>): void {
    this.#clock.schedule(0, () => this.#begin(window, host));
  }

  /** Whether this step is what a fault waits for. */
  #notice(host: Host<C, R>, { before, after }: Step): void {
    if (before === undefined || roleOf(after) !== 'leader') return;
    const isElected = roleOf(before) !== 'leader';
    const commits = after.context.commitIndex > before.context.commitIndex;
    const at = this.#awaited.findIndex(({ deed }) => (deed === 'elected' ? isElected : commits));
    if (at >= 0) this.#beginSoon(this.#awaited.splice(at, 1)[0]!.window, host);
  }
}

/** Plays a schedule to its end, or to the first broken law. */
export function simulate<C, R>(options: SimulationOptions<C, R>): Run {
  const simulation = new Simulation(options);
  const { forMs, quietMs = 0 } = options.schedule;
  simulation.runUntil(forMs);
  if (quietMs > 0 && !simulation.isBroken) simulation.leaveAlone(quietMs);
  return simulation.result();
}

function isDeed(target: Target | undefined): target is Deed {
  return target === 'voter' || target === 'elected' || target === 'committer';
}

function isVote(message: Message): boolean {
  return message.type === 'RequestVoteResponse' && message.voteGranted;
}
