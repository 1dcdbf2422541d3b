/**
 * The clerks of the labs: clients of the store, each with one call at a time, which it never gives
 * up. They are the client that ships, each with a session of its own. What they asked and heard is
 * the history that is checked in the end.
 */
import type { Clock } from '../../actors/clock.js';
import { SessionClient } from '../../actors/sessionClient.js';
import { jsonCodec } from '../../actors/stateMachine.js';
import type { CallOutcome } from '../../machines/clientContext.js';
import { ClientPort } from '../clientPort.js';
import type { CommandName } from '../law.js';
import { checkLinearizable } from '../linearizability/checkLinearizable.js';
import { type KvInput, type KvValue, kv } from '../linearizability/kv.js';
import type { Operation } from '../linearizability/operation.js';
import { rightClock } from '../rightClock.js';
import type { Lab } from './lab.js';
import { assertThat } from './scenarioFailed.js';
import type { Task } from './task.js';

/** They try again sooner than in earnest, since runs are short. */
const settings = { patienceMs: 300, retryMaxMs: 80 };
/** Longer than any scenario: nobody gives up. */
const timeoutMs = 600_000;

/** One client. Each of its calls is a task, and answers when the store has. */
export interface Clerk {
  get(key: string): Task<KvValue>;
  put(key: string, value: string): Task<KvValue>;
  append(key: string, value: string): Task<KvValue>;
}

/** What an operation of the history is while it is under way. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Clerks {
  readonly history: Operation<KvInput, KvValue>[] = [];
  readonly #lab: Lab;
  readonly #clock: Clock;
  #made = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#clock = rightClock(lab.surroundings.clock);
  }

  /** A new client. It stands beside a server (any), and shares what cuts that one off. */
  clerk(beside?: number): Clerk {
    const { servers } = this.#lab;
    const round = this.#made++;
    const client = round * servers + (beside ?? round % servers);
    const names: CommandName[] = [];
    const session = this.#session(client, names);
    const call = (input: KvInput) => this.#call(client, session, names, input);
    return {
      get: (key) => call({ type: 'get', key }),
      put: (key, value) => call({ type: 'put', key, value }),
      append: (key, value) => call({ type: 'append', key, value }),
    };
  }

  /** Has one task done, while all goes on; it must be over within so many ms. */
  perform<T>(task: Task<T>, withinMs = 30_000): T {
    let result: T | undefined;
    const keep = function* (): Task {
      result = yield* task;
    };
    this.#lab.join([this.#lab.spawn(keep())], withinMs);
    return result as T;
  }

  /** Asserts that a clerk reads this now. */
  checkValue(clerk: Clerk, key: string, expected: string): void {
    const value = this.perform(clerk.get(key));
    assertThat(value === expected, `${key} is ${value}, not ${expected}`);
  }

  /**
   * Asserts that the whole history is linearizable; undecided is not. Contended: several clients
   * work on one key at a time. Only there is an order to be looked for, and worth looking ahead.
   */
  checkHistory(isContended = false): void {
    const model = isContended ? kv : { ...kv, mayAnswer: () => true };
    const verdict = checkLinearizable(this.history, model);
    if (verdict.verdict === 'linearizable') return;
    const why = verdict.verdict === 'violated' ? verdict.explanation : `${verdict.states} states`;
    assertThat(
      false,
      `the history of ${this.history.length} operations: ${verdict.verdict}, ${why}`,
    );
  }

  #session(client: number, names: CommandName[]): SessionClient {
    const { servers, surroundings } = this.#lab;
    const { clock, network, observer } = surroundings;
    const port = new ClientPort({
      client,
      servers,
      clock,
      network,
      sending: ({ kind, sessionId, sequence }) => {
        if (kind === 'command') names.push({ sessionId, sequence });
      },
      moved: () => observer.client({ type: 'moved', client }),
    });
    return new SessionClient({ port, clock: this.#clock, settings });
  }

  *#call(
    client: number,
    session: SessionClient,
    names: CommandName[],
    input: KvInput,
  ): Task<KvValue> {
    const called = this.#lab.nowMs;
    const operation: Mutable<Operation<KvInput, KvValue>> = {
      client,
      input,
      called,
      outcome: 'unknown',
    };
    this.history.push(operation);
    const kind = input.type === 'get' ? 'query' : 'command';
    let outcome: CallOutcome | undefined;
    yield (resume) =>
      session.ask(kind, jsonCodec.encode(input), timeoutMs, (given) => {
        outcome = given;
        resume();
      });
    assertThat(outcome?.type === 'done', `${input.type} of client ${client}: ${outcome?.type}`);
    operation.returned = this.#lab.nowMs;
    operation.outcome = 'done';
    const value = jsonCodec.decode(outcome.bytes) as KvValue;
    if (kind === 'query') operation.output = value;
    else this.#tellLaws(client, names.splice(0), outcome.index);
    return value;
  }

  #tellLaws(client: number, names: readonly CommandName[], index: number): void {
    const { observer } = this.#lab.surroundings;
    observer.client({ type: 'settled', client, names, index, outcome: 'done' });
  }
}
