/**
 * Once per request: a client may send a request again, and does so under the name that it had. Of
 * all names under which one request was sent, one at most is that of a command that was executed
 * (thesis §6.3). Exactly Once speaks of each name, and would not notice a second one.
 */
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { ClientHappening, CommandName, Law, Watch } from '../sim/law.js';

export const oncePerRequest: Law = {
  name: 'Once Per Request',
  sentence: 'What a client asks for once is executed once, under whatever names it was sent.',
  watch: () => new OncePerRequestWatch(),
};

class OncePerRequestWatch implements Watch {
  readonly sometimes = { 'a request of a session was executed': 0 };
  /** The last entry that the state machine of a server was given. */
  readonly #given = new Map<ServerId, number>();
  readonly #executed = new Set<string>();
  /** Which request has this name, of those that have several, */
  readonly #requests = new Map<string, number>();
  /** and under which one it was executed. */
  readonly #executedAs = new Map<number, string>();
  #count = 0;

  executed(server: ServerId, index: number): undefined {
    this.#given.set(server, index);
  }

  applied(server: ServerId, { entry }: Applied): string | undefined {
    const { index, sessionId } = entry;
    if (sessionId === 0 || this.#given.get(server) !== index) return undefined;
    const name = text(entry);
    if (this.#executed.has(name)) return undefined;
    this.#executed.add(name);
    this.sometimes['a request of a session was executed']++;
    return this.#executedUnder(name);
  }

  client(happening: ClientHappening): string | undefined {
    if (happening.type !== 'settled' || happening.names.length < 2) return undefined;
    const request = this.#count++;
    for (const given of happening.names) {
      const name = text(given);
      this.#requests.set(name, request);
      const broken = this.#executed.has(name) ? this.#executedUnder(name) : undefined;
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  #executedUnder(name: string): string | undefined {
    const request = this.#requests.get(name);
    if (request === undefined) return undefined;
    const other = this.#executedAs.get(request) ?? name;
    this.#executedAs.set(request, other);
    return other === name ? undefined : `one request was executed as ${other} and as ${name}`;
  }
}

function text(name: CommandName): string {
  return 'sessionId' in name
    ? `command ${name.sequence} of session ${name.sessionId}`
    : `entry ${name.index} of term ${name.term}`;
}
