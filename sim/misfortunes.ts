/** The misfortunes of a run: faults that are planned, wait for a deed, begin, and are over. */
import type { Step } from '../actors/serverActor.js';
import { type Deed, deedsOf, isDeed, isVote, spreadOf } from './deeds.js';
import { type Fault, type FaultWindow, targetOf } from './fault.js';
import { begin, maySurvive } from './faults/faults.js';
import { type Heal, nothingToHeal } from './faults/onset.js';
import type { Host } from './host.js';
import type { Network } from './network.js';
import type { FaultCount } from './run.js';
import { resolveTarget } from './simulatedServer.js';
import type { Tracer } from './tracer.js';
import type { VirtualClock } from './virtualClock.js';
import type { Weather } from './weather.js';

/** Founding takes a few ms, and nothing goes wrong with it: it is no part of what is tried. */
const foundedMs = 10;

export interface MisfortunesOptions<C, R> {
  readonly hosts: readonly Host<C, R>[];
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly network: Network;
  readonly tracer: Tracer;
}

export class Misfortunes<C, R> {
  /** How often each kind struck, and made a difference. */
  readonly counts: Record<string, FaultCount> = {};
  readonly #options: MisfortunesOptions<C, R>;
  /** When faults end that have begun, virtual ms. */
  readonly #ends: number[] = [];
  /** Faults that wait for a deed. */
  readonly #awaited: { readonly deed: Deed; readonly window: FaultWindow }[] = [];
  #begun = 0;
  #isOver = false;

  constructor(options: MisfortunesOptions<C, R>) {
    this.#options = options;
  }

  /** No planned fault begins any more. Answers when the last of those ends that end by `ms`. */
  stop(ms: number): number {
    this.#isOver = true;
    return Math.max(0, ...this.#ends.filter((at) => at <= ms));
  }

  /** A fault at or after now. */
  plan(window: FaultWindow): void {
    const { clock } = this.#options;
    const { at, fault, when } = window;
    clock.schedule(Math.max(at, foundedMs) - clock.nowMs, () => {
      const target = targetOf(fault);
      const deed = when ?? (isDeed(target) ? target : undefined);
      if (deed === undefined) this.#strike(window, undefined);
      else this.#await(deed, window);
    });
  }

  /** A fault that begins at once, with an end that nobody knows; answers what ends it. */
  begin(fault: Fault): Heal {
    const target = targetOf(fault);
    const host = isDeed(target) ? undefined : resolveTarget(this.#options.hosts, target);
    const isPossible = host !== undefined || target === undefined;
    return isPossible ? this.#begin(fault, Number.POSITIVE_INFINITY, host) : nothingToHeal;
  }

  /** Whether this step is what a fault waits for. */
  stepped(host: Host<C, R>, step: Step): void {
    if (this.#awaited.length === 0) return;
    const deeds = [...deedsOf(step), ...spreadOf(host, step, this.#options.hosts)];
    const at = this.#awaited.findIndex(({ deed }) => deeds.includes(deed));
    if (at >= 0) this.#strikeSoon(this.#awaited.splice(at, 1)[0]!.window, host);
  }

  /** Begins what was planned, where its target is now; `doer` has done what it waited for. */
  #strike({ dur, fault }: FaultWindow, doer: Host<C, R> | undefined): void {
    if (this.#isOver) return;
    const { hosts, clock } = this.#options;
    const target = targetOf(fault);
    const host = isDeed(target) ? doer : resolveTarget(hosts, target);
    if (host === undefined && target !== undefined) return;
    this.#ends.push(clock.nowMs + dur);
    clock.schedule(dur, this.#begin(fault, dur, host));
  }

  #begin(fault: Fault, dur: number, host: Host<C, R> | undefined): Heal {
    const { hosts, seed, clock, weather, tracer } = this.#options;
    if (!maySurvive({ fault, host, hosts })) return nothingToHeal;
    const number = ++this.#begun;
    const count = (this.counts[fault.kind] ??= { fired: 0, mattered: 0 });
    count.fired++;
    let hasMattered = false;
    const mattered = () => {
      if (!hasMattered) count.mattered++;
      hasMattered = true;
    };
    tracer.fault('fault', number, fault, host?.id);
    const heal = begin({ fault, dur, number, host, hosts, seed, clock, weather, mattered });
    return () => {
      tracer.fault('healed', number, fault, host?.id);
      heal();
    };
  }

  /**
   * The fault begins when a server does what it waits for; a vote is given when the answer leaves.
   */
  #await(deed: Deed, window: FaultWindow): void {
    const { network, hosts } = this.#options;
    if (deed !== 'voter') this.#awaited.push({ deed, window });
    else network.onceSent(isVote, (voter) => this.#strikeSoon(window, hosts[voter]!));
  }

  #strikeSoon(window: FaultWindow, host: Host<C, R>): void {
    this.#options.clock.schedule(0, () => this.#strike(window, host));
  }
}
