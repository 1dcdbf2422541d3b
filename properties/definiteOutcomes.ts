/**
 * Definite means definite: what a client was told to be done was applied, there where it was told;
 * what it was told not to be done was not, and never is, on any server, under any of the names
 * under which it was sent. Only *unknown* leaves both open.
 */
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { ClientHappening, CommandName, Law, Watch } from '../sim/law.js';

export const definiteOutcomes: Law = {
  name: 'Definite Outcomes',
  sentence: 'What was answered as done is applied, and what was answered as not done never is.',
  watch: () => new DefiniteOutcomesWatch(),
};

class DefiniteOutcomesWatch implements Watch {
  readonly sometimes = {
    'a command was done': 0,
    'a command was not done': 0,
    'a request was unknown': 0,
    'a client moved': 0,
  };
  /** Where a state machine was given something, by every name of it. */
  readonly #applied = new Map<string, number>();
  /** What a client holds for not done, and which one. */
  readonly #notDone = new Map<string, number>();
  readonly #given = new Map<ServerId, string>();

  executed(server: ServerId, index: number, term: number): string | undefined {
    const name = nameOf({ index, term });
    this.#given.set(server, name);
    return this.#note(server, name, index);
  }

  applied(server: ServerId, { entry }: Applied): string | undefined {
    const { index, term, sessionId, sequence } = entry;
    const isGiven = sessionId !== 0 && this.#given.get(server) === nameOf({ index, term });
    return isGiven ? this.#note(server, nameOf({ sessionId, sequence }), index) : undefined;
  }

  client(happening: ClientHappening): string | undefined {
    if (happening.type === 'moved') {
      this.sometimes['a client moved']++;
      return undefined;
    }
    const { client, outcome, names, index } = happening;
    if (outcome === 'unknown') this.sometimes['a request was unknown']++;
    else if (outcome === 'done') {
      this.sometimes['a command was done']++;
      const places = names.map((name) => this.#applied.get(nameOf(name)));
      if (places.some((at) => at !== undefined && at === (index ?? at))) return undefined;
      return `client ${client} was told of entry ${index}, where its command was not applied`;
    } else {
      this.sometimes['a command was not done']++;
      for (const name of names) {
        const at = this.#applied.get(nameOf(name));
        if (at !== undefined) return `client ${client} was told not done; it was applied at ${at}`;
        this.#notDone.set(nameOf(name), client);
      }
    }
    return undefined;
  }

  #note(server: ServerId, name: string, index: number): string | undefined {
    this.#applied.set(name, index);
    const client = this.#notDone.get(name);
    if (client === undefined) return undefined;
    return `${server} applied at ${index} what client ${client} was told not to be done`;
  }
}

function nameOf(name: CommandName): string {
  return 'sessionId' in name
    ? `session ${name.sessionId} ${name.sequence}`
    : `${name.index} ${name.term}`;
}
