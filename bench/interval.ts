/** Stretches of time, and which of them lie within which: what syncs say about writes. */

/** From when to when something went on, in ms since 1970 with their fractions. */
export interface Interval {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** How many of `writes` had a sync begin and end within them, on `serversMin` servers or more. */
export function syncedWrites(
  writes: readonly Interval[],
  syncs: readonly (readonly Interval[])[],
  serversMin: number,
): number {
  return writes.filter((write) => {
    const servers = syncs.filter((own) => own.some((sync) => isWithin(sync, write)));
    return servers.length >= serversMin;
  }).length;
}

/** Clocks of two processes agree to this, and so do times that are printed in microseconds. */
const clockToleranceMs = 0.05;

function isWithin(inner: Interval, outer: Interval): boolean {
  return (
    inner.beganMs >= outer.beganMs - clockToleranceMs &&
    inner.endedMs <= outer.endedMs + clockToleranceMs
  );
}

/**
 * What to add to `performance.now()` for ms since 1970: `Date.now()` has whole ms only, but it
 * ticks when it should.
 */
export function wallClockOffsetMs(): number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return now - performance.now();
}
