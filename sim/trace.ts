/**
 * What happens in a run, event by event, each with its cause: for people who look at it, for
 * diagrams, and for files (`docs/simulator.md` has the format).
 */
import type { ServerId } from '../machines/entry.js';
import type { Fault } from './fault.js';

/** What all events have. */
interface Happened {
  /** 1 for the first event, and so on. */
  readonly number: number;
  /** The number of the event that it came of; 0 for the beginning. */
  readonly cause: number;
  /** Virtual ms. */
  readonly at: number;
}

/** What a guard of the server's chart said. */
export interface GuardAnswer {
  readonly guard: string;
  readonly holds: boolean;
}

/** A server took a step: it received something, and this is what it is then. */
export interface StepEvent extends Happened {
  readonly type: 'step';
  readonly server: ServerId;
  /** A message, a timer, a completion of its disk, a request; `Restart`: it has just started. */
  readonly event: string;
  /** Who sent the message, if it is one. */
  readonly from?: ServerId;
  readonly role: string;
  readonly term: number;
  readonly votedFor?: ServerId;
  readonly lastIndex: number;
  readonly commitIndex: number;
  /** What its guards were asked, and said, in order; on request. */
  readonly guards?: readonly GuardAnswer[];
}

/** A message did not arrive. */
export interface LossEvent extends Happened {
  readonly type: 'lost';
  readonly from: ServerId;
  readonly to: ServerId;
  readonly event: string;
}

/** A fault began, or was over. */
export interface FaultEvent extends Happened {
  readonly type: 'fault' | 'healed';
  /** Which fault of the run, from 1 on. */
  readonly count: number;
  readonly fault: Fault;
  /** Whom it befell, if it is about one server. */
  readonly server?: ServerId;
}

/** A client asked for something, or knows what became of it. */
export interface ClientEvent extends Happened {
  readonly type: 'asked' | 'settled';
  readonly client: number;
  /** Its place in the history. */
  readonly operation: number;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly outcome?: 'done' | 'notDone' | 'unknown';
}

export type TraceEvent = StepEvent | LossEvent | FaultEvent | ClientEvent;
