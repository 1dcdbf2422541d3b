/** What a worker appends through: a Redis client, or the Clerk. */

/**
 * What became of an append. *Done*: it is applied, once; `length` is that of the value with it, if
 * the way says so. *Not done*: it took no effect and never will. *Unknown*: it may have taken
 * effect, or may yet, but not twice.
 */
export type Outcome =
  | { readonly type: 'done'; readonly length?: number }
  | { readonly type: 'notDone' | 'unknown'; readonly reason: string };

/** One connection to the cluster, or what stands for one: asked for one append at a time. */
export interface Appender {
  /** Answers when something can be sent; false once it is closed. */
  whenReady(): Promise<boolean>;
  /** Appends `text` to the value of `key`. Always answers, and never rejects. */
  append(key: string, text: string): Promise<Outcome>;
  /** What is under way ends as *unknown*. */
  close(): void;
}
