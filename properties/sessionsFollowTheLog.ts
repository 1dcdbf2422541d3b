/**
 * Sessions are a function of the log (thesis §6.3): what a server does with the command of a
 * session follows from the entries before it, and from nothing else. The law keeps a table of its
 * own, from applied entries alone. How many sessions there is room for, and how long one lives, it
 * does not know: a session may expire at any entry, but then for good, and after all that were
 * applied less recently.
 */
import type { Applied } from '../actors/serverActor.js';
import type { Entry, ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

/** How far beyond the first that is not acknowledged a session's commands may be (documented). */
const requestsInFlightMax = 256;

export const sessionsFollowTheLog: Law = {
  name: 'Sessions Follow the Log',
  sentence:
    'What becomes of the command of a session follows from the log: new ones are applied, copies ' +
    'answered, and an expired session stays so.',
  watch: () => new SessionsWatch(),
};

interface Session {
  firstUnacknowledged: number;
  /** Where commands were applied, by sequence. */
  readonly applied: Map<number, number>;
}

/** What is to be said of a command: where it was or is applied, or why it is not. */
type Verdict = number | 'expired' | 'unknown' | 'notDone';

class SessionsWatch implements Watch {
  readonly sometimes = {
    'a session was opened': 0,
  };
  /** The least recently applied first. */
  readonly #sessions = new Map<number, Session>();
  #last = 0;

  applied(server: ServerId, { entry, outcome }: Applied): string | undefined {
    // Each entry is applied first by somebody who has applied the one before.
    if (entry.index <= this.#last) return undefined;
    this.#last = entry.index;
    const { kind, sessionId, index } = entry;
    if (kind === 'openSession') {
      this.sometimes['a session was opened']++;
      this.#sessions.set(index, { firstUnacknowledged: 1, applied: new Map() });
    } else if (kind === 'closeSession') {
      this.#sessions.delete(sessionId);
    } else if (kind === 'command' && sessionId !== 0) {
      return this.#command(server, entry, verdictOf(outcome));
    }
    return undefined;
  }

  #command(server: ServerId, entry: Entry, is: Verdict): string | undefined {
    const { sessionId, sequence, index } = entry;
    const session = this.#sessions.get(sessionId);
    if (is === 'expired' && session !== undefined) this.#expire(sessionId);
    const due = session === undefined || is === 'expired' ? 'expired' : dueTo(session, entry);
    if (session !== undefined && is !== 'expired') this.#touch(sessionId, session, entry);
    if (is === due) return undefined;
    const name = `command ${sequence} of session ${sessionId}, entry ${index},`;
    return `to ${name} ${server} said ${is}, where the log says ${due}`;
  }

  /** Whoever was applied less recently has expired as well. */
  #expire(sessionId: number): void {
    for (const id of this.#sessions.keys()) {
      this.#sessions.delete(id);
      if (id === sessionId) return;
    }
  }

  #touch(id: number, session: Session, entry: Entry): void {
    const { firstUnacknowledged, sequence, index } = entry;
    session.firstUnacknowledged = Math.max(session.firstUnacknowledged, firstUnacknowledged);
    if (dueTo(session, entry) === index) session.applied.set(sequence, index);
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
  }
}

function verdictOf(outcome: Applied['outcome']): Verdict {
  switch (outcome.type) {
    case 'answered':
      return outcome.answer.index;
    case 'done':
    case 'threw':
      return outcome.index;
    default:
      return outcome.type;
  }
}

function dueTo(session: Session, { firstUnacknowledged, sequence, index }: Entry): Verdict {
  const first = Math.max(session.firstUnacknowledged, firstUnacknowledged);
  if (sequence < first) return 'unknown';
  if (sequence >= first + requestsInFlightMax) return 'notDone';
  return session.applied.get(sequence) ?? index;
}
