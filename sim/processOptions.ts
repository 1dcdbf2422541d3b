/** What one process of a machine is made of: the server that ships, on what is there for it. */
import { type BytesStateMachine, onBytes } from '../actors/bytesStateMachine.js';
import type { Clock } from '../actors/clock.js';
import type { LogStore } from '../actors/logStore.js';
import type { Random } from '../actors/random.js';
import type { ServerActorOptions } from '../actors/serverActor.js';
import type { AppliedEntry } from '../actors/stateMachine.js';
import { jsonCodec } from '../actors/stateMachine.js';
import type { Transport } from '../actors/transport.js';
import { walStore } from '../actors/walStore.js';
import type { ServerId } from '../machines/entry.js';
import { serverRandom } from './chance.js';
import { digestingSnapshots } from './digestingSnapshots.js';
import type { SectorDisk } from './disk.js';
import { type Mattered, tell } from './lasting.js';
import type { LocalTime } from './localTime.js';
import type { Pace } from './pace.js';
import { processClock } from './processClock.js';
import type { World } from './world.js';

/** Segments are small, so that a run of seconds rolls a few. */
const segmentBytesDefault = 256 * 1024;

/** A request waits for a leader, and for its answer, for so long; runs are short. */
export const timeoutMs = 1_000;

export const encodeValue = (value: unknown) => jsonCodec.encode(value);

/** A machine, as far as its processes are concerned. */
export interface Machine {
  readonly number: number;
  readonly id: ServerId;
  readonly disk: SectorDisk;
  readonly time: LocalTime;
  readonly pace: Pace;
  /** Those who want its timers as short as they may be. */
  readonly impatience: ReadonlySet<Mattered>;
  /** A process is about to apply a command; what this throws is the end of it. */
  applying(entry: AppliedEntry): void;
}

/** One process of a machine, by its number there. */
export interface MachineProcess {
  readonly number: number;
  readonly isAlive: () => boolean;
}

/** All but the transport. */
export function processOptions<C, R>(
  world: World<C, R>,
  machine: Machine,
  life: MachineProcess,
): Omit<ServerActorOptions, 'transport' | 'clock'> & { readonly clock: Clock } {
  const { id, number, pace, time, impatience } = machine;
  const { isAlive } = life;
  const { sessionsMax } = world.schedule;
  const random = serverRandom(world.seed, number + life.number * 64);
  const wake = (run: () => void) => pace.when('timers', () => isAlive() && run());
  const plain = onBytes(world.stateMachine(id), jsonCodec);
  return {
    id,
    clusterId: 'simulated',
    servers: world.addresses,
    stateMachine: told(plain, (entry) => isAlive() && machine.applying(entry)),
    encodeValue,
    proposalTimeoutMs: timeoutMs,
    store: machineStore(world, machine),
    random: hurried(random, impatience),
    clock: processClock(world.clock, time, { isAlive, wake }),
    settings: world.schedule.settings,
    sessionLimits: sessionsMax === undefined ? undefined : { sessionsMax },
    machine: world.machine,
  };
}

/** The log store of a machine: on its disk, and watched. */
export function machineStore<C, R>(world: World<C, R>, machine: Machine): LogStore {
  const { segmentBytes = segmentBytesDefault } = world.schedule;
  const { disk, id } = machine;
  return digestingSnapshots(walStore({ disk, segmentBytes }), (index, digest) =>
    world.observer.ask(machine, (watch) => watch.snapshotPlaced?.(id, index, digest)),
  );
}

/** What a process sends while it stands still leaves when it goes on. */
export function pacedTransport(transport: Transport, pace: Pace): Transport {
  const send: Transport['send'] = (to, group, message) => {
    if (!pace.isPaused) transport.send(to, group, message);
    else pace.when('outputs', () => transport.send(to, group, message));
  };
  return { ...transport, send };
}

function hurried(random: Random, impatience: ReadonlySet<Mattered>): Random {
  return {
    integer: (below, purpose) => {
      const drawn = random.integer(below, purpose);
      if (drawn === 0 || impatience.size === 0 || !purpose.startsWith('timer.')) return drawn;
      tell(impatience);
      return 0;
    },
  };
}

/** The state machine, where somebody is told what it is really given. */
function told(
  stateMachine: BytesStateMachine,
  applying: (entry: AppliedEntry) => void,
): BytesStateMachine {
  return {
    ...stateMachine,
    apply: (bytes, entry) => {
      applying(entry);
      return stateMachine.apply(bytes, entry);
    },
  };
}
