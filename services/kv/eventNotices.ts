/**
 * What befalls a server, as lines for people: only what somebody may want to do something about,
 * and no more often than a person can read.
 */
import type { RaftEvent } from '../../actors/raftEvents.js';

/** After a line, no other of its kind is said for so long, ms. */
export const noticePauseMs = 10_000;

/** What has been said of one kind of event, and what has not. */
interface Kind {
  saidMs: number;
  /** How many lines were left out since then. */
  unsaid: number;
}

/** Hears the events of one server, and says what is worth a line. */
export class EventNotices {
  readonly #monotonicMs: () => number;
  readonly #say: (line: string) => void;
  readonly #kinds = new Map<string, Kind>();
  /** The term in which this server stands for election and was not elected yet. */
  #standsIn: number | undefined;

  constructor(monotonicMs: () => number, say: (line: string) => void) {
    this.#monotonicMs = monotonicMs;
    this.#say = say;
  }

  hear(event: RaftEvent): void {
    this.#hearElection(event);
    const line = lineOf(event);
    if (line !== undefined) this.#add(kindOf(event), line);
  }

  /** An election is lost when another begins, or somebody else leads. */
  #hearElection(event: RaftEvent): void {
    if (event.type === 'electionWon') this.#standsIn = undefined;
    const isOver =
      event.type === 'electionStarted' ||
      (event.type === 'changed' && event.status.leaderId !== undefined);
    if (isOver && this.#standsIn !== undefined) {
      this.#add('electionLost', `was not elected in term ${this.#standsIn}`);
      this.#standsIn = undefined;
    }
    if (event.type === 'electionStarted') this.#standsIn = event.term;
  }

  #add(name: string, line: string): void {
    const nowMs = this.#monotonicMs();
    const kind = this.#kinds.get(name);
    if (kind !== undefined && nowMs - kind.saidMs < noticePauseMs) {
      kind.unsaid++;
      return;
    }
    this.#kinds.set(name, { saidMs: nowMs, unsaid: 0 });
    const unsaid = kind?.unsaid ?? 0;
    this.#say(unsaid === 0 ? line : `${line} (and ${unsaid} more of this kind before it)`);
  }
}

/** That the disk serves again is worth a line though it was just said that it does not. */
function kindOf(event: RaftEvent): string {
  return event.type === 'diskChanged' ? `disk ${event.disk}` : event.type;
}

const diskLines = {
  ok: 'the disk serves again',
  full: 'the disk has no room: writes are refused until there is some; make room',
  stalled: 'the disk has not answered for an election timeout; look for what keeps it busy',
} as const;

function lineOf(event: RaftEvent): string | undefined {
  switch (event.type) {
    case 'diskChanged':
      return diskLines[event.disk];
    case 'stalled':
      return `the process stood still for about ${event.ms} ms; give it more of the machine`;
    case 'clockJumped':
      return `the wall clock jumped by ${Math.round(event.ms)} ms and is not followed: set it`;
    case 'snapshotFailed':
      return `${event.during} a snapshot failed: ${event.error.message}; it is tried again`;
    case 'snapshotInstalled':
      return `was too far behind for the log, and took a snapshot up to index ${event.index}`;
    case 'transferStarted':
      return `hands leadership over to ${event.to}`;
    case 'transferAborted':
      return `${event.to} did not take over in time; leads on`;
    case 'leadershipLost':
      return event.reason === 'noQuorum'
        ? `leads no more in term ${event.term}: too few of the others answered`
        : undefined;
    default:
      return undefined;
  }
}
