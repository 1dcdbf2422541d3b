/**
 * A whole cluster in virtual time: the server actors that ship, over a virtual clock, network and
 * disks. One schedule and one seed in, one run out, to the byte. A run can be stepped, looked at
 * between steps, given another fault at any time, and forked; `simulate` plays a schedule to its
 * end.
 */
import type { Step } from '../actors/serverActor.js';
import { proposal } from '../machines/entry.js';
import { withGuardOutcomes } from '../machines/guardOutcomes.js';
import { server as serverMachine } from '../machines/server.js';
import { Clients } from './clients.js';
import { hasCore } from './core.js';
import type { Fault, FaultWindow } from './fault.js';
import type { Heal } from './faults/onset.js';
import { Host } from './host.js';
import { Misfortunes } from './misfortunes.js';
import { type Crossing, Network } from './network.js';
import { Observer } from './observer.js';
import type { Operation, Refusal, Run, ServerView } from './run.js';
import type { LoadItem } from './schedule.js';
import type { SimulatedServer } from './simulatedServer.js';
import type { SimulationOptions, Surroundings } from './simulationOptions.js';
import { Tracer } from './tracer.js';
import { VirtualClock } from './virtualClock.js';
import { Weather } from './weather.js';

/** So often somebody tries whether a leader commits, once a cluster is left alone. */
const probeMs = 20;

/** No client waits longer than this for an answer, virtual ms. */
const patienceMs = 2_000;

/** Something that was done to a run from outside: after so many steps, at this instant. */
interface Intervention<C, R> {
  readonly steps: number;
  readonly nowMs: number;
  readonly apply: (simulation: Simulation<C, R>) => void;
}

export type { SimulationOptions } from './simulationOptions.js';

export class Simulation<C = unknown, R = unknown> {
  readonly #options: SimulationOptions<C, R>;
  readonly #clock = new VirtualClock();
  readonly #weather = new Weather();
  readonly #network: Network;
  readonly #hosts: readonly Host<C, R>[];
  readonly #observer: Observer;
  readonly #tracer: Tracer;
  readonly #clients: Clients<C, R>;
  readonly #misfortunes: Misfortunes<C, R>;
  readonly #detected: Refusal[] = [];
  #steps = 0;
  readonly #interventions: Intervention<C, R>[] = [];
  #isHandled = false;

  constructor(options: SimulationOptions<C, R>) {
    const { schedule, seed = 0, stateMachine, laws = [] } = options;
    this.#options = options;
    const clock = this.#clock;
    const weather = this.#weather;
    const ids = Array.from({ length: schedule.servers }, (_, number) => `s${number + 1}`);
    const addresses = Object.fromEntries(ids.map((id) => [id, id]));
    const tracer = new Tracer(clock, options.onEvent);
    const observer = new Observer(clock, laws, tracer);
    const network = new Network(clock, seed, weather, ids, schedule.deviations, (to, hear) =>
      this.#hosts[to]!.whenRunning(hear),
    );
    network.onLoss = ({ from, to, message }) => tracer.lost(ids[from]!, ids[to]!, message.type);
    const world = {
      clock,
      seed,
      schedule,
      network,
      observer,
      addresses,
      stateMachine,
      machine: this.#machine(),
      stepped: (server: Host<C, R>, step: Step) => {
        observer.stepped(server, step);
        this.#misfortunes.stepped(server, step);
      },
      lost: (operations: readonly Operation<C, R>[]) => this.#clients.lost(operations),
      refused: (refusal: Refusal) => this.#detected.push(refusal),
    };
    this.#network = network;
    this.#observer = observer;
    this.#tracer = tracer;
    const hosts = ids.map((id, number) => new Host(world, number, id));
    this.#hosts = hosts;
    const [machine, settings] = [options.clientMachine, schedule.clients];
    const shared = { clock, seed, network, tracer };
    this.#clients = new Clients({ ...shared, servers: hosts, observer, settings, machine });
    this.#misfortunes = new Misfortunes({ ...shared, hosts, weather });
    this.#begin();
  }

  #begin(): void {
    const { windows, load } = this.#options.schedule;
    for (const host of this.#hosts) host.found();
    for (const window of windows) this.#misfortunes.plan(window);
    for (const item of load) this.#clock.schedule(item.at, () => this.#clients.request(item));
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** Whether a law is broken: the run is over then. */
  get isBroken(): boolean {
    return this.#observer.violations.length > 0;
  }

  /** The servers, to be looked at and asked. Whoever acts on them cannot fork this run any more. */
  get servers(): readonly SimulatedServer<C, R>[] {
    this.#isHandled = true;
    return this.#hosts;
  }

  /**
   * For those who add something of their own to a run: weather, clients. It cannot be forked any
   * more.
   */
  get surroundings(): Surroundings {
    this.#isHandled = true;
    const [clock, weather] = [this.#clock, this.#weather];
    return { clock, weather, network: this.#network, observer: this.#observer };
  }

  /** Messages and bytes that servers have sent to each other. */
  get sent(): { readonly messages: number; readonly bytes: number } {
    return this.#network.sent;
  }

  /** Every message as it is delivered, for a diagram. */
  set onDelivery(listener: ((crossing: Crossing) => void) | undefined) {
    this.#network.onDelivery = listener;
  }

  /** Lets one thing happen. Answers whether there was one, and no law was broken by it. */
  step(): boolean {
    if (this.isBroken || !this.#clock.step()) return false;
    this.#steps++;
    return !this.isBroken;
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
    this.#intervene((simulation) => simulation.#misfortunes.plan(window));
  }

  /** Begins a fault at once, without an end; answers what ends it. */
  begin(fault: Fault): Heal {
    const heals = new Map<Simulation<C, R>, Heal>();
    this.#intervene((simulation) => {
      heals.set(simulation, simulation.#misfortunes.begin(fault));
    });
    return () => this.#intervene((simulation) => heals.get(simulation)!());
  }

  /** A client asks for something now. */
  request(item: Omit<LoadItem<C>, 'at'>): void {
    this.#intervene((simulation) =>
      simulation.#clients.request({ ...item, at: simulation.#clock.nowMs }),
    );
  }

  /**
   * The same run once more, as it is now: what is done to one of the two from here on does not
   * touch the other. It is played again from its beginning.
   */
  fork(options: Partial<Pick<SimulationOptions<C, R>, 'onEvent' | 'guards'>> = {}) {
    if (this.#isHandled) throw new Error('a run whose servers were handed out cannot be forked');
    const { onEvent: _, ...plain } = this.#options;
    const fork = new Simulation<C, R>({ ...plain, ...options });
    for (const { steps, nowMs, apply } of this.#interventions) {
      fork.#repeat(steps, nowMs);
      fork.#intervene(apply);
    }
    fork.#repeat(this.#steps, this.nowMs);
    return fork;
  }

  /**
   * Lets no more faults begin, waits for the end of those that end, and leaves the servers alone
   * until a new entry is committed, for `quietMs` at most, until all clients know what became of
   * their requests, and until they have stopped. Nothing is owed where no majority is left that
   * hears each other.
   */
  leaveAlone(quietMs: number): void {
    const lastMs = this.nowMs + quietMs;
    let healedMs = this.nowMs;
    this.#intervene((simulation) => {
      healedMs = Math.max(healedMs, simulation.#misfortunes.stop(lastMs));
    });
    this.runUntil(healedMs);
    if (this.isBroken || !hasCore(this.#hosts, this.#weather)) return;
    const fromMs = this.nowMs;
    const before = this.#highestCommit();
    const hasProgress = () => this.#highestCommit() > before;
    for (let ms = 0; ms < quietMs && !hasProgress() && !this.isBroken; ms += probeMs) {
      this.#intervene((simulation) => simulation.#probe());
      this.runUntil(fromMs + ms + probeMs);
    }
    if (this.isBroken) return;
    this.#observer.leftAlone(hasProgress() ? this.nowMs - fromMs : undefined);
    this.#letClientsSettle();
    if (this.#clients.unsettled.length === 0) {
      this.#intervene((simulation) => simulation.#clients.stop());
      this.#letClientsSettle();
    }
    if (!this.isBroken) this.#observer.stillWaiting(this.#clients.unsettled);
  }

  #letClientsSettle(): void {
    const patientUntilMs = this.nowMs + patienceMs;
    while (this.#clients.unsettled.length > 0 && this.nowMs < patientUntilMs && !this.isBroken) {
      this.runUntil(this.nowMs + probeMs);
    }
  }

  /** The run is over: laws about all of it are held against it. */
  end(): void {
    if (!this.isBroken) this.#observer.ended(this.#clients.history);
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
      faults: this.#misfortunes.counts,
      detected: [...this.#detected],
      sometimes,
    };
  }

  #machine(): typeof serverMachine | undefined {
    const { machine, guards = false } = this.#options;
    if (!guards) return machine;
    return withGuardOutcomes(machine ?? serverMachine, ({ guard, holds }) =>
      this.#tracer.guard({ guard, holds }),
    );
  }

  #probe(): void {
    for (const { actor } of this.#hosts) actor?.propose(proposal('tick'), () => {});
  }

  #highestCommit(): number {
    const commits = this.#hosts.map(({ actor }) => actor?.snapshot?.context.commitIndex ?? 0);
    return Math.max(...commits);
  }

  // ---- what is done from outside

  #intervene(apply: (simulation: Simulation<C, R>) => void): void {
    this.#interventions.push({ steps: this.#steps, nowMs: this.nowMs, apply });
    apply(this);
  }

  /** Goes on to where another run of the same beginning was after so many steps. */
  #repeat(steps: number, nowMs: number): void {
    while (this.#steps < steps && this.step());
    if (!this.isBroken) this.#clock.runUntil(nowMs);
  }
}

/** Plays a schedule to its end, or to the first broken law. */
export function simulate<C, R>(options: SimulationOptions<C, R>): Run {
  const simulation = new Simulation(options);
  const { forMs, quietMs = 0 } = options.schedule;
  simulation.runUntil(forMs);
  if (quietMs > 0 && !simulation.isBroken) simulation.leaveAlone(quietMs);
  simulation.end();
  return simulation.result();
}
