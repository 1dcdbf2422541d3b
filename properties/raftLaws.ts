/** The laws of Raft: the five of Figure 3, and those that every server needs beside them. */
import type { Law } from '../sim/law.js';
import { configurationFollowsTheLog } from './configurationFollowsTheLog.js';
import { electionSafety } from './electionSafety.js';
import { electionTimeouts } from './electionTimeouts.js';
import { equalState } from './equalState.js';
import { faithfulMessages } from './faithfulMessages.js';
import { leaderAppendOnly } from './leaderAppendOnly.js';
import { leaderCompleteness } from './leaderCompleteness.js';
import { leadersWord } from './leadersWord.js';
import { logMatching } from './logMatching.js';
import { monotonicIndexes } from './monotonicIndexes.js';
import { monotonicTerm } from './monotonicTerm.js';
import { readsAreFresh } from './readsAreFresh.js';
import { stateMachineSafety } from './stateMachineSafety.js';

export const raftLaws: readonly Law[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  equalState,
  monotonicTerm,
  monotonicIndexes,
  configurationFollowsTheLog,
  readsAreFresh,
  faithfulMessages,
  electionTimeouts,
  leadersWord,
];
