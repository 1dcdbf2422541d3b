/**
 * A law: something that holds in every run, whatever goes wrong. Laws look at servers from outside,
 * at every step; a run that breaks one ends there. Each law also says what must have happened at
 * least sometimes for its holding to mean anything.
 */
import type { Step } from '../actors/serverActor.js';
import type { Entry, ServerId } from '../machines/entry.js';

/** A law at work on one run. Each answer is undefined, or how the law is broken, in a few words. */
export interface Watch {
  /** A server took a step. */
  step?(server: ServerId, step: Step): string | undefined;
  /** A server applied a committed entry. */
  applied?(server: ServerId, entry: Entry): string | undefined;
  /** A server starts, from what its disk held. */
  started?(server: ServerId, step: Step): string | undefined;
  /**
   * A client's read was answered: what it saw, and what had been acknowledged to anyone when it was
   * asked.
   */
  readAnswered?(
    server: ServerId,
    appliedIndex: number,
    acknowledgedIndex: number,
  ): string | undefined;
  /** How often those things happened without which the law was not tried. */
  readonly sometimes: Readonly<Record<string, number>>;
}

export interface Law {
  /** As in the paper, such as `Election Safety`. */
  readonly name: string;
  /** What it says, in one sentence. */
  readonly sentence: string;
  /** Begins to watch a run. */
  watch(): Watch;
}

/** A law that did not hold. */
export interface Violation {
  readonly law: string;
  readonly sentence: string;
  readonly detail: string;
  /** Virtual ms. */
  readonly at: number;
  readonly server: ServerId;
}
