/** A number to which clients add, and which answers what it has become: the simulator's counter. */
import type { Model } from './model.js';

/** The model of it: an input is what to add, or undefined for a read; both answer the sum. */
export const runningSum: Model<number, number | undefined, number> = {
  initial: 0,
  step(state, add = 0, output) {
    const sum = state + add;
    return output === undefined || output === sum ? sum : false;
  },
  answer: (state, add = 0) => state + add,
  mayAnswer(state, add = 0, output, between) {
    let least = state + Math.max(add, 0);
    let most = state + Math.min(add, 0);
    for (const other of between) {
      least += Math.min(other ?? 0, 0);
      most += Math.max(other ?? 0, 0);
    }
    return least <= output && output <= most;
  },
};
