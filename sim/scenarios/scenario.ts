/** A row of the scenario table: a test of the labs, as a function of their harness. */
import type { MakeStateMachine } from '../../actors/stateMachine.js';
import type { Settings } from '../../machines/settings.js';
import type { Lab } from './lab.js';

export interface Scenario {
  /** Such as `R1`. */
  readonly row: string;
  /** As the labs call it. */
  readonly name: string;
  readonly servers: number;
  /** Those that differ from the defaults. */
  readonly settings?: Partial<Settings>;
  /** Size of the segments of their logs on disk (256 KiB), from 2 KiB on. */
  readonly segmentBytes?: number;
  /** Whether the network is unreliable from the beginning. */
  readonly unreliable?: boolean;
  /** Each server takes a snapshot when the index of its next command is a multiple of this. */
  readonly snapshotEvery?: number;
  /** What is replicated; a state machine that counts its commands otherwise. */
  readonly stateMachine?: MakeStateMachine<any, any, any, any>;
  /** Throws `ScenarioFailed` where something that the row asserts does not hold. */
  run(lab: Lab): void;
}
