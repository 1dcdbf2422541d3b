/**
 * Which faults are in force at this moment, in the form in which network and disks ask for them.
 */
import type { Fault, FaultWindow, Target } from './schedule.js';

/** A fault in force, with the server that its target was when it began. */
interface Active {
  readonly window: FaultWindow;
  readonly server: number | undefined;
  /** When it will be over, virtual ms. */
  readonly untilMs: number;
}

export class ActiveFaults {
  #active: readonly Active[] = [];
  #loss = 0;
  #duplication = 0;
  #delay: { readonly percent: number; readonly maxMs: number } | undefined;
  #cuts: ((from: number, to: number) => boolean)[] = [];
  #slow: readonly { readonly server: number; readonly extraMs: number }[] = [];
  #stalled: readonly { readonly server: number; readonly untilMs: number }[] = [];

  /** The chance that a message is lost, percent. */
  get loss(): number {
    return this.#loss;
  }

  /** The chance that a message arrives twice, percent. */
  get duplication(): number {
    return this.#duplication;
  }

  get delay(): { readonly percent: number; readonly maxMs: number } | undefined {
    return this.#delay;
  }

  /** Whether a message from one server to another cannot pass. */
  blocks(from: number, to: number): boolean {
    for (const cut of this.#cuts) if (cut(from, to)) return true;
    return false;
  }

  /** How much longer a sync of this server's disk takes that begins at `nowMs`, ms. */
  extraSyncMs(server: number, nowMs: number): number {
    let ms = 0;
    for (const slow of this.#slow) if (slow.server === server) ms += slow.extraMs;
    for (const stalled of this.#stalled) {
      if (stalled.server === server) ms = Math.max(ms, stalled.untilMs - nowMs);
    }
    return ms;
  }

  begin(window: FaultWindow, server: number | undefined, nowMs = 0): void {
    this.#active = [...this.#active, { window, server, untilMs: nowMs + window.dur }];
    this.#derive();
  }

  end(window: FaultWindow): void {
    this.#active = this.#active.filter((active) => active.window !== window);
    this.#derive();
  }

  #derive(): void {
    this.#loss = 0;
    this.#duplication = 0;
    this.#delay = undefined;
    this.#cuts = [];
    const slow: { server: number; extraMs: number }[] = [];
    const stalled: { server: number; untilMs: number }[] = [];
    for (const { window, server, untilMs } of this.#active) {
      const { fault } = window;
      if (fault.kind === 'loss') this.#loss = Math.max(this.#loss, fault.percent);
      else if (fault.kind === 'duplication') {
        this.#duplication = Math.max(this.#duplication, fault.percent);
      } else if (fault.kind === 'delay') this.#delay = fault;
      else if (fault.kind === 'slowDisk' && server !== undefined) {
        slow.push({ server, extraMs: fault.extraMs });
      } else if (fault.kind === 'stallDisk' && server !== undefined) {
        stalled.push({ server, untilMs });
      } else {
        const cut = cutOf(fault, server);
        if (cut !== undefined) this.#cuts.push(cut);
      }
    }
    this.#slow = slow;
    this.#stalled = stalled;
  }
}

/** The target of a fault, if it has one. */
export function targetOf(fault: Fault): Target | undefined {
  return 'server' in fault ? fault.server : undefined;
}

function cutOf(fault: Fault, server: number | undefined) {
  switch (fault.kind) {
    case 'partition':
      return (from: number, to: number) => fault.side.includes(from) !== fault.side.includes(to);
    case 'isolate':
      return (from: number, to: number) => from === server || to === server;
    case 'mute':
      return (from: number, _to: number) => from === server;
    case 'deafen':
      return (_from: number, to: number) => to === server;
    default:
      return undefined;
  }
}
