/**
 * The laws that clients rely on: what they were told is so, and what they asked for happens once.
 */
import type { Law } from '../sim/law.js';
import { definiteOutcomes } from './definiteOutcomes.js';
import { exactlyOnce } from './exactlyOnce.js';
import { honestAcknowledgements } from './honestAcknowledgements.js';
import { nothingAcknowledgedIsLost } from './nothingAcknowledgedIsLost.js';
import { oncePerRequest } from './oncePerRequest.js';
import { sessionsFollowTheLog } from './sessionsFollowTheLog.js';
import { snapshotsAgree } from './snapshotsAgree.js';

export const clientLaws: readonly Law[] = [
  exactlyOnce,
  oncePerRequest,
  honestAcknowledgements,
  sessionsFollowTheLog,
  definiteOutcomes,
  nothingAcknowledgedIsLost,
  snapshotsAgree,
];
