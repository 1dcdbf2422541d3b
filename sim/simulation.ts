/**
 * A whole cluster in virtual time: the server actors that ship, over a virtual clock, network and
 * disks. One schedule and one seed in, one run out, to the byte. A run can be stepped, looked at
 * between steps, given another fault at any time, and forked; `simulate` plays a schedule to its
 * end.
 */
import type { Step } from '../actors/serverActor.js';
import type { MakeStateMachine } from '../actors/stateMachine.js';
import type { clientMachine } from '../machines/client.js';
import { proposal } from '../machines/entry.js';
import { withGuardOutcomes } from '../machines/guardOutcomes.js';
import { server as serverMachine } from '../machines/server.js';
import { Clients } from './clients.js';
import { type Deed, deedsOf, isDeed, isVote, spreadOf } from './deeds.js';
import { type Fault, type FaultWindow, targetOf } from './fault.js';
import { begin, maySurvive } from './faults/faults.js';
import { type Heal, nothingToHeal } from './faults/onset.js';
import { Host } from './host.js';
import type { Law } from './law.js';
import { type Crossing, Network } from './network.js';
import { Observer } from './observer.js';
import { hasCore } from './quorumOfTheFit.js';
import type { FaultCount, Refusal, Run, ServerView } from './run.js';
import type { LoadItem, Schedule } from './schedule.js';
import { resolveTarget, type SimulatedServer } from './simulatedServer.js';
import type { TraceEvent } from './trace.js';
import { Tracer } from './tracer.js';
import { VirtualClock } from './virtualClock.js';
import { Weather } from './weather.js';

/** Founding takes a few ms, and nothing goes wrong with it: it is no part of what is tried. */
const foundedMs = 10;

/** So often somebody tries whether a leader commits, once a cluster is left alone. */
const probeMs = 20;

/** No client waits longer than this for an answer, virtual ms. */
const patienceMs = 2_000;

export interface SimulationOptions<C, R> {
  readonly schedule: Schedule<C>;
  /** 0 */
  readonly seed?: number | undefined;
  readonly stateMachine: MakeStateMachine<C, R, any, any>;
  readonly laws?: readonly Law[] | undefined;
  /** Another machine in place of the server's: a mutant. */
  readonly machine?: typeof serverMachine | undefined;
  /** Another machine in place of that of clients with a session. */
  readonly clientMachine?: typeof clientMachine | undefined;
  /** Called with every event, for a trace. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined;
  /** Whether traced steps tell what each guard said (false). */
  readonly guards?: boolean | undefined;
}

/** What a run consists of besides its servers. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly network: Network;
  readonly observer: Observer;
}

/** Something that was done to a run from outside: after so many steps, at this instant. */
interface Intervention<C, R> {
  readonly steps: number;
  readonly nowMs: number;
  readonly apply: (simulation: Simulation<C, R>) => void;
}

export class Simulation<C = unknown, R = unknown> {
  readonly #options: SimulationOptions<C, R>;
  readonly #clock = new VirtualClock();
  readonly #weather = new Weather();
  readonly #network: Network;
  readonly #hosts: readonly Host<C, R>[];
  readonly #observer: Observer;
  readonly #tracer: Tracer;
  readonly #clients: Clients<C, R>;
  readonly #faults: Record<string, FaultCount> = {};
  readonly #detected: Refusal[] = [];
  /** When faults end that have begun, virtual ms. */
  readonly #ends: number[] = [];
  #begun = 0;
  #steps = 0;
  #isLeftAlone = false;
  /** Faults that wait for a deed. */
  readonly #awaited: { readonly deed: Deed; readonly window: FaultWindow }[] = [];
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
      stepped: (server: Host<C, R>, step: Step) => this.#stepped(server, step),
      lost: (operations: readonly Run['history'][number][]) =>
        this.#clients.lost(operations as never),
      refused: (refusal: Refusal) => this.#detected.push(refusal),
    };
    this.#network = network;
    this.#observer = observer;
    this.#tracer = tracer;
    this.#hosts = ids.map((id, number) => new Host(world, number, id));
    this.#clients = new Clients({
      clock,
      seed,
      servers: this.#hosts,
      network,
      observer,
      tracer,
      machine: options.clientMachine,
    });
    for (const host of this.#hosts) host.found();
    for (const window of schedule.windows) this.#plan(window);
    for (const item of schedule.load) clock.schedule(item.at, () => this.#clients.request(item));
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
    this.#intervene((simulation) => simulation.#plan(window));
  }

  /** Begins a fault at once, without an end; answers what ends it. */
  begin(fault: Fault): Heal {
    const heals = new Map<Simulation<C, R>, Heal>();
    this.#intervene((simulation) => {
      const target = targetOf(fault);
      const host = isDeed(target) ? undefined : resolveTarget(simulation.#hosts, target);
      const isPossible = host !== undefined || target === undefined;
      const dur = Number.POSITIVE_INFINITY;
      heals.set(simulation, isPossible ? simulation.#begin(fault, dur, host) : () => {});
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
   * until a new entry is committed, for `quietMs` at most, and until all clients know what became
   * of their requests. Nothing is owed where no majority is left that hears each other.
   */
  leaveAlone(quietMs: number): void {
    this.#intervene((simulation) => {
      simulation.#isLeftAlone = true;
    });
    const lastMs = this.nowMs + quietMs;
    this.runUntil(Math.max(this.nowMs, ...this.#ends.filter((at) => at <= lastMs)));
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
    const patientUntilMs = this.nowMs + patienceMs;
    while (this.#clients.unsettled.length > 0 && this.nowMs < patientUntilMs && !this.isBroken) {
      this.runUntil(this.nowMs + probeMs);
    }
    if (!this.isBroken) this.#observer.stillWaiting(this.#clients.unsettled);
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
      faults: this.#faults,
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

  // ---- faults

  #stepped(host: Host<C, R>, step: Step): void {
    this.#observer.stepped(host, step);
    if (this.#awaited.length > 0) this.#notice(host, step);
  }

  #plan(window: FaultWindow): void {
    const { at, fault, when } = window;
    this.#clock.schedule(Math.max(at, foundedMs) - this.#clock.nowMs, () => {
      const target = targetOf(fault);
      const deed = when ?? (isDeed(target) ? target : undefined);
      if (deed === undefined) this.#strike(window, undefined);
      else this.#await(deed, window);
    });
  }

  /** Begins what was planned, where its target is now; `doer` has done what it waited for. */
  #strike({ dur, fault }: FaultWindow, doer: Host<C, R> | undefined): void {
    if (this.#isLeftAlone) return;
    const target = targetOf(fault);
    const host = isDeed(target) ? doer : resolveTarget(this.#hosts, target);
    if (host === undefined && target !== undefined) return;
    this.#ends.push(this.nowMs + dur);
    const heal = this.#begin(fault, dur, host);
    this.#clock.schedule(dur, heal);
  }

  #begin(fault: Fault, dur: number, host: Host<C, R> | undefined): Heal {
    if (!maySurvive({ fault, host, hosts: this.#hosts })) return nothingToHeal;
    const number = ++this.#begun;
    const count = (this.#faults[fault.kind] ??= { fired: 0, mattered: 0 });
    count.fired++;
    let hasMattered = false;
    const mattered = () => {
      if (!hasMattered) count.mattered++;
      hasMattered = true;
    };
    this.#tracer.fault('fault', number, fault, host?.id);
    const { seed = 0 } = this.#options;
    const [clock, weather, hosts] = [this.#clock, this.#weather, this.#hosts];
    const heal = begin({ fault, dur, number, host, hosts, seed, clock, weather, mattered });
    return () => {
      this.#tracer.fault('healed', number, fault, host?.id);
      heal();
    };
  }

  /**
   * The fault begins when a server does what it waits for; a vote is given when the answer leaves.
   */
  #await(deed: Deed, window: FaultWindow): void {
    if (deed !== 'voter') this.#awaited.push({ deed, window });
    else this.#network.onceSent(isVote, (voter) => this.#strikeSoon(window, this.#hosts[voter]!));
  }

  #strikeSoon(window: FaultWindow, host: Host<C, R>): void {
    this.#clock.schedule(0, () => this.#strike(window, host));
  }

  /** Whether this step is what a fault waits for. */
  #notice(host: Host<C, R>, step: Step): void {
    const deeds = [...deedsOf(step), ...spreadOf(host, step, this.#hosts)];
    const at = this.#awaited.findIndex(({ deed }) => deeds.includes(deed));
    if (at >= 0) this.#strikeSoon(this.#awaited.splice(at, 1)[0]!.window, host);
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
