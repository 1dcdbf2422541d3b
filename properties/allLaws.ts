/**
 * Every law that there is, for runs of the search's own state machine: those of Raft, of its disks
 * and of its clients, what keeps a cluster going, and what a campaign must have seen.
 */
import type { Law } from '../sim/law.js';
import type { Model } from '../sim/linearizability/model.js';
import { runningSum } from '../sim/linearizability/runningSum.js';
import { clientLaws } from './clientLaws.js';
import { diskLaws } from './diskLaws.js';
import { electionSightings } from './electionSightings.js';
import { everyRequestSettles } from './everyRequestSettles.js';
import { linearizability } from './linearizability.js';
import { logSightings } from './logSightings.js';
import { officeSightings } from './officeSightings.js';
import { progress } from './progress.js';
import { raftLaws } from './raftLaws.js';
import { successorIsReady } from './successorIsReady.js';

/** The laws that hold for every state machine; and, for one that does what `model` says, those. */
export function lawsFor(model?: Model<any, any, any>): readonly Law[] {
  return [
    ...raftLaws,
    ...diskLaws,
    ...clientLaws,
    successorIsReady,
    progress,
    everyRequestSettles,
    ...(model === undefined ? [] : linearizability(model)),
    electionSightings,
    logSightings,
    officeSightings,
  ];
}

/** All of them, for the running sum. */
export const allLaws: readonly Law[] = lawsFor(runningSum);
