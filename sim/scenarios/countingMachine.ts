/** The state machine of the labs that need none: it counts its commands, and answers how many. */
import { fromReducer } from '../../actors/fromReducer.js';

export const countingMachine = fromReducer<number, unknown, number>({
  initial: 0,
  apply: (count) => ({ state: count + 1, result: count + 1 }),
});
