/**
 * The scenario table: what the tests of the MIT labs on Raft, and on a key-value store above it,
 * set up and assert.
 */
import { kvScenarios } from './kvScenarios.js';
import { raftScenarios } from './raftScenarios.js';
import type { Scenario } from './scenario.js';

/** In the order of the table: R1 to R28, then K1 to K22. */
export const scenarios: readonly Scenario[] = [...raftScenarios, ...kvScenarios];
