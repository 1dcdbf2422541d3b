/** The running sum as it stands in history files, where each operation says what it does. */
import type { Model } from './model.js';
import { runningSum } from './runningSum.js';

/** What is asked of a sum: to add something, or what it is. Both may answer the sum. */
export type SumInput = { readonly type: 'add'; readonly value: number } | { readonly type: 'read' };

/** The model of a sum, which is 0 at first. */
export const sum: Model<number, SumInput, number> = {
  initial: runningSum.initial,
  step: (state, input, output) => runningSum.step(state, addedBy(input), output),
  answer: (state, input) => runningSum.answer!(state, addedBy(input)),
  mayAnswer: (state, input, output, between) =>
    runningSum.mayAnswer!(state, addedBy(input), output, between.map(addedBy)),
  // What only reads leaves nothing to see, whether it took place or not.
  isShownBy: (input) => input.type === 'add',
};

function addedBy(input: SumInput): number | undefined {
  return input.type === 'add' ? input.value : undefined;
}
