/**
 * The clients of a run that hold a session: the client that ships, one for each number, over a
 * connection to some server, which takes its requests on to the leader.
 */
import type { Clock } from '../actors/clock.js';
import { SessionClient } from '../actors/sessionClient.js';
import { jsonCodec } from '../actors/stateMachine.js';
import type { ForwardRequest } from '../actors/transport.js';
import type { clientMachine } from '../machines/client.js';
import {
  type CallOutcome,
  type ClientSettings,
  defaultClientSettings,
} from '../machines/clientContext.js';
import { ClientPort } from './clientPort.js';
import type { CommandName } from './law.js';
import type { Network } from './network.js';
import type { Observer } from './observer.js';
import { rightClock } from './rightClock.js';
import type { Operation } from './run.js';
import type { VirtualClock } from './virtualClock.js';

/** Runs last seconds: clients try again sooner than in earnest, and give up sooner. */
export const simulatedClients: ClientSettings = {
  ...defaultClientSettings,
  patienceMs: 300,
  retryMaxMs: 80,
};
const timeoutMs = 1_500;

/** Whoever asked; `index` is where it was applied, or what a read has seen. */
export type TakeAnswer = (
  outcome: 'done' | 'notDone' | 'unknown',
  value?: unknown,
  index?: number,
) => void;

interface OneClient {
  readonly session: SessionClient;
  /** The names of its commands that have no answer yet, by the very bytes that are sent. */
  readonly names: Map<Uint8Array, CommandName[]>;
}

export interface SessionClientsOptions {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly servers: number;
  readonly observer: Observer;
  /** Settings that differ from those of {@link simulatedClients}. */
  readonly settings?: Partial<ClientSettings> | undefined;
  /** Another machine in place of the clients'. */
  readonly machine?: typeof clientMachine | undefined;
}

export interface SessionRequest {
  readonly kind: 'command' | 'query';
  readonly input: unknown;
  /** The client gives up after so long, virtual ms. */
  readonly abortAfterMs?: number | undefined;
}

export class SessionClients {
  readonly #options: SessionClientsOptions;
  readonly #clock: Clock;
  readonly #clients: OneClient[] = [];
  /** Stops that are not over. */
  readonly #stopping = new Set<Operation>();

  constructor(options: SessionClientsOptions) {
    this.#options = options;
    this.#clock = rightClock(options.clock);
  }

  request(number: number, { kind, input, abortAfterMs }: SessionRequest, done: TakeAnswer): void {
    const client = (this.#clients[number] ??= this.#newClient(number));
    const bytes = jsonCodec.encode(input);
    const names: CommandName[] = [];
    client.names.set(bytes, names);
    const asked = client.session.ask(kind, bytes, timeoutMs, (outcome) => {
      client.names.delete(bytes);
      if (kind === 'command') this.#settled(number, names, outcome);
      if (outcome.type === 'done') done('done', jsonCodec.decode(outcome.bytes), outcome.index);
      else done(outcome.type === 'threw' ? 'done' : outcome.type);
    });
    if (abortAfterMs === undefined) return;
    this.#options.clock.schedule(abortAfterMs, () => client.session.abort(asked));
  }

  /** A client stops, if it has not: nobody has to ask it for anything before. */
  stop(number: number): void {
    const client = (this.#clients[number] ??= this.#newClient(number));
    const called = this.#options.clock.nowMs;
    const stop: Operation = {
      client: number,
      kind: 'command',
      input: 'stop',
      called,
      outcome: 'unknown',
    };
    this.#stopping.add(stop);
    client.session.stop(() => this.#stopping.delete(stop));
  }

  /** All stop that were ever asked for anything. */
  stopAll(): void {
    // Numbers of which there is no client are passed over.
    this.#clients.forEach((_client, number) => {
      this.stop(number);
    });
  }

  /** The stops that are not over, each as if somebody had asked for it. */
  get stopping(): readonly Operation[] {
    return [...this.#stopping];
  }

  #newClient(number: number): OneClient {
    const { clock, network, servers, observer, machine } = this.#options;
    const settings = { ...simulatedClients, ...this.#options.settings };
    const names = new Map<Uint8Array, CommandName[]>();
    const port = new ClientPort({
      client: number,
      servers,
      clock,
      network,
      sending: (what) => noteName(names.get(what.bytes), what),
      moved: () =>
        observer.client({
          type: 'moved',
          client: number,
        }),
    });
    return { session: new SessionClient({ port, clock: this.#clock, settings, machine }), names };
  }

  #settled(client: number, names: readonly CommandName[], outcome: CallOutcome): void {
    this.#options.observer.client({
      type: 'settled',
      client,
      names,
      outcome: outcome.type === 'threw' ? 'done' : outcome.type,
      index: outcome.type === 'done' ? outcome.index : undefined,
    });
  }
}

function noteName(names: CommandName[] | undefined, what: ForwardRequest): void {
  const { kind, sessionId, sequence } = what;
  const isNamed = (name: CommandName) =>
    'sessionId' in name && name.sessionId === sessionId && name.sequence === sequence;
  if (kind === 'command' && names?.some(isNamed) === false) names.push({ sessionId, sequence });
}
