/** All mutants, by the name under which they were known before they had a folder. */
export { allMutants as mutants } from './mutants/allMutants.js';
