/** Medians and percentiles: how rounds and latencies become one number each. */

/**
 * The middle of `values`, or the mean of the two in the middle. Throws a RangeError when there are
 * none.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest of `sorted` that at least `percent` percent do not exceed. NaN when there are none.
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = Math.ceil((sorted.length * percent) / 100);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}
