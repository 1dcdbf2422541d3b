/** Tests of streams as users hold them: to subscribe to, to hand on, to iterate. */
import { firstValueFrom, from, of, Subject, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toStream } from './stream.js';

describe('a stream', () => {
  it('calls whoever subscribes, with a function or an observer, until they unsubscribe', () => {
    const source = new Subject<number>();
    const stream = toStream(source);
    const seen: unknown[] = [];
    const one = stream.subscribe((value) => seen.push(value));
    stream.subscribe({ next: (value) => seen.push(-value), complete: () => seen.push('end') });
    source.next(1);
    one.unsubscribe();
    source.next(2);
    source.complete();
    expect(seen).toEqual([1, -1, -2, 'end']);
  });

  it('is taken for an observable by libraries that know observables', async () => {
    const stream = toStream(of(1, 2, 3));
    expect(await firstValueFrom(from(stream as never).pipe(take(2), toArray()))).toEqual([1, 2]);
  });

  it('can be iterated, from the beginning of the loop on, until it ends', async () => {
    const source = new Subject<number>();
    const iterator = toStream(source)[Symbol.asyncIterator]();
    source.next(1);
    source.next(2);
    const early = [await iterator.next(), await iterator.next()];
    const late = [iterator.next(), iterator.next()];
    source.next(3);
    source.complete();
    expect([...early, ...(await Promise.all(late)), await iterator.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: false, value: 3 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('keeps what came before its end for a loop that is late', async () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    const stream = toStream(source);
    const iterable = { [Symbol.asyncIterator]: () => iterator };
    const iterator = stream[Symbol.asyncIterator]();
    source.next(1);
    source.next(2);
    source.complete();
    for await (const value of iterable) seen.push(value);
    expect(seen).toEqual([1, 2]);
  });

  it('leaves nothing subscribed when a loop is left', async () => {
    const source = new Subject<number>();
    const iterator = toStream(source)[Symbol.asyncIterator]();
    source.next(1);
    source.next(2);
    for await (const value of { [Symbol.asyncIterator]: () => iterator }) {
      expect(value).toBe(1);
      break;
    }
    expect(source.observed).toBe(false);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('gives nothing more once a loop was left, whatever waits', async () => {
    const source = new Subject<number>();
    const iterator = toStream(source)[Symbol.asyncIterator]();
    for (let value = 0; value <= 1_024; value++) source.next(value);
    expect(await iterator.return!()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a loop that is left while it waits', async () => {
    const source = new Subject<number>();
    const iterator = toStream(source)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await iterator.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('keeps 1,024 values for a slow loop, and ends it rather than lose one', async () => {
    const source = new Subject<number>();
    const stream = toStream(source);
    const inTime = stream[Symbol.asyncIterator]();
    const tooSlow = stream[Symbol.asyncIterator]();
    for (let value = 0; value < 1_024; value++) source.next(value);
    expect(await inTime.next()).toEqual({ done: false, value: 0 });
    source.next(1_024);
    for (let value = 1; value <= 1_024; value++) {
      expect(await inTime.next()).toEqual({ done: false, value });
    }
    for (let value = 0; value < 1_024; value++) {
      expect(await tooSlow.next()).toEqual({ done: false, value });
    }
    await expect(tooSlow.next()).rejects.toMatchObject({ code: 'RAFT_SLOW_CONSUMER' });
    await inTime.return!();
    expect(source.observed).toBe(false);
  });

  it('ends only once with an error, and is over then', async () => {
    const source = new Subject<number>();
    const iterator = toStream(source)[Symbol.asyncIterator]();
    for (let value = 0; value <= 1_024; value++) source.next(value);
    for (let value = 0; value < 1_024; value++) await iterator.next();
    await expect(iterator.next()).rejects.toMatchObject({ name: 'RaftError' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});
