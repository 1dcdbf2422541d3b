import { describe, expect, it } from 'vitest';
import type { Clock } from '../../actors/clock.js';
import { type ActorConnection, follow } from './follow.js';
import type { InstanceView } from './instanceCommand.js';
import type { PackedState } from './packedState.js';
import { instancesHere, type QueryHere, type Update, type Watchable } from './watchable.js';
import { Watchers } from './watchers.js';

const state: PackedState = { status: 'active', value: 'on', context: {} };
const query = { machine: 'order', key: '1' };

function update(version: number, rest: Partial<Update> = {}): Update {
  return { version, state, emitted: [], ...rest };
}

/** A clock that stands, and what waits for it. */
class StandingClock implements Clock {
  readonly deferred: (() => void)[] = [];
  readonly waiting: { ms: number; run: () => void }[] = [];
  monotonicMs = () => 0;
  wallMs = () => 0;
  defer = (run: () => void) => void this.deferred.push(run);
  schedule = (ms: number, run: () => void) => {
    const one = { ms, run };
    this.waiting.push(one);
    return () => {
      if (this.waiting.includes(one)) this.waiting.splice(this.waiting.indexOf(one), 1);
    };
  };

  /** Lets what was deferred happen. */
  turn(): void {
    for (const run of this.deferred.splice(0)) run();
  }
}

/** A server of this process, whose changes are made by hand. */
class LocalServer implements ActorConnection, Watchable {
  readonly propose = () => {};
  readonly #watchers = new Watchers();
  #first: Update;

  constructor(first: Update) {
    this.#first = first;
  }

  execute = () => Promise.reject(new Error('no'));

  query(asked: Partial<QueryHere>): Promise<undefined> {
    asked[instancesHere]?.(this);
    return Promise.resolve(undefined);
  }

  watch(machine: string, key: string, take: (update: Update) => void) {
    take(this.#first);
    return this.#watchers.add(`${machine}/${key}`, take);
  }

  change(to: Update): void {
    this.#first = to;
    this.#watchers.tell('order/1', () => to);
  }
}

function following(connection: unknown) {
  const clock = new StandingClock();
  const seen: Update[] = [];
  const front = follow(connection as ActorConnection, query, clock, (one) => seen.push(one));
  const answered: typeof front.answered = (answer) => front.answered(answer);
  return { clock, seen, answered, cancel: () => front.cancel() };
}

describe('following an instance on this machine', () => {
  it('tells nothing while entries are applied, and each change in order after that', () => {
    const server = new LocalServer(update(3));
    const { clock, seen } = following(server);
    server.change(update(5, { emitted: [{ type: 'added' }] }));
    server.change(update(7));
    expect(seen).toEqual([]);
    clock.turn();
    expect(seen.map(({ version }) => version)).toEqual([3, 5, 7]);
    expect(seen[1]?.emitted).toEqual([{ type: 'added' }]);
  });

  it('tells each change once where several servers do, as the first of them does', () => {
    const [one, other] = [new LocalServer(update(3)), new LocalServer(update(1))];
    const { clock, seen } = following({
      servers: new Map([
        ['s1', one],
        ['s2', other],
      ]),
    });
    other.change(update(3, { emitted: [{ type: 'late' }] }));
    one.change(update(4));
    other.change(update(4));
    other.change(update(6));
    clock.turn();
    expect(seen.map(({ version }) => version)).toEqual([3, 4, 6]);
    expect(seen.flatMap(({ emitted }) => emitted)).toEqual([]);
  });

  it('does not tell that there is nothing yet, but that there is nothing any more', () => {
    const server = new LocalServer(update(3, { state: undefined }));
    const { clock, seen } = following(server);
    server.change(update(4));
    server.change(update(5, { state: undefined }));
    clock.turn();
    expect(seen.map(({ version, state: of }) => [version, of === undefined])).toEqual([
      [4, false],
      [5, true],
    ]);
  });

  it('tells nothing once it is cancelled, also of what waited', () => {
    const server = new LocalServer(update(3));
    const { clock, seen, cancel } = following(server);
    cancel();
    server.change(update(4));
    clock.turn();
    expect(seen).toEqual([]);
  });

  it('leaves it to the server to tell what it has answered, with what was emitted', () => {
    const { clock, seen, answered } = following(new LocalServer(update(3)));
    answered({ index: 9, version: 4, snapshot: state });
    clock.turn();
    expect(seen.map(({ version }) => version)).toEqual([3]);
  });
});

describe('following an instance from elsewhere', () => {
  /** Answers one view after another, or an error. */
  function remote(views: (InstanceView | undefined | Error)[]) {
    const asked: unknown[] = [];
    const connection: ActorConnection = {
      execute: () => Promise.reject(new Error('no')),
      query(one) {
        asked.push(one);
        const view = views.shift();
        return view instanceof Error ? Promise.reject(view) : Promise.resolve(view);
      },
    };
    return { asked, ...following(connection) };
  }

  /** The answer comes, and then the time to ask again. */
  async function round({ clock }: { clock: StandingClock }): Promise<void> {
    await Promise.resolve();
    await Promise.resolve();
    clock.turn();
    for (const { ms, run } of clock.waiting.splice(0)) {
      expect(ms).toBe(100);
      run();
    }
  }

  it('asks again and again, for what it does not know', async () => {
    const views = [undefined, { version: 3, snapshot: state }, { version: 3 }];
    const front = remote([...views, { version: 8, snapshot: state }]);
    for (let n = 0; n < 4; n++) await round(front);
    expect(front.asked).toEqual([-1, -1, 3, 3, 8].map((known) => ({ ...query, known })));
    expect(front.seen.map(({ version }) => version)).toEqual([3, 8]);
  });

  it('asks again where nobody answers', async () => {
    const front = remote([new Error('no leader'), { version: 3, snapshot: state }]);
    for (let n = 0; n < 2; n++) await round(front);
    expect(front.seen.map(({ version }) => version)).toEqual([3]);
  });

  it('takes what its own events have made of the instance', async () => {
    const front = remote([{ version: 3, snapshot: state }]);
    await round(front);
    front.answered({ index: 9, version: 4, snapshot: state });
    front.answered({ index: 8, version: 3, snapshot: state });
    front.clock.turn();
    expect(front.seen.map(({ version }) => version)).toEqual([3, 4]);
  });

  it('tells that an instance is gone', async () => {
    const front = remote([{ version: 3, snapshot: state }, undefined, undefined]);
    for (let n = 0; n < 3; n++) await round(front);
    expect(front.seen.map(({ state: of }) => of === undefined)).toEqual([false, true]);
  });

  it('asks no more once it is cancelled', async () => {
    const front = remote([{ version: 3, snapshot: state }]);
    front.cancel();
    await round(front);
    expect(front.asked).toHaveLength(1);
    expect(front.clock.waiting).toEqual([]);
    expect(front.seen).toEqual([]);
  });
});
