/** How far an exploration goes, and what a world may do how often. */

export interface Bounds {
  /** No server goes further than so many terms beyond the highest of the first world (2). */
  readonly newTerms: number;
  /** No log grows further than so many entries beyond the longest of the first world (3). */
  readonly newEntries: number;
  /** So many messages are under way at once (8). */
  readonly messages: number;
  /** So many entries are asked for by clients (0); leaders add one with each office besides. */
  readonly requests: number;
  /** So many times a server crashes, all together (0), */
  readonly crashes: number;
  /** a message arrives twice (0), */
  readonly duplicates: number;
  /** is lost to make room (0), */
  readonly drops: number;
  /** and a leader leaves office because nobody answers (0). */
  readonly stepDowns: number;
  /** So many actions follow one another (1,000). */
  readonly depth: number;
  /** So many worlds are seen (1,000,000). */
  readonly states: number;
  /** So long it may take, if there is a clock: ms (60,000). */
  readonly milliseconds: number;
}

export const defaultBounds: Bounds = {
  newTerms: 2,
  newEntries: 3,
  messages: 8,
  requests: 0,
  crashes: 0,
  duplicates: 0,
  drops: 0,
  stepDowns: 0,
  depth: 1_000,
  states: 1_000_000,
  milliseconds: 60_000,
};

/** A bound beyond which worlds are left out. */
export type CutName = 'newTerms' | 'newEntries' | 'messages';

/** Whatever may happen may happen as often as it likes. */
export const noBounds = Object.fromEntries(
  Object.keys(defaultBounds).map((name) => [name, Number.POSITIVE_INFINITY]),
) as Readonly<Record<keyof Bounds, number>>;
