/** What may happen to a store, and to the machine that it is on, in any order. */
import * as fc from 'fast-check';

/** One such thing. */
export type Command =
  | { do: 'append'; lengths: number[]; back: number; isZero: boolean; isVote: boolean }
  /** A snapshot is taken of all but the last `back` entries, or comes with `ahead` new ones. */
  | { do: 'snapshot'; back: number }
  | { do: 'receive'; ahead: number }
  | { do: 'compact'; back: number }
  /** Operations happen, in some order. */
  | { do: 'run'; picks: number[] }
  /** The process ends; the machine too, if `keeps` says which sectors survive. */
  | { do: 'crash'; keeps: number | undefined };

const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    weighted(
      6,
      fc.record({
        do: fc.constant('append' as const),
        lengths: fc.array(fc.nat(900), { maxLength: 3 }),
        back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3)),
        isZero: fc.boolean(),
        isVote: fc.boolean(),
      }),
    ),
    weighted(2, fc.record({ do: fc.constant('snapshot' as const), back: fc.nat(4) })),
    weighted(1, fc.record({ do: fc.constant('receive' as const), ahead: fc.nat(4) })),
    weighted(2, fc.record({ do: fc.constant('compact' as const), back: fc.nat(3) })),
    weighted(
      10,
      fc.record({
        do: fc.constant('run' as const),
        picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }),
      }),
    ),
    weighted(
      2,
      fc.record({
        do: fc.constant('crash' as const),
        keeps: fc.option(fc.nat(), { nil: undefined }),
      }),
    ),
  ),
  { maxLength: 80, size: 'max' },
);
