/**
 * A law: something that holds in every run, whatever goes wrong. Laws look at servers from outside,
 * at every step; a run that breaks one ends there. Each law also says what must have happened at
 * least sometimes for its holding to mean anything.
 */
import type { Applied, Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Operation } from './operation.js';

/** What can name a command: its place in the log, or its session and its sequence there. */
export type CommandName =
  | { readonly index: number; readonly term: number }
  | { readonly sessionId: number; readonly sequence: number };

/** What clients do and hear. */
export type ClientHappening =
  /** A command was answered, or given up. `names`: all under which it was ever sent. */
  | {
      readonly type: 'settled';
      readonly client: number;
      readonly outcome: 'done' | 'notDone' | 'unknown';
      readonly names: readonly CommandName[];
      /** Where it was applied, if it was. */
      readonly index: number | undefined;
    }
  /** A client goes on with another server. */
  | { readonly type: 'moved'; readonly client: number };

/** A law at work on one run. Each answer is undefined, or how the law is broken, in a few words. */
export interface Watch {
  /** A server took a step. */
  step?(server: ServerId, step: Step): string | undefined;
  /** A server applied a committed entry. */
  applied?(server: ServerId, applied: Applied): string | undefined;
  /**
   * The state machine of a server was given the command at this place: just before `applied`, and
   * only where that was no copy.
   */
  executed?(server: ServerId, index: number, term: number): string | undefined;
  /** A client did or heard something. */
  client?(happening: ClientHappening): string | undefined;
  /** A server has put a snapshot in place, taken or received. */
  snapshotPlaced?(server: ServerId, index: number, digest: string): string | undefined;
  /**
   * After the last fault the servers were left alone for the schedule's `quietMs`, or until a new
   * entry was committed: after so many ms; undefined: none was.
   */
  leftAlone?(tookMs: number | undefined): string | undefined;
  /** After that, and longer than any client is patient: what was asked and never settled. */
  stillWaiting?(operations: readonly Operation[]): string | undefined;
  /** The run is over, and no law was broken so far: all that clients asked for. */
  ended?(history: readonly Operation[]): string | undefined;
  /** A server starts, from what its disk held. */
  started?(server: ServerId, step: Step): string | undefined;
  /**
   * Somebody has harmed the folder of a server, or put another in its place: it may start from less
   * than it had saved, and may be running meanwhile.
   */
  folderReplaced?(server: ServerId): void;
  /** A server that starts has found the end of its log torn, and cut so many bytes off. */
  tornTailCut?(server: ServerId, bytes: number): void;
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
