/**
 * Streams as users see them: something to subscribe to, to hand to any library that knows observables, or to
 * iterate with `for await`. RxJS is inside, and not in the types.
 */
import type { Observable } from 'rxjs';
import { RaftError } from './raftError.js';

export interface Subscription {
  unsubscribe(): void;
}

export interface Observer<T> {
  next?: (value: T) => void;
  error?: (error: unknown) => void;
  complete?: () => void;
}

export interface Stream<T> extends AsyncIterable<T> {
  subscribe(observer: Observer<T> | ((value: T) => void)): Subscription;
}

/** So many values wait for a slow `for await` before it ends with RAFT_SLOW_CONSUMER. */
const bufferMax = 1_024;

export function toStream<T>(source: Observable<T>): Stream<T> {
  const stream = {
    subscribe: (observer: Observer<T> | ((value: T) => void)) => source.subscribe(observer),
    [Symbol.asyncIterator]: () => iterate(source),
  };
  const interop = (Symbol as unknown as { observable?: symbol }).observable ?? '@@observable';
  Object.defineProperty(stream, interop, { value: () => stream });
  return stream;
}

function iterate<T>(source: Observable<T>): AsyncIterator<T> {
  const waiting: T[] = [];
  const readers: ((result: IteratorResult<T>) => void)[] = [];
  let isOver = false;
  let failure: RaftError | undefined;
  const end: IteratorResult<T> = { done: true, value: undefined };
  const finish = () => {
    isOver = true;
    for (const reader of readers.splice(0)) reader(end);
  };
  const subscription = source.subscribe({
    next(value) {
      const reader = readers.shift();
      if (reader !== undefined) return reader({ done: false, value });
      if (waiting.length < bufferMax) return void waiting.push(value);
      failure = new RaftError(
        'RAFT_SLOW_CONSUMER',
        'notDone',
        `more than ${bufferMax} values waited`,
      );
      isOver = true;
      subscription.unsubscribe();
    },
    complete: finish,
  });
  return {
    next() {
      const value = waiting.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (isOver) return Promise.resolve(end);
      return new Promise((resolve) => readers.push(resolve));
    },
    return() {
      subscription.unsubscribe();
      waiting.length = 0;
      failure = undefined;
      finish();
      return Promise.resolve(end);
    },
  };
}
