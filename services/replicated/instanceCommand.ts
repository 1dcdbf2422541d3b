/** What instances are asked for, and answer: the commands and queries of a replicated machine. */
import type { EventObject } from 'xstate';
import type { HostedMachine } from './hostedMachine.js';
import { limits } from './limits.js';
import type { PackedState } from './packedState.js';
import { unpack } from './unpack.js';

/** An event for the instance of a machine that has this key. */
export interface InstanceCommand {
  readonly machine: string;
  /** At most 1,024 characters. */
  readonly key: string;
  /** As `pack` gives it: an event of plain JSON is as it is. */
  readonly event: EventObject;
}

/** What an event has made of its instance. */
export interface InstanceAnswer {
  /** Of its entry in the log. */
  readonly index: number;
  /** Of all changes to any instance, the last one to this: later ones have higher numbers. */
  readonly version: number;
  readonly snapshot: PackedState;
}

/** Asks for the state of an instance. */
export interface InstanceQuery {
  readonly machine: string;
  readonly key: string;
  /** Whoever has this version is not told it again. */
  readonly known?: number;
}

/** Undefined in its place says that there is no such instance, not yet or no more. */
export interface InstanceView {
  readonly version: number;
  /** Missing if it is known already. */
  readonly snapshot?: PackedState;
}

export interface ReadAddress {
  readonly machine: HostedMachine;
  readonly key: string;
}

/** Whom it is for. Throws for a machine that is not there, or no key. */
export function readAddress(
  { machine, key }: Partial<InstanceQuery>,
  machines: ReadonlyMap<string, HostedMachine>,
): ReadAddress {
  const hosted = machines.get(machine as string);
  if (hosted === undefined) {
    const known = [...machines.keys()].join(', ');
    throw new Error(`there is no machine ${String(machine)}; there are: ${known}`);
  }
  const isKey = typeof key === 'string' && key.length > 0 && key.length <= limits.keyLengthMax;
  if (!isKey) throw new Error(`a key is a text of 1 to ${limits.keyLengthMax} characters`);
  return { machine: hosted, key };
}

/** The event of a command. Throws for what is none, and for those that XState keeps for itself. */
export function readEvent({ event: packed }: Partial<InstanceCommand>): EventObject {
  const event = unpack(packed, 'event') as Partial<EventObject> | null | undefined;
  if (typeof event?.type !== 'string') throw new Error('an event is an object with a type');
  const { type } = event;
  if (type.startsWith('xstate.') || type === '*') {
    throw new Error(`event ${type} is one of XState's own; name yours otherwise`);
  }
  return event as EventObject;
}
