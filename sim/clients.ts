/**
 * The clients of a run. Some hold to no session: each of their requests goes to a server that
 * leads, or thinks so, and is asked once. The others are the clients that ship. What becomes of
 * every request is written down. No client waits for an answer before it asks again.
 */
import type { EntryOutcome } from '../actors/outcome.js';
import { jsonCodec } from '../actors/stateMachine.js';
import type { clientMachine } from '../machines/client.js';
import type { ClientSettings } from '../machines/clientContext.js';
import { proposal, type ServerId } from '../machines/entry.js';
import { draw, purposes } from './chance.js';
import type { CommandName } from './law.js';
import type { Network } from './network.js';
import type { Observer } from './observer.js';
import type { Operation } from './run.js';
import { type LoadItem, sessionClientsFrom } from './schedule.js';
import { SessionClients } from './sessionClients.js';
import { leaderOf, type SimulatedServer } from './simulatedServer.js';
import type { Tracer } from './tracer.js';
import type { VirtualClock } from './virtualClock.js';

export interface ClientsOptions<C, R> {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly servers: readonly SimulatedServer<C, R>[];
  readonly network: Network;
  readonly observer: Observer;
  readonly tracer: Tracer;
  /** Settings of clients with a session that differ from those of the simulator. */
  readonly settings?: Partial<ClientSettings> | undefined;
  /** Another machine in place of that of clients with a session. */
  readonly machine?: typeof clientMachine | undefined;
}

export class Clients<C, R> {
  readonly history: Operation<C, R>[] = [];
  readonly #options: ClientsOptions<C, R>;
  readonly #sessions: SessionClients;
  #acknowledgedIndex = 0;

  constructor(options: ClientsOptions<C, R>) {
    const { clock, servers, network, observer, settings, machine } = options;
    this.#options = options;
    this.#sessions = new SessionClients({
      clock,
      network,
      observer,
      settings,
      machine,
      servers: servers.length,
    });
  }

  /** A client asks for something, or stops; it notes what becomes of it. */
  request({ client, command, query, abortAfterMs, stop }: LoadItem<C>): void {
    if (stop === true) {
      if (client >= sessionClientsFrom) this.#sessions.stop(client);
      return;
    }
    const called = this.#options.clock.nowMs;
    const kind = command === undefined ? 'query' : 'command';
    const input = (command ?? query) as C | undefined;
    const operation: Operation<C, R> = { client, kind, input, called, outcome: 'unknown' };
    this.history.push(operation);
    this.#options.tracer.asked(this.history.length - 1, operation);
    if (client >= sessionClientsFrom) return this.#requestInSession(operation, abortAfterMs);
    const server = this.#pickServer(client, called);
    if (server === undefined) this.#answered(operation, 'notDone');
    else if (command === undefined) this.#read(server, operation);
    else this.#propose(server, operation, command);
  }

  /** The server with which these waited is gone: nobody will ever answer. */
  lost(operations: readonly Operation<C, R>[]): void {
    for (const operation of operations) this.#answered(operation, 'unknown');
  }

  /** All clients with a session stop. */
  stop(): void {
    this.#sessions.stopAll();
  }

  /**
   * What was asked and has no answer, but of those whose server stands still; and the stops of
   * clients that are not over.
   */
  get unsettled(): readonly Operation[] {
    const stuck = new Set(
      this.#options.servers.flatMap((server) => (server.isPaused ? [...server.waiting] : [])),
    );
    const waiting = this.history.filter((one) => one.returned === undefined && !stuck.has(one));
    return [...waiting, ...this.#sessions.stopping];
  }

  /** Most clients know the leader; some hold to one that was deposed, if there is one. */
  #pickServer(client: number, at: number): SimulatedServer<C, R> | undefined {
    const { seed, servers } = this.#options;
    const leaders = servers.filter((server) => server.actor?.isLeader);
    const drawn = draw(seed, purposes.client, client, at);
    return drawn % 4 === 0 ? leaders[(drawn >>> 8) % leaders.length] : leaderOf(servers);
  }

  #propose(server: SimulatedServer<C, R>, operation: Operation<C, R>, command: C): void {
    server.waiting.add(operation);
    const names: CommandName[] = [];
    const settle = (outcome: EntryOutcome) =>
      server.whenRunning(() => this.#settled(server, operation, names, outcome));
    const place = server.actor!.propose(proposal('command', jsonCodec.encode(command)), settle);
    if ('refusal' in place) settle({ type: 'notDone', reason: place.reason });
    else names.push(place);
  }

  #settled(
    server: SimulatedServer<C, R>,
    operation: Operation<C, R>,
    names: readonly CommandName[],
    outcome: EntryOutcome,
  ): void {
    if (!server.waiting.delete(operation)) return;
    const { type } = outcome;
    const index = type === 'done' ? outcome.index : undefined;
    const value = type === 'done' ? outcome.value : undefined;
    this.#answered(
      operation,
      type === 'notDone' || type === 'unknown' ? type : 'done',
      value,
      index,
    );
    const { client } = operation;
    this.#options.observer.client({
      type: 'settled',
      client,
      names,
      index,
      outcome: operation.outcome,
    });
  }

  #requestInSession(operation: Operation<C, R>, abortAfterMs: number | undefined): void {
    const { client, kind, input } = operation;
    const acknowledged = this.#acknowledgedIndex;
    this.#sessions.request(client, { kind, input, abortAfterMs }, (outcome, value, index) => {
      this.#answered(operation, outcome, value, index);
      if (kind === 'command' || outcome !== 'done') return;
      this.#readAnswered({ number: client, id: `client ${client}` }, index!, acknowledged);
    });
  }

  #read(server: SimulatedServer<C, R>, operation: Operation<C, R>): void {
    const acknowledged = this.#acknowledgedIndex;
    server.waiting.add(operation);
    const answer = (refusal: string | undefined) => {
      if (!server.waiting.delete(operation)) return;
      if (refusal !== undefined) return this.#answered(operation, 'notDone');
      const query = jsonCodec.encode(operation.input);
      this.#answered(
        operation,
        'done',
        answerOf(() => server.actor!.stateMachine.query?.(query)),
      );
      this.#readAnswered(server, server.actor!.lastApplied, acknowledged);
    };
    server.actor!.read((refusal) => server.whenRunning(() => answer(refusal)));
  }

  #answered(
    operation: Operation<C, R>,
    outcome: Operation['outcome'],
    value?: unknown,
    index = 0,
  ): void {
    operation.returned = this.#options.clock.nowMs;
    operation.outcome = outcome;
    if (outcome === 'done' && value !== undefined) operation.output = value as R;
    this.#options.tracer.settled(this.history.lastIndexOf(operation), operation);
    if (outcome !== 'done') return;
    if (operation.kind === 'command') {
      this.#acknowledgedIndex = Math.max(this.#acknowledgedIndex, index);
    }
  }

  #readAnswered(
    by: { readonly number: number; readonly id: ServerId },
    seenIndex: number,
    acknowledged: number,
  ): void {
    this.#options.observer.ask(by, (watch) => watch.readAnswered?.(by.id, seenIndex, acknowledged));
  }
}

/** What a query answers; a state machine that throws over one has answered, and goes on. */
function answerOf(query: () => unknown): unknown {
  try {
    return query();
  } catch {
    return undefined;
  }
}
