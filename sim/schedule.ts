/**
 * What happens in a run, as data: how many servers, what goes wrong when, and what clients ask for.
 * Whatever a schedule does not mention is benign, so that what is left of one after shrinking is
 * what matters.
 */
import type { Settings } from '../machines/settings.js';

/**
 * A server by its number from 0 on, or by what it is at that moment: `leader`, or `upToDate`, the
 * follower with the longest log; or by what it does next: `voter`, `elected`, `committer`, the
 * first that gives its vote, wins an election, or commits as a leader, at the moment when it does.
 */
export type Target = number | 'leader' | 'upToDate' | Deed;

/** What a fault can wait for. */
export type Deed = 'voter' | 'elected' | 'committer';

/**
 * What can go wrong. Each kind heals by itself when its window ends, and is *masked*: no law
 * breaks, and a majority goes on. Those that befall folders say where it is otherwise.
 */
export type Fault =
  /** The servers of `side` and the others do not hear each other. */
  | { readonly kind: 'partition'; readonly side: readonly number[] }
  /** One server hears nobody and is heard by nobody. */
  | { readonly kind: 'isolate'; readonly server: Target }
  /** Messages from one server are lost; it still hears the others. */
  | { readonly kind: 'mute'; readonly server: Target }
  /** Messages to one server are lost; the others still hear it. */
  | { readonly kind: 'deafen'; readonly server: Target }
  /** Each message is lost with this chance, in percent. */
  | { readonly kind: 'loss'; readonly percent: number }
  /** Each message arrives twice with this chance, the second time late. */
  | { readonly kind: 'duplication'; readonly percent: number }
  /** Each message is held up with this chance for up to `maxMs`, so that later ones overtake it. */
  | { readonly kind: 'delay'; readonly percent: number; readonly maxMs: number }
  /** The process is killed; what its disk had not synced is lost, sector by sector, by chance. */
  | { readonly kind: 'crash'; readonly server: Target }
  /** The process is killed, and the machine goes on: what was written is not lost. */
  | { readonly kind: 'kill'; readonly server: Target }
  /** The process stands still, and then goes on as if nothing had been (SIGSTOP, a long stall). */
  | { readonly kind: 'pause'; readonly server: Target }
  /** Syncs of one server take so much longer. */
  | { readonly kind: 'slowDisk'; readonly server: Target; readonly extraMs: number }
  /** Syncs of one server hang until the window is over. */
  | { readonly kind: 'stallDisk'; readonly server: Target }
  /** Syncs of one server fail: it must stop, and starts again when the window is over. */
  | { readonly kind: 'failSync'; readonly server: Target }
  /** The disk of one server has no room for another file, or for one to grow. */
  | { readonly kind: 'fullDisk'; readonly server: Target }
  /** The wall clock of one server is set, and set back. */
  | { readonly kind: 'clockJump'; readonly server: Target; readonly ms: number }
  /** The clock of one server runs fast by so many percent; slow, if negative. */
  | { readonly kind: 'drift'; readonly server: Target; readonly percent: number }
  /** Somebody asks one server to hand leadership over. */
  | { readonly kind: 'transfer'; readonly server: Target }
  /**
   * The process is killed, and its folder emptied. *Detected*: at the end of the window it refuses
   * to start (`RAFT_NOT_FOUNDED`), and stays down; the others go on.
   */
  | { readonly kind: 'wipe'; readonly server: Target }
  /**
   * Both processes are killed, and their folders exchanged: that of `server`, and that of `with`
   * (the next by number). *Detected*: at the end of the window both refuse to start
   * (`RAFT_WRONG_CLUSTER`), naming whose folder it is, and stay down. Another swap puts it right.
   */
  | { readonly kind: 'swap'; readonly server: Target; readonly with?: number }
  /**
   * The folder is copied when the window begins; when it ends, the process is killed, and starts on
   * the copy. *Outside the model*: nobody notices that it has forgotten its promises. That does no
   * harm while those remember who are needed to; otherwise what was acknowledged is lost, and laws
   * break.
   */
  | { readonly kind: 'restoreCopy'; readonly server: Target }
  /**
   * Somebody starts a second process on the folder of a running server. *Detected*: it is refused
   * (`RAFT_STORE_LOCKED`), and the first goes on as if nothing had been.
   */
  | { readonly kind: 'secondProcess'; readonly server: Target };

export type FaultKind = Fault['kind'];

/**
 * A fault that begins at `at` and is over `dur` later, in virtual ms. A crashed server restarts
 * then.
 */
export interface FaultWindow {
  readonly at: number;
  readonly dur: number;
  readonly fault: Fault;
}

/**
 * Clients of this number and above hold a session, and reach the leader through some server; those
 * below speak to it directly, and once.
 */
export const sessionClientsFrom = 5;

/** One request of a client; without a command it is a read. */
export interface LoadItem<C = unknown> {
  readonly at: number;
  readonly client: number;
  readonly command?: C;
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
  /** Settings of the servers that differ from the defaults. */
  readonly settings?: Partial<Settings>;
}

/** A quiet run. */
export function benign(servers: number, forMs: number): Schedule<never> {
  return { servers, forMs, windows: [], load: [], deviations: [] };
}
