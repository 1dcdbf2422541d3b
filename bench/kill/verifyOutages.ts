/** Verifies that nothing was acknowledged while no majority was up. */
import type { SentTag } from './history.js';
import type { Span } from './rounds.js';

/**
 * An answer that was given just before may be read so much later, ms: it lies in a socket, and the
 * event loop that reads it is busy.
 */
export const graceMs = 500;

/** A line for each outage in which something was acknowledged that a majority cannot have had. */
export function verifyOutages(
  sent: readonly SentTag[],
  outages: readonly Span[],
): readonly string[] {
  return outages.flatMap((outage) => {
    const wrong = sent.filter((tag) => isImpossible(tag, outage));
    const [first] = wrong;
    if (first === undefined) return [];
    const [sentAt, acknowledgedAt] = [first.sentMs, first.settledMs].map((ms) =>
      (ms - outage.fromMs).toFixed(1),
    );
    return [
      `no majority, no acknowledgement: broken ${wrong.length} times: ${first.tag}, ` +
        `sent ${sentAt} ms and acknowledged ${acknowledgedAt} ms after the majority was gone`,
    ];
  });
}

function isImpossible({ sentMs, settledMs, outcome }: SentTag, { fromMs, toMs }: Span): boolean {
  if (outcome.type !== 'done' || settledMs <= fromMs || settledMs > toMs) return false;
  return sentMs > fromMs || settledMs > fromMs + graceMs;
}
