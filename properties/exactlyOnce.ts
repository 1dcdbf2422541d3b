/**
 * Exactly once: a command of a session is applied at most once, however often it was sent and is in
 * the log (§8, thesis §6.3). What counts is what state machines are given, not what is said of it;
 * an answer out of the table must be that of the one entry that was applied.
 */
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const exactlyOnce: Law = {
  name: 'Exactly Once',
  sentence: 'A command of a session is applied once at most, and a copy of it answered alike.',
  watch: () => new ExactlyOnceWatch(),
};

class ExactlyOnceWatch implements Watch {
  readonly sometimes = {
    'a command of a session was applied': 0,
    'a command was answered from the table': 0,
    'a session had expired': 0,
  };
  /** The last entry that the state machine of a server was given. */
  readonly #given = new Map<ServerId, number>();
  /** Where a command was applied, by its session and sequence. */
  readonly #appliedAt = new Map<string, number>();

  executed(server: ServerId, index: number): undefined {
    this.#given.set(server, index);
  }

  applied(server: ServerId, { entry, outcome }: Applied): string | undefined {
    const { kind, index, sessionId, sequence } = entry;
    if (kind !== 'command' || sessionId === 0) return undefined;
    const name = `command ${sequence} of session ${sessionId}`;
    if (this.#given.get(server) === index) {
      this.sometimes['a command of a session was applied']++;
      const first = this.#appliedAt.get(name) ?? index;
      this.#appliedAt.set(name, first);
      return first === index ? undefined : `${server} applied ${name} at ${first} and ${index}`;
    }
    if (outcome.type === 'expired') this.sometimes['a session had expired']++;
    if (outcome.type !== 'answered') return undefined;
    this.sometimes['a command was answered from the table']++;
    const first = this.#appliedAt.get(name);
    if (first === outcome.answer.index) return undefined;
    return `${server} answered ${name} as of ${outcome.answer.index}; it was applied at ${first}`;
  }
}
