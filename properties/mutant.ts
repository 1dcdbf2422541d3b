/** What a mutant is, and how it is put in place. */
export { type Mutant, provide, type Replacement, withMutant } from './mutants/mutant.js';
