/**
 * Before tests that start processes: those run what is compiled, so it is brought up to date first.
 */
import { buildCheckout } from './buildCheckout.js';

export default function buildForTests() {
  if (!buildCheckout()) throw new Error('dist is not what the sources say: see above');
}
