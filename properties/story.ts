/**
 * Stories: a few faults that follow from each other, as they do in the figures of the paper. A
 * leader is cut off, and clients go on asking; its successor is hit just before or after the first
 * is back. Random instants seldom come so together.
 */
import * as fc from 'fast-check';
import type { Target } from '../sim/fault.js';
import type { LoadItem } from '../sim/schedule.js';
import type { Sketch } from './faultSketches.js';

export interface Story<C> {
  readonly acts: readonly Sketch[];
  /** What clients ask for meanwhile. */
  readonly load: readonly LoadItem<C>[];
}

/** One act before it is known when it begins. */
interface Act<C> {
  readonly sketch: Omit<Sketch, 'at' | 'dur' | 'when'>;
  readonly dur: number;
  /** After the one before it has begun, or ended. */
  readonly follows: 'beginning' | 'end';
  /** How long after; before, if negative. */
  readonly gapMs: number;
  readonly commands: readonly C[];
  /** Who asks: one client all the while, as one that holds to a leader does. */
  readonly client: number;
  readonly everyMs: number;
  /** What others query meanwhile, each of them another client. */
  readonly reads: readonly unknown[];
}

/** Whom an act befalls: who leads, who leads next, or whom that rests on. */
const leads: readonly Target[] = ['leader', 'elected', 'voter', 'committer', 'quorum', 'upToDate'];

export function storyOf<C>(
  forMs: number,
  command: fc.Arbitrary<C>,
  query: fc.Arbitrary<unknown>,
): fc.Arbitrary<Story<C>> {
  return fc
    .record({
      at: fc.integer({ min: 100, max: Math.max(101, Math.floor(forMs / 2)) }),
      acts: fc.array(act(command, query), { minLength: 2, maxLength: 4, size: 'max' }),
    })
    .map(({ at, acts }) => told(at, acts));
}

function act<C>(command: fc.Arbitrary<C>, query: fc.Arbitrary<unknown>): fc.Arbitrary<Act<C>> {
  const server = fc.oneof(
    { arbitrary: fc.constantFrom<Target>('leader', 'leader', ...leads), weight: 5 },
    { arbitrary: fc.nat(6) as fc.Arbitrary<Target>, weight: 1 },
  );
  return fc.record({
    sketch: fc.record({
      kind: fc.nat(1_000),
      server,
      side: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 3 }),
      percent: fc.integer({ min: 1, max: 60 }),
      ms: fc.integer({ min: 1, max: 300 }),
    }),
    dur: fc.integer({ min: 20, max: 600 }),
    follows: fc.constantFrom('beginning', 'end', 'end'),
    gapMs: fc.integer({ min: -40, max: 200 }),
    commands: fc.array(command, { maxLength: 6, size: 'max' }),
    client: fc.nat(9),
    everyMs: fc.integer({ min: 1, max: 60 }),
    reads: fc.array(query, { maxLength: 5, size: 'max' }),
  });
}

function told<C>(beginMs: number, acts: readonly Act<C>[]): Story<C> {
  const sketches: Sketch[] = [];
  const load: LoadItem<C>[] = [];
  let [at, end] = [beginMs, beginMs];
  for (const { sketch, dur, follows, gapMs, commands, client, everyMs, reads } of acts) {
    at = Math.max(beginMs, (follows === 'end' ? end : at) + gapMs);
    end = at + dur;
    sketches.push({ ...sketch, at, dur, when: null });
    for (const [n, command] of commands.entries()) {
      load.push({ at: at + 5 + n * everyMs, client, command });
    }
    for (const [n, asked] of reads.entries()) {
      const item = { at: at + Math.floor((dur * (n + 1)) / (reads.length + 1)), client: n };
      load.push(asked === undefined ? item : { ...item, query: asked });
    }
  }
  return { acts: sketches, load };
}
