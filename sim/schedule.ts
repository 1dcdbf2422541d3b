/**
 * What happens in a run, as data: how many servers, what goes wrong when, and what clients ask for.
 * Whatever a schedule does not mention is benign, so that what is left of one after shrinking is
 * what matters.
 */
import type { ClientSettings } from '../machines/clientContext.js';
import type { Settings } from '../machines/settings.js';
import type { FaultWindow } from './fault.js';

/**
 * Clients of this number and above hold a session, and reach the leader through some server; those
 * below speak to it directly, and once.
 */
export const sessionClientsFrom = 5;

/** One request of a client; without a command it is a read, of what `query` asks for. */
export interface LoadItem<C = unknown> {
  readonly at: number;
  readonly client: number;
  readonly command?: C;
  readonly query?: unknown;
  /** A client with a session gives up after so long, virtual ms; what came of it is unknown. */
  readonly abortAfterMs?: number;
  /**
   * It asks for nothing: a client with a session stops, for good, and closes its session. What it
   * is asked for from then on it refuses.
   */
  readonly stop?: true;
}

/** Something done to one message: the `message`th on the link from server `from` to server `to`. */
export interface Deviation {
  readonly from: number;
  readonly to: number;
  readonly message: number;
  readonly drop?: true;
  readonly extraMs?: number;
}

export interface Schedule<C = unknown> {
  /** 1 to 7. */
  readonly servers: number;
  /** How long it runs, virtual ms. */
  readonly forMs: number;
  readonly windows: readonly FaultWindow[];
  readonly load: readonly LoadItem<C>[];
  readonly deviations: readonly Deviation[];
  /**
   * After `forMs`, and when no fault is left but those that last longer than this, the servers are
   * left alone for so long, virtual ms, or until they make progress (0: not at all). A majority
   * must be up and hear each other then.
   */
  readonly quietMs?: number;
  /** How much longer than others the disks of the first servers take to sync, ms. */
  readonly slowDisksMs?: readonly number[];
  /** Size of the segments of their logs (256 KiB), from 2 KiB on. */
  readonly segmentBytes?: number;
  /** How many sessions are kept at most (4,096). */
  readonly sessionsMax?: number;
  /** Settings of the servers that differ from the defaults. */
  readonly settings?: Partial<Settings>;
  /** Settings of clients with sessions that differ from those of the simulator. */
  readonly clients?: Partial<ClientSettings>;
}

/** A quiet run. */
export function benign(servers: number, forMs: number): Schedule<never> {
  return { servers, forMs, windows: [], load: [], deviations: [] };
}
