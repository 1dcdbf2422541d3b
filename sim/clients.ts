/**
 * The clients of a run: each request goes to a server that leads, or thinks so, and what became of
 * it is written down. A client waits for no answer before it asks again.
 */
import type { EntryOutcome } from '../actors/outcome.js';
import { jsonCodec } from '../actors/stateMachine.js';
import { proposal } from '../machines/entry.js';
import { draw, purposes } from './chance.js';
import type { Observer } from './observer.js';
import type { Operation } from './run.js';
import type { LoadItem } from './schedule.js';
import { leaderOf, type SimulatedServer } from './simulatedServer.js';
import type { VirtualClock } from './virtualClock.js';

export class Clients<C, R> {
  readonly history: Operation<C, R>[] = [];
  readonly #clock: VirtualClock;
  readonly #seed: number;
  readonly #servers: readonly SimulatedServer<C, R>[];
  readonly #observer: Observer;
  #acknowledgedIndex = 0;

  constructor(
    clock: VirtualClock,
    seed: number,
    servers: readonly SimulatedServer<C, R>[],
    observer: Observer,
  ) {
    this.#clock = clock;
    this.#seed = seed;
    this.#servers = servers;
    this.#observer = observer;
  }

  request(item: LoadItem<C>): void {
    const { client, command } = item;
    const called = this.#clock.nowMs;
    const operation: Operation<C, R> = { client, input: command, called, outcome: 'unknown' };
    this.history.push(operation);
    const server = this.#pickServer(client, called);
    const settle = (outcome: EntryOutcome) => this.#settled(server!, operation, outcome);
    if (server === undefined) operation.outcome = 'notDone';
    else if (command === undefined) this.#read(server, operation);
    else {
      server.waiting.add(operation);
      const place = server.actor!.propose(proposal('command', jsonCodec.encode(command)), settle);
      if (place === undefined) settle({ type: 'notDone', reason: 'no leader' });
    }
  }

  /** Most clients know the leader; some hold to one that was deposed, if there is one. */
  #pickServer(client: number, at: number): SimulatedServer<C, R> | undefined {
    const leaders = this.#servers.filter((server) => server.actor?.isLeader);
    const drawn = draw(this.#seed, purposes.client, client, at);
    return drawn % 4 === 0 ? leaders[(drawn >>> 8) % leaders.length] : leaderOf(this.#servers);
  }

  #settled(server: SimulatedServer<C, R>, operation: Operation<C, R>, outcome: EntryOutcome): void {
    server.waiting.delete(operation);
    operation.returned = this.#clock.nowMs;
    operation.outcome = outcome.type === 'threw' ? 'done' : outcome.type;
    if (outcome.type !== 'done') return;
    operation.output = outcome.value as R;
    this.#acknowledgedIndex = Math.max(this.#acknowledgedIndex, outcome.index);
  }

  #read(server: SimulatedServer<C, R>, operation: Operation<C, R>): void {
    const acknowledged = this.#acknowledgedIndex;
    server.waiting.add(operation);
    server.actor!.read((refusal) => {
      if (!server.waiting.delete(operation)) return;
      operation.returned = this.#clock.nowMs;
      operation.outcome = refusal === undefined ? 'done' : 'notDone';
      if (refusal !== undefined) return;
      const { lastApplied } = server.actor!.status();
      this.#observer.ask(server, (watch) =>
        watch.readAnswered?.(server.id, lastApplied, acknowledged),
      );
    });
  }
}
