/** What all machines of a run share. */
import type { Step } from '../actors/serverActor.js';
import type { MakeStateMachine } from '../actors/stateMachine.js';
import type { ServerId } from '../machines/entry.js';
import type { server as serverMachine } from '../machines/server.js';
import type { Host } from './host.js';
import type { Network } from './network.js';
import type { Observer } from './observer.js';
import type { Operation, Refusal } from './run.js';
import type { Schedule } from './schedule.js';
import type { VirtualClock } from './virtualClock.js';

export interface World<C, R> {
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly schedule: Schedule<C>;
  readonly network: Network;
  readonly observer: Observer;
  readonly addresses: Readonly<Record<ServerId, string>>;
  readonly stateMachine: MakeStateMachine<C, R, any, any>;
  readonly machine: typeof serverMachine | undefined;
  /** A server took a step. */
  readonly stepped: (host: Host<C, R>, step: Step) => void;
  /** The server with which these waited is gone. */
  readonly lost: (operations: readonly Operation<C, R>[]) => void;
  /** A process rightly refused to start. */
  readonly refused: (refusal: Refusal) => void;
}
