/**
 * What can go wrong in a run, as data: which server it befalls, when, and for how long. What each
 * kind does is in `faults/`, one function each; `docs/simulator.md` has the table.
 */

/**
 * A server by its number from 0 on, or by what it is at that moment: `leader`, or `upToDate`, the
 * follower with the longest log; or by what it does next: the first that does such a deed, at the
 * moment when it does.
 */
export type Target = number | 'leader' | 'upToDate' | Deed;

/**
 * What a fault can wait for: the first server that gives its vote (`voter`), wins an election
 * (`elected`), or commits as a leader (`committer`).
 */
export type Deed = 'voter' | 'elected' | 'committer';

/** What can go wrong. A fault lasts as long as its window, and heals by itself. */
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
   * The process is killed, and its folder emptied. At the end of the window it refuses to start
   * (`RAFT_NOT_FOUNDED`), and stays down; the others go on.
   */
  | { readonly kind: 'wipe'; readonly server: Target }
  /**
   * Both processes are killed, and their folders exchanged: that of `server`, and that of `with`
   * (the next by number). At the end of the window both refuse to start (`RAFT_WRONG_CLUSTER`),
   * naming whose folder it is, and stay down. Another swap puts it right.
   */
  | { readonly kind: 'swap'; readonly server: Target; readonly with?: number }
  /**
   * The folder is copied when the window begins; when it ends, the process is killed, and starts on
   * the copy. Nobody notices that it has forgotten its promises. That does no harm while those
   * remember who are needed to; otherwise what was acknowledged is lost, and laws break.
   */
  | { readonly kind: 'restoreCopy'; readonly server: Target }
  /**
   * Somebody starts a second process on the folder of a running server. It is refused
   * (`RAFT_STORE_LOCKED`), and the first goes on as if nothing had been.
   */
  | { readonly kind: 'secondProcess'; readonly server: Target };

export type FaultKind = Fault['kind'];

/** A fault that begins at `at` and is over `dur` later, in virtual ms. */
export interface FaultWindow {
  readonly at: number;
  readonly dur: number;
  readonly fault: Fault;
}

/** The target of a fault, if it has one. */
export function targetOf(fault: Fault): Target | undefined {
  return 'server' in fault ? fault.server : undefined;
}
