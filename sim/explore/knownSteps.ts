/**
 * Every step that a server was seen to take. What a server does depends on nothing but its own
 * state and what happens to it: the statechart is asked once, and the answer serves all the worlds
 * in which the same happens.
 */
import type { ServerEvent } from '../../machines/context.js';
import type { Send } from '../../machines/effects.js';
import { proposal, type ServerId } from '../../machines/entry.js';
import { InvariantBroken } from '../../machines/invariant.js';
import type { Message } from '../../machines/messages.js';
import type { ActionName } from './action.js';
import { type ExploredServer, lateMs, type Reached, type ServerSteps } from './exploredServer.js';
import { factOfMessage, factsOfServer } from './fact.js';
import type { Fingerprints } from './fingerprint.js';
import { type Deeds, deedsOf } from './history.js';
import { Parts } from './parts.js';

/** A message on its way, and the number of the server that it goes to. */
export interface Letter {
  readonly to: number;
  readonly message: Message;
}

/** A law that the statechart itself found broken. */
export interface BrokenInvariant {
  readonly law: string;
  readonly detail: string;
}

/** What a server has become, which letters it has sent, and what goes down in history. */
export interface KnownStep {
  readonly before: number;
  readonly after: number;
  readonly sends: readonly number[];
  readonly deeds: Deeds | undefined;
}

/** More than there are letters. */
const lettersMax = 2 ** 24;

const kinds = ['Timeout', 'Restart', 'ClientRequest', 'HeartbeatTimer', 'CheckQuorum', 'Persisted'];

export class KnownSteps {
  readonly servers: Parts<ExploredServer>;
  readonly letters: Parts<Letter>;
  readonly #ids: readonly ServerId[];
  readonly #serverSteps: ServerSteps;
  readonly #known = new Map<number, KnownStep | BrokenInvariant>();

  constructor(ids: readonly ServerId[], serverSteps: ServerSteps, fingerprints: Fingerprints) {
    this.#ids = ids;
    this.#serverSteps = serverSteps;
    this.servers = new Parts(fingerprints, factsOfServer);
    this.letters = new Parts(fingerprints, ({ to, message }) => [factOfMessage(ids[to]!, message)]);
  }

  /** All that were taken, but those that broke a law. */
  *all(): Generator<KnownStep> {
    for (const step of this.#known.values()) if ('after' in step) yield step;
  }

  /** What happens when `before` is given a letter, or else when that befalls it. */
  take(before: number, name: ActionName, letter?: number): KnownStep | BrokenInvariant {
    const event = letter === undefined ? lettersMax + kinds.indexOf(name) : letter;
    const key = before * 2 * lettersMax + event;
    let step = this.#known.get(key);
    if (step === undefined) {
      step = this.#takeAnew(before, name, letter);
      this.#known.set(key, step);
    }
    return step;
  }

  /** The numbers of what is sent. It arrives at the instant of everything, or late. */
  lettersOf(sends: readonly Send[]): number[] {
    return sends.map(({ to, message }) => {
      const isLate = message.type === 'PreVoteRequest' || message.type === 'RequestVoteRequest';
      const atMs = isLate ? lateMs : 0;
      return this.letters.numberOf({ to: this.#ids.indexOf(to), message: { ...message, atMs } });
    });
  }

  #takeAnew(number: number, name: ActionName, letter?: number): KnownStep | BrokenInvariant {
    const before = this.servers.values[number]!;
    try {
      const { server, sends } = this.#reached(before, name, letter);
      const deeds = deedsOf(before.snapshot, server.snapshot);
      const after = this.servers.numberOf(server);
      return { before: number, after, sends: this.lettersOf(sends), deeds };
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      return { law: error.law, detail: error.message };
    }
  }

  #reached(before: ExploredServer, name: ActionName, letter: number | undefined): Reached {
    const steps = this.#serverSteps;
    if (letter !== undefined) return steps.take(before, this.letters.values[letter]!.message);
    if (name === 'Persisted') return steps.persisted(before);
    if (name !== 'Restart') return steps.take(before, events[name as keyof typeof events]);
    return { server: steps.restart(before.snapshot.context.id, before.durable), sends: [] };
  }
}

const events = {
  Timeout: { type: 'timer.election', atMs: 0 },
  HeartbeatTimer: { type: 'timer.heartbeat', atMs: 0 },
  CheckQuorum: { type: 'timer.heartbeat', atMs: lateMs },
  ClientRequest: { type: 'ClientRequest', proposals: [proposal('command')], wallMs: 0, atMs: 0 },
} satisfies Readonly<Record<string, ServerEvent>>;
