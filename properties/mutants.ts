/** All mutants, as they were before they had a folder. */
export { allMutants as mutants } from './mutants/allMutants.js';
