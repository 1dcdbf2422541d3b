/**
 * A server as the explorer sees it: the real statechart, and a disk that remembers which writes are
 * durable, which are under way, and which messages wait for them.
 *
 * It is what `actors/serverActor.ts` and its durability gate are to a running server, as a value:
 * an event leads from one state to the next, and the old one stays as it was.
 *
 * Time is taken out. Whoever asks for a vote does so an election timeout after whatever was heard
 * before (`lateMs`); everything else happens at one instant. So nobody is held back by a leader
 * that was heard lately. Where a real server would be, it ignores or refuses, which is to the
 * candidate a message lost: no behaviour is missed. Some are added that no clock allows, and must
 * be safe as well, since no law but those of leases rests on time (leases are not explored).
 */
import { noSnapshot, type ServerEvent, type Snapshot } from '../../machines/context.js';
import type { Effect, Persist, Send } from '../../machines/effects.js';
import type { Entry, ServerId } from '../../machines/entry.js';
import { Log } from '../../machines/log.js';
import type { ServerSnapshot, server } from '../../machines/server.js';
import type { Settings } from '../../machines/settings.js';
import { createStepper, type Stepper } from '../../machines/stepper.js';

/** An instant later than any election timeout after everything that happened before, ms. */
export const lateMs = 1_000_000_000;

/** What survives a crash: Figure 2's persistent state. */
export interface DurableState {
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  readonly log: Log;
  readonly snapshot: Snapshot;
}

export interface ExploredServer {
  readonly snapshot: ServerSnapshot;
  readonly durable: DurableState;
  /** Number of the latest write that is durable. */
  readonly durableNumber: number;
  /** Writes under way, in order. */
  readonly writes: readonly Persist[];
  /** What waits for one of them. */
  readonly waiting: readonly Send[];
}

/** Where a server has come to, and what it has sent on the way. */
export interface Reached {
  readonly server: ExploredServer;
  readonly sends: readonly Send[];
}

/**
 * How a disk works: `instant` makes each write durable with the step that asked for it, as in
 * raft.tla; with `slow` that is a step of its own, and a crash loses what is under way.
 */
export type DiskSpeed = 'instant' | 'slow';

/** Steps explored servers, all with one machine. */
export class ServerSteps {
  readonly #machine: typeof server;
  readonly #settings: Settings;
  readonly #disk: DiskSpeed;
  #stepper: Stepper | undefined;

  constructor(machine: typeof server, settings: Settings, disk: DiskSpeed) {
    this.#machine = machine;
    this.#settings = settings;
    this.#disk = disk;
  }

  /** Restart (raft.tla): what is durable survives, the rest begins anew. */
  restart(id: ServerId, durable: DurableState): ExploredServer {
    const { currentTerm, votedFor, log, snapshot } = durable;
    const { stepper } = createStepper(
      {
        id,
        settings: this.#settings,
        currentTerm,
        votedFor,
        base: log.base,
        entries: log.slice(log.firstIndex, log.length),
        snapshot,
        nowMs: 0,
      },
      this.#machine,
    );
    this.#stepper ??= stepper;
    return { snapshot: stepper.snapshot, durable, durableNumber: 0, writes: [], waiting: [] };
  }

  /** A server in the middle of its work, whose writes are all durable. */
  resume(from: ServerSnapshot): Reached {
    const { value, context } = from;
    const { id, currentTerm, votedFor, log, snapshot, writeNumber } = context;
    const durable = { currentTerm, votedFor, log, snapshot };
    this.#stepper ??= createStepper(
      { ...durable, id, settings: this.#settings, base: log.base, entries: [], nowMs: 0 },
      this.#machine,
    ).stepper;
    const own = this.#machine.resolveState({ value, context } as never) as ServerSnapshot;
    const done = { durable, durableNumber: writeNumber, writes: [], waiting: [] };
    // It may not have been told yet that its latest write is done; to be told twice does no harm.
    const { lastIndex } = log;
    return this.take(
      { ...done, snapshot: own },
      { type: 'persisted', number: writeNumber, lastIndex, atMs: 0 },
    );
  }

  /** Takes an event. What an invariant throws reaches the caller. */
  take(before: ExploredServer, event: ServerEvent): Reached {
    const reached = this.#step(before, event);
    if (this.#disk === 'slow') return reached;
    let { server: after } = reached;
    const sends = [...reached.sends];
    while (after.writes.length > 0) {
      const next = this.persisted(after);
      sends.push(...next.sends);
      after = next.server;
    }
    return { server: after, sends };
  }

  /** The oldest write under way is durable: the server hears so, then goes what waited for it. */
  persisted(before: ExploredServer): Reached {
    const [write, ...writes] = before.writes;
    const { number, lastIndex } = write!;
    const durable = written(before.durable, write!);
    const { server: after, sends } = this.#step(
      { ...before, durable, durableNumber: number, writes },
      { type: 'persisted', number, lastIndex, atMs: 0 },
    );
    const isFree = (send: Send) => send.awaits <= number;
    const waiting = after.waiting.filter((send) => !isFree(send));
    return { server: { ...after, waiting }, sends: [...sends, ...after.waiting.filter(isFree)] };
  }

  #step(before: ExploredServer, event: ServerEvent): Reached {
    const stepper = this.#stepper!;
    stepper.resume(before.snapshot);
    const effects = stepper.step(event);
    const { snapshot } = stepper;
    return performed({ ...before, snapshot }, effects);
  }
}

/** What the disk of a new server holds: how the cluster was founded. */
export function founded(first: Entry): DurableState {
  const log = Log.empty().append([first]);
  return { currentTerm: first.term, votedFor: undefined, log, snapshot: noSnapshot };
}

/** Timers go off when the explorer says so; what snapshots need is lost on its way. */
function performed(server: ExploredServer, effects: readonly Effect[]): Reached {
  const writes = [...server.writes];
  const waiting = [...server.waiting];
  const sends: Send[] = [];
  for (const effect of effects) {
    if (effect.type === 'persist') writes.push(effect);
    if (effect.type !== 'send') continue;
    if (effect.awaits <= server.durableNumber) sends.push(effect);
    else waiting.push(effect);
  }
  return { server: { ...server, writes, waiting }, sends };
}

function written(before: DurableState, write: Persist): DurableState {
  const { currentTerm, votedFor, entries, base } = write;
  let log = base === undefined ? before.log : Log.empty(base);
  if (entries.length > 0) log = log.truncate(entries[0]!.index).append(entries);
  return { ...before, currentTerm, votedFor, log };
}
