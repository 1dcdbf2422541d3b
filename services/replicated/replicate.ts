/**
 * Any statechart as a replicated actor: machines in, a state machine out that hosts their
 * instances, and for each instance an actor that runs anywhere.
 */
import type { AnyStateMachine, EventFromLogic, InputFrom } from 'xstate';
import type { MakeStateMachine } from '../../actors/stateMachine.js';
import { examine } from './examine.js';
import type { ActorConnection } from './follow.js';
import { HostedMachine } from './hostedMachine.js';
import { type InstanceAnswer, type InstanceView, readAddress } from './instanceCommand.js';
import { Instances } from './instances.js';
import { limits } from './limits.js';
import { NotReplicable } from './notReplicable.js';
import { isDevelopment } from './platformTraps.js';
import { type ReplicatedLogic, replicatedLogic } from './replicatedLogic.js';

export type Machines = Readonly<Record<string, AnyStateMachine>>;

/** An event, and whom it is for. */
export type ActorCommand<Ms extends Machines> = {
  [K in keyof Ms & string]: {
    readonly machine: K;
    readonly key: string;
    readonly event: EventFromLogic<Ms[K]>;
  };
}[keyof Ms & string];

export interface ActorQuery<Ms extends Machines> {
  readonly machine: keyof Ms & string;
  readonly key: string;
  /** Whoever has this version is not told it again. */
  readonly known?: number;
}

export interface ReplicateOptions<Ms extends Machines> {
  /** What an instance is created with, by its key; `{ key }` unless given. */
  readonly input?: { readonly [K in keyof Ms]?: (key: string) => InputFrom<Ms[K]> };
  /** For how long a final instance stays, ms of log time (an hour). */
  readonly finalKeptMs?: number;
  /**
   * Whether `Date`, `performance.now`, `Math.random` and `crypto` throw while a machine steps, as
   * `now` and `random` stand in their place (unless NODE_ENV is *production*).
   */
  readonly traps?: boolean;
}

/** The same on all servers of a cluster, its options as well. */
export interface Replicated<Ms extends Machines>
  extends MakeStateMachine<
    ActorCommand<Ms>,
    InstanceAnswer,
    ActorQuery<Ms>,
    InstanceView | undefined
  > {
  /**
   * The instance with this key, for `createActor`; on a server, a cluster or a client. Throws for a
   * machine that is not there, and for a key that is none.
   */
  actor<K extends keyof Ms & string>(
    connection: ActorConnection,
    machine: K,
    key: string,
  ): ReplicatedLogic<Ms[K]>;
}

const finalKeptMsDefault = 60 * 60 * 1_000;

/**
 * Makes machines replicable. Throws {@link NotReplicable} with all that is wrong with them. What an
 * instance keeps is copied at each step, and at most 1 MiB as JSON: what grows without end belongs
 * into instances of its own.
 */
export function replicate<Ms extends Machines>(
  machines: Ms,
  options: ReplicateOptions<Ms> = {},
): Replicated<Ms> {
  const { finalKeptMs = finalKeptMsDefault, traps = isDevelopment() } = options;
  const { delayMsMax } = limits;
  if (!(Number.isSafeInteger(finalKeptMs) && finalKeptMs >= 0 && finalKeptMs <= delayMsMax)) {
    throw new RangeError(`finalKeptMs: ${finalKeptMs} is no whole number from 0 to ${delayMsMax}`);
  }
  const named = Object.entries(machines);
  const unnamable = named.find(([name]) => name === '' || name.includes('/'));
  if (unnamable !== undefined) throw new RangeError(`${unnamable[0]}: a name without a slash`);
  const findings = named.flatMap(([name, machine]) => examine(name, machine));
  if (findings.length > 0) throw new NotReplicable(findings);
  const inputs: Readonly<Record<string, ((key: string) => unknown) | undefined>> =
    options.input ?? {};
  const hosted = named.map(([name, machine]) => {
    const input = inputs[name] ?? ((key: string) => ({ key }));
    return [name, new HostedMachine({ name, machine, input, traps })] as const;
  });
  const byName = new Map(hosted);
  const make = () => new Instances({ machines: byName, finalKeptMs });
  const actor: Replicated<Ms>['actor'] = (connection, name, key) => {
    const { machine: hosted } = readAddress({ machine: name, key }, byName);
    return replicatedLogic({ connection, hosted, machine: machines[name]!, key });
  };
  return Object.assign(make as unknown as Replicated<Ms>, { actor });
}
