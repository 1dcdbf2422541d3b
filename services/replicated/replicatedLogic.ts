/**
 * The front of a replicated instance: actor logic, so that what `createActor` makes of it is an
 * XState actor like any other, and yet lives on all servers at once.
 *
 * Its snapshots are those of the instance, as they are known here; `send` has the event replicated,
 * and answers nothing: a refusal is emitted as `{ type: '@rejected', event, error }`.
 *
 * On a server, or a cluster in this process, each change is seen, and what the machine emits is
 * emitted, in the order of the log and at most once for each run of a server: one that has
 * restarted applies entries again that its last snapshot does not cover, and what a snapshot from
 * the leader covers is not emitted. A remote client asks for the state every 100 ms for as long as
 * the actor runs: it sees the latest state each time, and nothing of what was emitted.
 */
import type {
  ActorLogic,
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  EmittedFrom,
  EventFromLogic,
  EventObject,
  Snapshot,
  SnapshotFrom,
} from 'xstate';
import { type Clock, systemClock } from '../../actors/clock.js';
import type { CallOptions } from '../../actors/promisingClient.js';
import type { ReadOptions } from '../../actors/server.js';
import { type ActorConnection, type Following, follow, knownHere } from './follow.js';
import type { HostedMachine } from './hostedMachine.js';
import type { InstanceAnswer } from './instanceCommand.js';
import { pack } from './pack.js';
import { type PackedState, packSnapshot, resolvedSnapshot } from './packedState.js';
import type { Update } from './watchable.js';

/** Emitted by the actor that sent the event, or by all that watch if a timer did. */
export interface RejectedEvent {
  readonly type: '@rejected';
  readonly event: EventObject;
  readonly error: Error;
}

export interface ReplicatedLogic<M extends AnyStateMachine>
  extends ActorLogic<
    SnapshotFrom<M>,
    EventFromLogic<M>,
    undefined,
    any,
    EmittedFrom<M> | RejectedEvent
  > {
  /**
   * Sends an event, and answers with what it has made of the instance. Rejects with a `RaftError`;
   * what the machine throws, and the refusal of an event to a final instance, is RAFT_APPLY_THREW.
   */
  execute(
    event: EventFromLogic<M>,
    options?: CallOptions,
  ): Promise<{ readonly index: number; readonly snapshot: SnapshotFrom<M> }>;
  /**
   * The instance at a linearizable point, or as *local* says; one that has not begun as it would
   * begin now.
   */
  read(options?: ReadOptions): Promise<SnapshotFrom<M>>;
}

export interface ReplicatedLogicOptions {
  readonly connection: ActorConnection;
  readonly hosted: HostedMachine;
  /** The user's own. */
  readonly machine: AnyStateMachine;
  readonly key: string;
  /** The machine's. */
  readonly clock?: Clock;
}

/** What the front sends to itself; no machine has events of such names. */
type Notice =
  | { readonly type: 'xstate.replicated.updated'; readonly update: Update }
  | {
      readonly type: 'xstate.replicated.refused';
      readonly event: EventObject;
      readonly error: Error;
    }
  | { readonly type: 'xstate.stop' };

/** The logic of one instance: many actors may run it. */
export function replicatedLogic<M extends AnyStateMachine>(
  options: ReplicatedLogicOptions,
): ReplicatedLogic<M> {
  return new Front(options).logic() as unknown as ReplicatedLogic<M>;
}

type Self = AnyActorScope['self'];

class Front {
  readonly #options: ReplicatedLogicOptions;
  readonly #clock: Clock;
  /** One logic may be behind several actors, and an actor may be started by a view that is not. */
  readonly #following = new WeakMap<Self, Following>();

  constructor(options: ReplicatedLogicOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock();
  }

  logic() {
    const { machine } = this.#options;
    return {
      config: machine.config,
      implementations: machine.implementations,
      transition: (snapshot: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope) =>
        this.#transition(snapshot, event as Notice | EventObject, scope),
      getInitialSnapshot: () => this.#initial(),
      start: (_: unknown, scope: AnyActorScope) => this.#start(scope.self),
      getPersistedSnapshot: (snapshot: AnyMachineSnapshot) => persisted(snapshot),
      restoreSnapshot: (state: unknown) => this.#resolved(state as PackedState),
      execute: async (event: EventObject, call?: CallOptions) => {
        const { index, snapshot } = await this.#execute(event, call);
        return { index, snapshot: this.#resolved(snapshot) };
      },
      read: async (call?: ReadOptions) => {
        const view = await this.#options.connection.query(this.#query() as never, call);
        return this.#resolved(view?.snapshot ?? this.#begun());
      },
    };
  }

  #transition(
    snapshot: AnyMachineSnapshot,
    event: Notice | EventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot {
    const notice = event as Notice;
    switch (notice.type) {
      case 'xstate.replicated.updated':
        return this.#updated(snapshot, notice.update, scope);
      case 'xstate.replicated.refused':
        emitLater(scope, { ...notice, type: '@rejected' });
        return snapshot;
      case 'xstate.stop':
        this.#unfollow(scope.self);
        return { ...snapshot, status: 'stopped' } as never;
      default:
        this.#send(event, scope.self);
        return snapshot;
    }
  }

  #updated(before: AnyMachineSnapshot, update: Update, scope: AnyActorScope): AnyMachineSnapshot {
    const { state, emitted, rejected } = update;
    for (const event of emitted) emitLater(scope, event);
    if (rejected !== undefined) emitLater(scope, { ...rejected, type: '@rejected' });
    const after = state === undefined ? this.#gone(before) : this.#resolved(state);
    if (after.status !== 'active') this.#unfollow(scope.self);
    return after;
  }

  /** How it ended was to be had for a while, and this actor has missed it. */
  #gone(before: AnyMachineSnapshot): AnyMachineSnapshot {
    const { hosted, key } = this.#options;
    const error = new Error(`${hosted.name}/${key} was final, and is kept no longer`);
    return { ...before, status: 'error', error } as never;
  }

  #send(event: EventObject, self: Self): void {
    this.#execute(event).then(
      (answer) => this.#following.get(self)?.answered(answer),
      (error: unknown) => {
        // Who is stopped, or has seen the end, has nobody left to tell.
        if (!this.#following.has(self)) return;
        self.send({ type: 'xstate.replicated.refused', event, error } as never);
      },
    );
  }

  async #execute(event: EventObject, call?: CallOptions): Promise<InstanceAnswer> {
    const { connection, hosted, key } = this.#options;
    const command = { machine: hosted.name, key, event: pack(event, 'event') };
    return connection.execute(command as never, call);
  }

  #start(self: Self): void {
    this.#unfollow(self);
    const { connection } = this.#options;
    const take = (update: Update) =>
      self.send({ type: 'xstate.replicated.updated', update } as never);
    this.#following.set(self, follow(connection, this.#query(), this.#clock, take));
  }

  #unfollow(self: Self): void {
    this.#following.get(self)?.cancel();
    this.#following.delete(self);
  }

  #query() {
    const { hosted, key } = this.#options;
    return { machine: hosted.name, key };
  }

  /** What is known here, or what an instance is like that has not begun. */
  #initial(): AnyMachineSnapshot {
    const known = knownHere(this.#options.connection, this.#query())?.state;
    return this.#resolved(known ?? this.#begun());
  }

  #begun(): PackedState {
    const { hosted, key } = this.#options;
    return hosted.begin(key, { at: this.#clock.wallMs(), seed: 0 }).state;
  }

  #resolved(state: PackedState): AnyMachineSnapshot {
    return resolvedSnapshot(this.#options.machine, state);
  }
}

function persisted(snapshot: AnyMachineSnapshot): Snapshot<unknown> {
  const { error } = snapshot as { readonly error?: unknown };
  const plain = error instanceof Error ? { ...snapshot, error: error.message } : snapshot;
  return packSnapshot(plain as AnyMachineSnapshot) as unknown as Snapshot<unknown>;
}

function emitLater(scope: AnyActorScope, event: EventObject): void {
  scope.defer(() => scope.emit(event as never));
}
