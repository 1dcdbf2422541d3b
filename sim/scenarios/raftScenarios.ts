/** The rows of the scenario table on Raft (R1 to R28). */
import { basicAgree, concurrentStarts, rpcBytes, rpcCount } from './agreements.js';
import { reliableChurn, unreliableChurn } from './churn.js';
import { initialElection, manyElections, reElection } from './elections.js';
import { failAgree, failNoAgree, followerFailure, leaderFailure } from './failures.js';
import { figure8, figure8Unreliable } from './figureEight.js';
import { persist1, persist2, persist3 } from './persistence.js';
import { backup, rejoin } from './rejoining.js';
import type { Scenario } from './scenario.js';
import * as snapshotting from './snapshotting.js';
import { unreliableAgree } from './unreliableAgreement.js';

export const raftScenarios: readonly Scenario[] = [
  initialElection,
  reElection,
  manyElections,
  basicAgree,
  rpcBytes,
  followerFailure,
  leaderFailure,
  failAgree,
  failNoAgree,
  concurrentStarts,
  rejoin,
  backup,
  rpcCount,
  persist1,
  persist2,
  persist3,
  figure8,
  unreliableAgree,
  figure8Unreliable,
  reliableChurn,
  unreliableChurn,
  snapshotting.snapshotBasic,
  snapshotting.snapshotInstall,
  snapshotting.snapshotInstallUnreliable,
  snapshotting.snapshotInstallCrash,
  snapshotting.snapshotInstallUnCrash,
  snapshotting.snapshotAllCrash,
  snapshotting.snapshotInit,
];
