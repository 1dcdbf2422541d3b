/**
 * What every log store must do, as tests for any runner: for those of this project, and for a
 * user's own.
 */
import { entryKinds } from '../machines/entry.js';
import type { Runner } from './disk.contract.js';
import type { LogStore, SnapshotReader, SnapshotWriter } from './logStore.js';
import { beginningFacts, compactionFacts, snapshotFacts } from './logStoreSnapshots.contract.js';
import {
  ask,
  begin,
  check,
  close,
  entries,
  entry,
  found,
  foundingError,
  identity,
  nothing,
  open,
  same,
  throwError,
  vote,
  written,
} from './logStoreSteps.contract.js';

/**
 * A store that was never opened, and what is found after a crash that lost all that was not
 * durable.
 */
export interface LogStoreUnderTest {
  readonly store: LogStore;
  /** Another store on the same place; the one before is dead from here on. */
  readonly reopen: () => Promise<LogStore>;
  /** Another store on the same place while the first is open; undefined if that cannot be. */
  readonly another?: () => LogStore;
}

export type Fact = (name: string, fact: (under: LogStoreUnderTest) => Promise<void>) => void;

/** Runs the facts, each on a fresh store that `make` gives. */
export function logStoreContract(make: () => Promise<LogStoreUnderTest>, runner: Runner): void {
  const it: Fact = (name, fact) => runner.it(name, async () => fact(await make()));
  runner.describe('founding', () => foundingFacts(it));
  runner.describe('what is written', () => writingFacts(it));
  runner.describe('when it is durable', () => durabilityFacts(it));
  runner.describe('snapshots', () => snapshotFacts(it));
  runner.describe('a log behind a snapshot', () => beginningFacts(it));
  runner.describe('compaction', () => compactionFacts(it));
  runner.describe('room', () => roomFacts(it));
  runner.describe('closing', () => closingFacts(it));
}

function foundingFacts(it: Fact): void {
  it('holds nothing before it is founded', async ({ store }) => {
    const recovered = await open(store);
    check(recovered.identity === undefined, 'no identity');
    same(recovered, { ...nothing, identity: undefined });
  });

  it('is still not founded when it was only opened', async ({ store, reopen }) => {
    await open(store);
    check((await open(await reopen())).identity === undefined, 'no identity');
  });

  it('keeps identity, term and first entries', async ({ store, reopen }) => {
    const entries = [entry(1, 1, 'first', 'configuration')];
    await open(store);
    await found(store, identity, 1, entries);
    same(await open(await reopen()), { ...nothing, identity, currentTerm: 1, entries });
  });

  it('may be founded without entries, and written to later', async ({ store, reopen }) => {
    await open(store);
    await found(store, identity, 0, []);
    await written(store, [entries(1, [entry(1, 1, 'a')])]);
    const recovered = await open(await reopen());
    same(recovered, { ...nothing, identity, entries: [entry(1, 1, 'a')] });
  });

  it('refuses to be founded twice', async ({ store, reopen }) => {
    await begin(store);
    const again = await reopen();
    await open(again);
    const error = await foundingError(again, { ...identity, storeId: 'store-2' });
    check(error !== undefined, 'the second founding is refused');
    same(await open(await reopen()), { ...nothing, identity });
  });
}

function writingFacts(it: Fact): void {
  it('keeps every field of an entry', async ({ store, reopen }) => {
    const all = entryKinds.map((kind, i) => ({
      ...entry(i + 1, i + 1, `of kind ${kind}`, kind),
      stampMs: 1_700_000_000_000 + i,
      sessionId: i,
      sequence: 2 ** 40 + i,
      firstUnacknowledged: 2 ** 40,
    }));
    await begin(store);
    await written(store, [entries(1, all)]);
    same(await open(await reopen()), { ...nothing, identity, entries: all });
  });

  it('keeps bytes as they are, and their absence', async ({ store, reopen }) => {
    const all = [
      { ...entry(1, 1, ''), bytes: new Uint8Array(0) },
      { ...entry(2, 1, ''), bytes: new Uint8Array(3_000) },
      { ...entry(3, 1, ''), bytes: new Uint8Array(256).map((_, i) => i) },
    ];
    await begin(store);
    await written(store, [entries(1, all)]);
    same(await open(await reopen()), { ...nothing, identity, entries: all });
  });

  it('keeps a vote without entries', async ({ store, reopen }) => {
    await begin(store);
    await written(store, [vote(1, 7, 's2')]);
    same(await open(await reopen()), { ...nothing, identity, currentTerm: 7, votedFor: 's2' });
  });

  it('forgets the vote in a new term', async ({ store, reopen }) => {
    await begin(store);
    await written(store, [vote(1, 7, 's2'), vote(2, 8, undefined)]);
    same(await open(await reopen()), { ...nothing, identity, currentTerm: 8 });
  });

  it('does not take an entry for a vote', async ({ store, reopen }) => {
    await begin(store);
    await written(store, [vote(1, 2, 's3'), entries(2, [entry(1, 2, 'a')])]);
    const { currentTerm, votedFor } = await open(await reopen());
    check(currentTerm === 2 && votedFor === 's3', 'term and vote stay');
  });

  it('replaces what stood from the first index of a write on', async ({ store, reopen }) => {
    await begin(store);
    const old = [1, 2, 3, 4].map((index) => entry(index, 1, `old ${index}`));
    const other = [entry(2, 2, 'new')];
    await written(store, [entries(1, old), entries(2, other)]);
    same(await open(await reopen()), { ...nothing, identity, entries: [old[0]!, ...other] });
  });

  it('goes on where another incarnation ended', async ({ store, reopen }) => {
    await begin(store);
    await written(store, [entries(1, [entry(1, 1, 'a')])]);
    const second = await reopen();
    await open(second);
    await written(second, [entries(1, [entry(2, 1, 'b')])]);
    const third = await reopen();
    await open(third);
    await written(third, [vote(1, 5, 's1')]);
    const expected = [entry(1, 1, 'a'), entry(2, 1, 'b')];
    const votes = { currentTerm: 5, votedFor: 's1' };
    same(await open(await reopen()), { ...nothing, identity, entries: expected, ...votes });
  });

  it('remembers the stores it met, the latest of each server', async ({ store, reopen }) => {
    await begin(store);
    store.remember('s2', 'store-2');
    store.remember('__proto__', 'store-3');
    store.remember('s2', 'store-4');
    await written(store, [vote(1, 1, undefined)]);
    const { knownStores } = await open(await reopen());
    const known = JSON.stringify([knownStores.s2, knownStores.__proto__]);
    check(known === '["store-4","store-3"]', `it remembers ${known}`);
  });
}

function durabilityFacts(it: Fact): void {
  it('tells of every write, in order', async ({ store }) => {
    await begin(store);
    const told: number[] = [];
    await written(
      store,
      Array.from({ length: 100 }, (_, i) => entries(i + 1, [entry(i + 1, 1, `${i}`)])),
      told,
    );
    check(told.at(-1) === 100, 'the last one is told');
    check(
      told.every((number, i) => i === 0 || number > told[i - 1]!),
      `in order: ${String(told)}`,
    );
  });

  it('keeps the order of the writes that share a sync', async ({ store, reopen }) => {
    await begin(store);
    await written(store, [
      entries(1, [entry(1, 1, 'a'), entry(2, 1, 'b')]),
      vote(2, 2, 's2'),
      entries(3, [entry(2, 2, 'c')]),
      vote(4, 3, undefined),
      entries(5, [entry(3, 3, 'd')]),
    ]);
    const expected = [entry(1, 1, 'a'), entry(2, 2, 'c'), entry(3, 3, 'd')];
    same(await open(await reopen()), { ...nothing, identity, currentTerm: 3, entries: expected });
  });

  it('tells of no write before it is durable', async ({ store, reopen }) => {
    await begin(store);
    const first = entries(1, [entry(1, 1, 'a')]);
    const reopened = new Promise<LogStore>((resolve, reject) => {
      store.listen({
        persisted: () => void reopen().then(resolve, reject),
        failed: reject,
        room: () => {},
      });
    });
    store.append(first);
    same(await open(await reopened), { ...nothing, identity, entries: first.entries });
  });

  it('tells of a write that holds nothing', async ({ store }) => {
    await begin(store);
    const empty = { ...vote(1, 0, undefined), isVote: false };
    await written(store, [empty, { ...empty, number: 2 }]);
  });
}

function roomFacts(it: Fact): void {
  it('is found where there is some', async ({ store }) => {
    await begin(store);
    const room = await new Promise<boolean>((resolve, reject) => {
      store.listen({ persisted: () => {}, failed: reject, room: resolve });
      store.findRoom();
    });
    check(room, 'there is room');
  });
}

function closingFacts(it: Fact): void {
  it('closes when what was queued is durable', async ({ store, reopen }) => {
    await begin(store);
    const told: number[] = [];
    store.listen({ persisted: (number) => told.push(number), failed: throwError, room: () => {} });
    for (let i = 1; i <= 20; i++) store.append(entries(i, [entry(i, 1, `${i}`)]));
    await close(store);
    check(told.at(-1) === 20, `it told of ${String(told)}`);
    check((await open(await reopen())).entries.length === 20, 'all are there');
  });

  it('closes as often as it is asked to', async ({ store }) => {
    await begin(store);
    await Promise.all([close(store), close(store)]);
    await close(store);
  });

  it('is opened by one at a time, until that one is closed', async ({ store, another }) => {
    if (another === undefined) return;
    await begin(store);
    const second = another();
    const error = await open(second).then(
      () => undefined,
      (refusal: Error & { code?: string }) => refusal,
    );
    check(error?.code === 'RAFT_STORE_LOCKED', `refused with ${String(error)}`);
    check(!error!.message.includes('\n'), 'in one line');
    await close(second);
    await written(store, [entries(1, [entry(1, 1, 'a')])]);
    await close(store);
    const third = another();
    check((await open(third)).entries.length === 1, 'the first one was not disturbed');
    await close(third);
  });

  it('closes what is open of its snapshots', async ({ store, reopen }) => {
    await begin(store);
    const base = { index: 3, term: 1, stampMs: 0 };
    const writer = await ask<SnapshotWriter>((done) => store.createSnapshot(base, done));
    await ask((done) => writer.commit(done));
    await ask<SnapshotWriter>((done) => store.createSnapshot(base, done));
    await ask<SnapshotReader>((done) => store.openSnapshot(base, done));
    await close(store);
    check((await open(await reopen())).snapshot?.index === 3, 'what was in place is');
  });

  it('closes without having been opened, or founded', async ({ store, reopen }) => {
    await close(store);
    const other = await reopen();
    await open(other);
    await close(other);
  });
}
