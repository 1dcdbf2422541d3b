/**
 * Follows one instance over a connection: each change in order, once. What is in this process tells
 * by itself; who is further away is asked again and again.
 */
import type { Clock } from '../../actors/clock.js';
import type { CallOptions } from '../../actors/promisingClient.js';
import type { ReadOptions } from '../../actors/server.js';
import type { InstanceAnswer, InstanceQuery, InstanceView } from './instanceCommand.js';
import { type Cancel, instancesHere, type Update, type Watchable } from './watchable.js';

/** A server, a cluster or a client of replicated machines. */
export interface ActorConnection {
  execute(command: never, options?: CallOptions): Promise<InstanceAnswer>;
  query(query: never, options?: ReadOptions): Promise<InstanceView | undefined>;
}

export interface Following {
  /** This connection was told what became of the instance. */
  answered(answer: InstanceAnswer): void;
  cancel(): void;
}

/** A remote server is asked so often, ms. */
const askAgainMs = 100;

/** `take` is called between other work, never while entries are applied. */
export function follow(
  connection: ActorConnection,
  query: InstanceQuery,
  clock: Clock,
  take: (update: Update) => void,
): Following {
  const news = new News(clock, take);
  const watchables = watchablesOf(connection, query);
  if (watchables.length === 0) return ask(connection, query, clock, news);
  const cancels = watchables.map((watchable) =>
    watchable.watch(query.machine, query.key, (update) => news.put(update)),
  );
  return {
    // It is seen here as well, and with what was emitted.
    answered: () => {},
    cancel() {
      news.end();
      for (const cancel of cancels) cancel();
    },
  };
}

/** What is known of an instance in this process, without asking anybody. */
export function knownHere(connection: ActorConnection, query: InstanceQuery): Update | undefined {
  let latest: Update | undefined;
  for (const watchable of watchablesOf(connection, query)) {
    const cancel = watchable.watch(query.machine, query.key, (update) => {
      if (latest === undefined || latest.version < update.version) latest = update;
    });
    cancel();
  }
  return latest;
}

/** The instances of those servers of a connection that are in this process. */
function watchablesOf(connection: ActorConnection, query: InstanceQuery): readonly Watchable[] {
  const { servers, propose } = connection as ActorConnection & {
    readonly servers?: ReadonlyMap<string, ActorConnection>;
    readonly propose?: unknown;
  };
  if (servers !== undefined) {
    return [...servers.values()].flatMap((server) => watchablesOf(server, query));
  }
  // Who cannot propose is a client, and would send the query to somebody else.
  if (propose === undefined) return [];
  const found: Watchable[] = [];
  const local = { ...query, [instancesHere]: (watchable: Watchable) => found.push(watchable) };
  connection.query(local as never, { consistency: 'local' }).catch(() => {});
  return found;
}

/** Of what several servers tell, or one tells twice, what comes first and is new. */
class News {
  readonly #clock: Clock;
  readonly #take: (update: Update) => void;
  #version = -1;
  #hasBegun = false;
  #waiting: Update[] = [];
  #isOver = false;

  constructor(clock: Clock, take: (update: Update) => void) {
    this.#clock = clock;
    this.#take = take;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** That of the latest update. */
  get version(): number {
    return this.#version;
  }

  put(update: Update): void {
    if (this.#isOver || update.version <= this.#version) return;
    this.#version = update.version;
    // That there is nothing yet is no news.
    if (update.state === undefined && !this.#hasBegun) return;
    this.#hasBegun = update.state !== undefined;
    if (this.#waiting.push(update) === 1) this.#clock.defer(() => this.#deliver());
  }

  /** There is no such instance, as of an unknown version. */
  putNothing(): void {
    if (this.#hasBegun) this.put({ version: this.#version + 1, state: undefined, emitted: [] });
  }

  end(): void {
    this.#isOver = true;
  }

  #deliver(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const update of waiting) if (!this.#isOver) this.#take(update);
  }
}

function ask(
  connection: ActorConnection,
  query: InstanceQuery,
  clock: Clock,
  news: News,
): Following {
  let cancelNext: Cancel = () => {};
  const again = () => {
    if (!news.isOver) cancelNext = clock.schedule(askAgainMs, askOnce);
  };
  const told = (view: InstanceView | undefined) => {
    if (view === undefined) news.putNothing();
    else if (view.snapshot !== undefined) {
      news.put({ version: view.version, state: view.snapshot, emitted: [] });
    }
    again();
  };
  // Who cannot be reached now may be later; whoever sends an event is told of it.
  const askOnce = () => {
    const known = { ...query, known: news.version };
    connection.query(known as never).then(told, again);
  };
  askOnce();
  return {
    answered: ({ version, snapshot }) => news.put({ version, state: snapshot, emitted: [] }),
    cancel() {
      news.end();
      cancelNext();
    },
  };
}
