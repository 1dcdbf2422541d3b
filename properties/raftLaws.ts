/** The laws of Raft: the five of Figure 3, and those that every server needs beside them. */
import type { Law } from '../sim/law.js';
import { committedEntriesMatch } from './committedEntriesMatch.js';
import { configurationFollowsTheLog } from './configurationFollowsTheLog.js';
import { electionSafety } from './electionSafety.js';
import { electionTimeouts } from './electionTimeouts.js';
import { equalState } from './equalState.js';
import { faithfulMessages } from './faithfulMessages.js';
import { fitLeaders } from './fitLeaders.js';
import { leaderAppendOnly } from './leaderAppendOnly.js';
import { leaderCompleteness } from './leaderCompleteness.js';
import { leadersWord } from './leadersWord.js';
import { logMatching } from './logMatching.js';
import { logTime } from './logTime.js';
import { monotonicIndexes } from './monotonicIndexes.js';
import { monotonicTerm } from './monotonicTerm.js';
import { piecesInOrder } from './piecesInOrder.js';
import { readsAreFresh } from './readsAreFresh.js';
import { stateMachineSafety } from './stateMachineSafety.js';
import { unreachableLines } from './unreachable.js';

export const raftLaws: readonly Law[] = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  equalState,
  monotonicTerm,
  monotonicIndexes,
  logTime,
  configurationFollowsTheLog,
  readsAreFresh,
  faithfulMessages,
  electionTimeouts,
  leadersWord,
  committedEntriesMatch,
  piecesInOrder,
  fitLeaders,
  unreachableLines,
];
