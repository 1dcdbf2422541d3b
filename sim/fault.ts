/**
 * What can go wrong in a run, as data: which server it befalls, when, and for how long. What each
 * kind does is in `faults/`, one function each; `docs/simulator.md` has the table.
 */
import type { MessageType } from '../machines/messages.js';
import type { Deed } from './deed.js';

export type { Deed } from './deed.js';

/**
 * A server by its number from 0 on; or by what it is at that moment: `leader`; `follower`, one that
 * is none; `candidate`, one that stands for election; `upToDate`, the follower with the longest
 * log; `onlyUpToDate`, the same if no other follower's is as long. Or by what it does next: the
 * first that does such a deed, at the moment when it does.
 */
export type Target =
  | number
  | 'leader'
  | 'follower'
  | 'candidate'
  | 'upToDate'
  | 'onlyUpToDate'
  | Deed;

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
  /** Messages from `server` to server number `to` take so much longer; not those back. */
  | {
      readonly kind: 'slowLink';
      readonly server: Target;
      readonly to: number;
      readonly extraMs: number;
    }
  /** Every message takes longer: about `meanMs` on average, mostly less, seldom far more. */
  | { readonly kind: 'latency'; readonly meanMs: number }
  /** So many messages get through on each link in each tenth of a second; the rest is lost. */
  | { readonly kind: 'throttle'; readonly messages: number }
  /** Two halves hear each other only by way of one server, which hears both. */
  | { readonly kind: 'bridge'; readonly server: Target }
  /** Each server hears its neighbours: a majority, but each another one. */
  | { readonly kind: 'ring' }
  /** One server is isolated, and is not, in turn, so many ms each. */
  | { readonly kind: 'flap'; readonly server: Target; readonly everyMs: number }
  /** What is sent to one server waits, and arrives all at once when the window is over. */
  | { readonly kind: 'clog'; readonly server: Target }
  /** Each message of this type is lost with this chance, in percent. */
  | { readonly kind: 'lossOf'; readonly type: MessageType; readonly percent: number }
  /**
   * Each message is recorded with this chance, and delivered again up to `maxMs` later: also by and
   * to a process that is another one by then.
   */
  | { readonly kind: 'replay'; readonly percent: number; readonly maxMs: number }
  /**
   * The bytes of each message are damaged or cut with this chance, in percent. Nobody takes it for
   * another one: the decoder rejects it, or the checksum below it does (that of TCP, or of TLS).
   */
  | { readonly kind: 'corruption'; readonly percent: number }
  /** The process is killed; what its disk had not synced is lost, sector by sector, by chance. */
  | { readonly kind: 'crash'; readonly server: Target }
  /** The process is killed, and the machine goes on: what was written is not lost. */
  | { readonly kind: 'kill'; readonly server: Target }
  /** The process stands still, and then goes on as if nothing had been (SIGSTOP, a long stall). */
  | { readonly kind: 'pause'; readonly server: Target }
  /** The machine crashes again and again, each time so many ms after it has started. */
  | { readonly kind: 'crashLoop'; readonly server: Target; readonly everyMs: number }
  /** All machines crash: one every so many ms, each down for as long; at 0 all at once. */
  | { readonly kind: 'crashAll'; readonly everyMs: number }
  /** All that a process hears, and its timers, come so many ms late. */
  | { readonly kind: 'sluggish'; readonly server: Target; readonly extraMs: number }
  /** The process stands still in the midst of its next step: it has decided, and done nothing. */
  | { readonly kind: 'stall'; readonly server: Target }
  /** The process runs out of memory when it next applies a command: that is the end of it. */
  | { readonly kind: 'outOfMemory'; readonly server: Target }
  /** Syncs of one server take so much longer. */
  | { readonly kind: 'slowDisk'; readonly server: Target; readonly extraMs: number }
  /** Syncs of one server hang until the window is over. */
  | { readonly kind: 'stallDisk'; readonly server: Target }
  /** Syncs of one server fail: it must stop, and starts again when the window is over. */
  | { readonly kind: 'failSync'; readonly server: Target }
  /** Writes of one server fail, as `failSync`; a snapshot that cannot be written is given up. */
  | { readonly kind: 'failWrite'; readonly server: Target }
  /** The process is killed, and reads fail: it cannot start until that is over. */
  | { readonly kind: 'failRead'; readonly server: Target }
  /** The disk of one server has no room for another file, or for one to grow. */
  | { readonly kind: 'fullDisk'; readonly server: Target }
  /** The wall clock of one server is set, and set back. */
  | { readonly kind: 'clockJump'; readonly server: Target; readonly ms: number }
  /** The clock of one server runs fast by so many percent; slow, if negative. */
  | { readonly kind: 'drift'; readonly server: Target; readonly percent: number }
  /** The wall clock of one server is set and set back every so many ms. */
  | {
      readonly kind: 'strobe';
      readonly server: Target;
      readonly ms: number;
      readonly everyMs: number;
    }
  /** The timers of one server are always as short as they may be: two such split votes. */
  | { readonly kind: 'impatient'; readonly server: Target }
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
   * A bit on the disk of one server changes. It is killed when the window is over: if anything was
   * to be read there it refuses to start (`RAFT_STORE_DAMAGED`), and stays down.
   */
  | { readonly kind: 'bitRot'; readonly server: Target }
  /** A sector of one file is written over another one; otherwise as `bitRot`. */
  | { readonly kind: 'misdirected'; readonly server: Target }
  /** The process is killed, and one of its files removed; otherwise as `bitRot`. */
  | { readonly kind: 'loseFile'; readonly server: Target }
  /** The process is killed, and one of its files cut short; otherwise as `bitRot`. */
  | { readonly kind: 'truncateFile'; readonly server: Target }
  /**
   * Somebody starts a second process on the folder of a running server. It is refused
   * (`RAFT_STORE_LOCKED`), and the first goes on as if nothing had been.
   */
  | { readonly kind: 'secondProcess'; readonly server: Target };

export type FaultKind = Fault['kind'];

/**
 * A fault that begins at `at` and is over `dur` later, in virtual ms. With `when` it begins at that
 * deed, the first from `at` on, whomever it befalls.
 */
export interface FaultWindow {
  readonly at: number;
  readonly when?: Deed;
  readonly dur: number;
  readonly fault: Fault;
}

/** The target of a fault, if it has one. */
export function targetOf(fault: Fault): Target | undefined {
  return 'server' in fault ? fault.server : undefined;
}
