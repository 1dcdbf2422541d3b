/** The laws of Raft: the five of Figure 3, and those that every server needs beside them. */
import type { Law } from '../sim/law.js';
import { electionSafety } from './electionSafety.js';
import { leaderAppendOnly } from './leaderAppendOnly.js';
import { leaderCompleteness } from './leaderCompleteness.js';
import { logMatching } from './logMatching.js';
import { monotonicTerm } from './monotonicTerm.js';
import { readsAreFresh } from './readsAreFresh.js';
import { stateMachineSafety } from './stateMachineSafety.js';

export const raftLaws: readonly Law[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  monotonicTerm,
  readsAreFresh,
];
