/** What recovery makes of the small log, in a word that compares with what it should make of it. */
import { StoreDamaged } from './logStore.js';
import {
  type History,
  historyOf,
  identity,
  recoveredText,
  smallLog,
} from './walHistory.contract.js';
import { recoverLog, type SegmentImage } from './walRecovery.js';

export const segmentBytes = 4608;
export const history = historyOf(smallLog, segmentBytes);
export const { batches, segments } = history;
export const lastBatch = batches.at(-1)!;
export const complete = `${batches.length} batches`;
export const folder = 'place';

/** What recovery answers: how many batches and where it cuts, or that it refuses to go on. */
export function outcome(images: readonly SegmentImage[], of: History = history): string {
  try {
    const log = recoverLog(folder, identity, 0, images);
    const text = recoveredText(log);
    const count = of.batches.findIndex(({ state }) => state === text) + 1;
    if (count === 0) return `invented ${text}`;
    return log.tear === undefined
      ? `${count} batches`
      : `${count} batches, cut at ${log.tear.segment}:${log.tear.from}`;
  } catch (error) {
    if (!(error instanceof StoreDamaged)) throw error;
    const isHelpful =
      /^place\/wal-\d{10}\.log$/.test(error.file) &&
      error.message.startsWith(`${error.file}, byte ${error.offset}: `) &&
      error.message.includes('. Keep a copy of the folder, then restore it');
    return isHelpful ? 'refused' : `refused with: ${error.message}`;
  }
}

export function refusal(images: readonly SegmentImage[]): string {
  try {
    recoverLog(folder, identity, 0, images);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

export function withBytes(
  number: number,
  change: (bytes: Uint8Array) => Uint8Array,
): SegmentImage[] {
  return segments.map((segment) =>
    segment.number === number ? { number, bytes: change(segment.bytes) } : segment,
  );
}

/**
 * Notes what is not as the law says, for thousands of cases whose `expect` would take longer than
 * they do.
 */
export class Verdict {
  readonly #wrong: string[] = [];

  compare(found: string, expected: string, label: string): void {
    if (found !== expected) this.#wrong.push(`${label}: ${found} instead of ${expected}`);
  }

  /** The first of them. */
  get wrong(): readonly string[] {
    return this.#wrong.slice(0, 20);
  }
}
