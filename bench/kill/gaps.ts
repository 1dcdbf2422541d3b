/** Finds the gaps: the times in which nothing was acknowledged to anybody. */

/** From one acknowledgement to the next. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long a gap is, ms. */
export function gapMs({ fromMs, toMs }: Gap): number {
  return toMs - fromMs;
}

/**
 * The gaps of at least `msMin` that end after `fromMs` and not after `toMs`, in their order. A time
 * without an end is a gap up to `toMs`. `acknowledgedMs` is ascending.
 */
export function gapsWithin(
  acknowledgedMs: readonly number[],
  fromMs: number,
  toMs: number,
  msMin = 0,
): Gap[] {
  const gaps: Gap[] = [];
  const first = firstAfter(acknowledgedMs, fromMs);
  let lastMs = acknowledgedMs[first - 1] ?? fromMs;
  for (let i = first; lastMs < toMs; i++) {
    const nextMs = Math.min(acknowledgedMs[i] ?? toMs, toMs);
    if (nextMs - lastMs >= msMin) gaps.push({ fromMs: lastMs, toMs: nextMs });
    lastMs = nextMs;
  }
  return gaps;
}

/** The longest gap that ends within a time, of nearly no length where there is none. */
export function longestGap(acknowledgedMs: readonly number[], fromMs: number, toMs: number): Gap {
  return gapsWithin(acknowledgedMs, fromMs, toMs).reduce(
    (longest, gap) => (gapMs(gap) > gapMs(longest) ? gap : longest),
    { fromMs, toMs: fromMs },
  );
}

/** How many acknowledgements came in each of `count` bins of `binMs` from `fromMs` on. */
export function countsPerBin(
  acknowledgedMs: readonly number[],
  fromMs: number,
  binMs: number,
  count: number,
): number[] {
  const counts = Array.from({ length: count }, () => 0);
  for (let i = firstAfter(acknowledgedMs, fromMs); i < acknowledgedMs.length; i++) {
    const bin = Math.floor((acknowledgedMs[i]! - fromMs) / binMs);
    if (bin >= count) break;
    counts[bin]!++;
  }
  return counts;
}

/** Where the first of the ascending `times` stands that is after `ms`. */
function firstAfter(times: readonly number[], ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}
