/**
 * Honest acknowledgements: with each command a client says from which of its sequences on it still
 * waits, and servers forget the answers before that (thesis §6.3). One that said so of a request
 * that it waits for would never learn what became of it.
 */
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { ClientHappening, Law, Watch } from '../sim/law.js';

export const honestAcknowledgements: Law = {
  name: 'Honest Acknowledgements',
  sentence: 'A client does not say that it has the answer to what it still waits for.',
  watch: () => new HonestAcknowledgementsWatch(),
};

class HonestAcknowledgementsWatch implements Watch {
  readonly sometimes = { 'a client acknowledged an answer': 0 };
  /** By session, the first sequence that its client still waits for, as it has said. */
  readonly #waitsFrom = new Map<number, number>();

  applied(_server: ServerId, { entry }: Applied): undefined {
    const { kind, sessionId, firstUnacknowledged } = entry;
    if (kind !== 'command' || sessionId === 0) return;
    const before = this.#waitsFrom.get(sessionId) ?? 1;
    if (firstUnacknowledged <= before) return;
    this.sometimes['a client acknowledged an answer']++;
    this.#waitsFrom.set(sessionId, firstUnacknowledged);
  }

  client(happening: ClientHappening): string | undefined {
    if (happening.type !== 'settled') return undefined;
    for (const name of happening.names) {
      if (!('sessionId' in name)) continue;
      const { sessionId, sequence } = name;
      const from = this.#waitsFrom.get(sessionId) ?? 1;
      if (sequence >= from) continue;
      return (
        `command ${sequence} of session ${sessionId} is settled now, and its client has said ` +
        `before that it waits from ${from} on`
      );
    }
    return undefined;
  }
}
