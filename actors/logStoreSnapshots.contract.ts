/** What every log store must do with snapshots, and with what they cover. */
import type { LogBase } from '../machines/log.js';
import type { Fact } from './logStore.contract.js';
import type { LogStore, Recovered, SnapshotReader, SnapshotWriter, Write } from './logStore.js';
import {
  ask,
  begin,
  check,
  close,
  entries,
  entry,
  identity,
  nothing,
  open,
  refused,
  same,
  vote,
  written,
} from './logStoreSteps.contract.js';

function at(index: number, term = 1): LogBase {
  return { index, term, stampMs: 0 };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const beginSnapshot = (store: LogStore, base: LogBase): Promise<SnapshotWriter> =>
  ask((done) => store.createSnapshot(base, done));

/** Writes a snapshot, in as many parts as there are texts, and puts it in place. */
async function snapshot(store: LogStore, base: LogBase, ...texts: string[]): Promise<void> {
  const writer = await beginSnapshot(store, base);
  for (const text of texts) await ask((done) => writer.write(bytesOf(text), done));
  await ask((done) => writer.commit(done));
}

const openSnapshot = (store: LogStore, base: LogBase): Promise<SnapshotReader> =>
  ask((done) => store.openSnapshot(base, done));

const part = (reader: SnapshotReader, offset: number, length: number): Promise<string> =>
  ask<Uint8Array>((done) => reader.read(offset, length, done)).then((bytes) =>
    new TextDecoder().decode(bytes),
  );

async function content(store: LogStore, base: LogBase): Promise<string> {
  const reader = await openSnapshot(store, base);
  const text = await part(reader, 0, reader.length);
  reader.close();
  return text;
}

/** Writes that append entries `from` to `to`, one each, numbered from `number` on. */
function run(from: number, to: number, { term = 1, number = from, length = 400 } = {}): Write[] {
  return Array.from({ length: to - from + 1 }, (_, i) =>
    entries(number + i, [entry(from + i, term, `${from + i}`.padStart(length, '.'))]),
  );
}

/** Checks that a snapshot and what follows it are there, and answers where the log begins. */
function follows(recovered: Recovered, covered: number, last: number): LogBase {
  const { base, entries: kept } = recovered;
  check(recovered.snapshot?.index === covered, `snapshot ${recovered.snapshot?.index}`);
  check(
    base.index <= covered,
    `the log begins behind ${base.index}, the snapshot is at ${covered}`,
  );
  const indexes = kept.map(({ index }) => index);
  const wanted = Array.from({ length: last - base.index }, (_, i) => base.index + 1 + i);
  check(String(indexes) === String(wanted), `entries ${String(indexes)} behind ${base.index}`);
  return base;
}

export function snapshotFacts(it: Fact): void {
  it('are kept as they were written', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 5));
    await snapshot(store, at(3), 'one ', '', 'two');
    const again = await reopen();
    follows(await open(again), 3, 5);
    check((await content(again, at(3))) === 'one two', 'all of it is there');
  });

  it('are read in parts', async ({ store }) => {
    await begin(store);
    await snapshot(store, at(3), '0123456789');
    const reader = await openSnapshot(store, at(3));
    check(reader.length === 10, 'the length is known');
    const parts = [await part(reader, 0, 3), await part(reader, 3, 5), await part(reader, 8, 9)];
    check(String(parts) === '012,34567,89', `not ${String(parts)}`);
    reader.close();
  });

  it('are not in place before they are whole', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 5));
    await snapshot(store, at(2), 'whole');
    const writer = await beginSnapshot(store, at(4));
    await ask((done) => writer.write(bytesOf('part'), done));
    check((await refused((done) => store.openSnapshot(at(4), done))) !== undefined, 'not yet');
    const again = await reopen();
    follows(await open(again), 2, 5);
    check((await content(again, at(2))) === 'whole', 'the one before is');
  });

  it('leave nothing behind when they are abandoned', async ({ store, reopen }) => {
    await begin(store);
    const writer = await beginSnapshot(store, at(4));
    await ask((done) => writer.write(bytesOf('part'), done));
    writer.abandon();
    writer.abandon();
    const error = await refused((done) => writer.commit(done));
    check(error !== undefined, 'what was abandoned is not put in place');
    await close(store);
    same(await open(await reopen()), { ...nothing, identity });
  });

  it('stay when they are abandoned too late', async ({ store }) => {
    await begin(store);
    const writer = await beginSnapshot(store, at(4));
    await ask((done) => writer.write(bytesOf('whole'), done));
    await ask((done) => writer.commit(done));
    writer.abandon();
    check((await content(store, at(4))) === 'whole', 'it stays');
  });

  it('are written beside each other, also for the same entry', async ({ store, reopen }) => {
    await begin(store);
    const bases = [at(5), at(7), at(5)];
    const writers = await Promise.all(bases.map((base) => beginSnapshot(store, base)));
    for (const text of ['a', 'b'])
      for (const writer of writers) await ask((done) => writer.write(bytesOf(text), done));
    for (const position of [0, 2, 1]) await ask((done) => writers[position]!.commit(done));
    const again = await reopen();
    check((await open(again)).snapshot?.index === 7, 'the newest wins');
    check((await content(again, at(7))) === 'ab', 'and is whole');
  });

  it('may come too late, behind a newer one', async ({ store, reopen }) => {
    await begin(store);
    const late = await beginSnapshot(store, at(5));
    await snapshot(store, at(7), 'newer');
    await ask((done) => late.commit(done));
    const again = await reopen();
    check((await open(again)).snapshot?.index === 7, 'the newest wins');
  });

  it('are refused in one line where they are not in place', async ({ store }) => {
    await begin(store);
    await snapshot(store, at(5), 'a');
    for (const base of [at(4), at(5, 2)]) {
      const error = await refused((done) => store.openSnapshot(base, done));
      check(error !== undefined && !error.message.includes('\n'), `refused with ${String(error)}`);
    }
  });

  it('stay readable to who has opened them', async ({ store }) => {
    await begin(store);
    await written(store, run(1, 9));
    await snapshot(store, at(5), 'older');
    const reader = await openSnapshot(store, at(5));
    await snapshot(store, at(8), 'newer');
    store.compact(8);
    await written(store, run(10, 11));
    check((await part(reader, 0, 5)) === 'older', 'it is read to its end');
    reader.close();
    check((await content(store, at(8))) === 'newer', 'the newer one is there');
  });
}

export function beginningFacts(it: Fact): void {
  it('begins anew behind a snapshot that came', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 5));
    await snapshot(store, at(20, 2), 'from the leader');
    await written(store, [{ ...vote(6, 2, undefined), base: at(20, 2) }]);
    const again = await reopen();
    const expected = { ...nothing, identity, currentTerm: 2 };
    same(await open(again), { ...expected, snapshot: at(20, 2), base: at(20, 2) });
    await written(again, run(21, 22, { term: 2, number: 1 }));
    const third = await open(await reopen());
    check(follows(third, 20, 22).term === 2, 'and goes on behind it');
  });

  it('begins anew and goes on in one write', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 5));
    await snapshot(store, at(3, 2), 'another 3');
    const news = [entry(4, 2, 'four'), entry(5, 2, 'five')];
    await written(store, [{ ...entries(6, news), base: at(3, 2) }]);
    const found = await open(await reopen());
    same(found, {
      ...nothing,
      identity,
      currentTerm: 2,
      snapshot: at(3, 2),
      base: at(3, 2),
      entries: news,
    });
  });

  it('keeps what follows a snapshot that agrees with the log', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 6));
    await snapshot(store, at(4), 'agrees');
    const again = await reopen();
    follows(await open(again), 4, 6);
    await written(again, run(7, 8, { number: 1 }));
    follows(await open(await reopen()), 4, 8);
  });

  for (const [what, base] of [
    ['that is ahead of it', at(9, 1)],
    ['of another term', at(4, 2)],
  ] as const)
    it(`is empty behind a snapshot ${what}`, async ({ store, reopen }) => {
      await begin(store);
      await written(store, run(1, 6));
      await snapshot(store, base, 'another');
      const again = await reopen();
      const found = await open(again);
      check(found.entries.length === 0 && found.base.index === base.index, 'nothing of it is left');
      check(found.base.term === base.term, 'the term is that of the snapshot');
      check(found.currentTerm >= base.term, 'and is known');
      const { index, term } = base;
      await written(again, run(index + 1, index + 2, { term, number: 1 }));
      const third = await open(await reopen());
      check(follows(third, index, index + 2).term === term, 'what follows is there');
    });
}

export function compactionFacts(it: Fact): void {
  it('drops no entry that no snapshot covers', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 30));
    store.compact(30);
    await snapshot(store, at(12), 'twelve');
    store.compact(30);
    await written(store, run(31, 32));
    await close(store);
    follows(await open(await reopen()), 12, 32);
  });

  it('drops no entry behind the given one', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 30));
    await snapshot(store, at(28), 'many');
    store.compact(15);
    await close(store);
    const base = follows(await open(await reopen()), 28, 30);
    check(base.index <= 15, `entries up to ${base.index} are gone`);
  });

  it('keeps term, vote and known stores', async ({ store, reopen }) => {
    await begin(store);
    store.remember('s2', 'store-2');
    await written(store, [vote(1, 3, 's2'), ...run(1, 30, { number: 2, term: 3 })]);
    await snapshot(store, at(30, 3), 'all');
    store.compact(30);
    await close(store);
    const found = await open(await reopen());
    follows(found, 30, 30);
    const { currentTerm, votedFor, knownStores } = found;
    check(currentTerm === 3 && votedFor === 's2', `term ${currentTerm}, vote ${votedFor}`);
    check(knownStores.s2 === 'store-2', 'the store that was met');
  });

  it('keeps entries that replaced others', async ({ store, reopen }) => {
    await begin(store);
    await written(store, run(1, 20));
    await written(store, run(12, 30, { number: 21, term: 2 }));
    await snapshot(store, at(20, 2), 'twenty');
    store.compact(20);
    await close(store);
    const found = await open(await reopen());
    follows(found, 20, 30);
    check(
      found.entries.every(({ index, term }) => term === (index < 12 ? 1 : 2)),
      'the new ones',
    );
  });

  it('goes on for generations', async ({ store, reopen }) => {
    await begin(store);
    let current = store;
    for (let last = 10; last <= 50; last += 10) {
      await written(current, run(last - 9, last, { number: 1 }));
      await snapshot(current, at(last - 2), `up to ${last - 2}`);
      current.compact(last - 4);
      await close(current);
      current = await reopen();
      follows(await open(current), last - 2, last);
      check((await content(current, at(last - 2))) === `up to ${last - 2}`, 'the snapshot is read');
    }
  });
}
