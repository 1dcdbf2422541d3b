/**
 * Streams as users see them: something to subscribe to, to hand to any library that knows
 * observables, or to iterate with `for await`. RxJS is inside, and not in the types.
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
  const queue = new ValueQueue<T>();
  const subscription = source.subscribe({
    next(value) {
      if (!queue.put(value)) subscription.unsubscribe();
    },
    complete: () => queue.end(),
  });
  return {
    next: () => queue.take(),
    return() {
      subscription.unsubscribe();
      queue.clear();
      return queue.take();
    },
  };
}

/**
 * Between a stream and one loop over it: either values wait for the loop, or it waits for values.
 */
class ValueQueue<T> {
  readonly #values: T[] = [];
  readonly #readers: ((result: IteratorResult<T>) => void)[] = [];
  #failure: RaftError | undefined;
  #isOver = false;

  /** False if too many wait already: the loop gets those, and then an error. */
  put(value: T): boolean {
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value });
    else if (this.#values.length < bufferMax) this.#values.push(value);
    else {
      const message = `more than ${bufferMax} values waited`;
      this.#failure = new RaftError('RAFT_SLOW_CONSUMER', 'notDone', message);
      this.#isOver = true;
    }
    return !this.#isOver;
  }

  /** No more will come. */
  end(): void {
    this.#isOver = true;
    for (const reader of this.#readers.splice(0)) reader(over);
  }

  /** Nobody wants the rest. */
  clear(): void {
    this.#values.length = 0;
    this.#failure = undefined;
    this.end();
  }

  take(): Promise<IteratorResult<T>> {
    if (this.#values.length > 0) {
      return Promise.resolve({ done: false, value: this.#values.shift()! });
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    if (this.#isOver) return Promise.resolve(over);
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}

const over: IteratorResult<never> = { done: true, value: undefined };
