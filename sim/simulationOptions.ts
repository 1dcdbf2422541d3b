/** What a simulation is made of, and what those get who add something of their own to one. */
import type { MakeStateMachine } from '../actors/stateMachine.js';
import type { clientMachine } from '../machines/client.js';
import type { server as serverMachine } from '../machines/server.js';
import type { Law } from './law.js';
import type { Network } from './network.js';
import type { Observer } from './observer.js';
import type { Schedule } from './schedule.js';
import type { TraceEvent } from './trace.js';
import type { VirtualClock } from './virtualClock.js';
import type { Weather } from './weather.js';

export interface SimulationOptions<C, R> {
  readonly schedule: Schedule<C>;
  /** 0 */
  readonly seed?: number | undefined;
  readonly stateMachine: MakeStateMachine<C, R, any, any>;
  readonly laws?: readonly Law[] | undefined;
  /** Another machine in place of the server's: a mutant. */
  readonly machine?: typeof serverMachine | undefined;
  /** Another machine in place of that of clients with a session. */
  readonly clientMachine?: typeof clientMachine | undefined;
  /** Called with every event, for a trace. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined;
  /** Whether traced steps tell what each guard said (false). */
  readonly guards?: boolean | undefined;
}

/** What a run consists of besides its servers. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly network: Network;
  readonly observer: Observer;
}
