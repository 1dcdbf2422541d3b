/** What lasts from the beginning of a fault to its end, beside others of its kind. */

/** Called when something that is wrong has made a difference. */
export type Mattered = () => void;

/** It is among `all` until it heals; `over` is called when none is left. */
export function lasting<T>(all: Set<T>, one: T, over: () => void): () => void {
  all.add(one);
  return () => {
    if (all.delete(one) && all.size === 0) over();
  };
}

/** The same for who is to be told; nobody is one with another. */
export function telling(all: Set<Mattered>, mattered: Mattered, over: () => void): () => void {
  return lasting(all, () => mattered(), over);
}

/** Lets this happen once, unless it heals before; it may take time, and heals then. */
export function once(due: Set<() => void>, happen: () => () => void): () => void {
  let heal = () => {};
  const begin = () => {
    due.delete(begin);
    heal = happen();
  };
  due.add(begin);
  return () => {
    due.delete(begin);
    heal();
  };
}

export function tell(all: ReadonlySet<Mattered>): void {
  for (const mattered of all) mattered();
}
