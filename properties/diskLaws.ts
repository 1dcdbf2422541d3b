/**
 * The laws about what lies on disks: what others rely on is durable before they can, and is there
 * again after a restart.
 */
import type { Law } from '../sim/law.js';
import { durableCommits } from './durableCommits.js';
import { durableVotes } from './durableVotes.js';
import { trueProgress } from './trueProgress.js';
import { wholeRecovery } from './wholeRecovery.js';

export const diskLaws: readonly Law[] = [durableVotes, durableCommits, trueProgress, wholeRecovery];
