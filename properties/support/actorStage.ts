/**
 * A server actor among servers that the test plays itself: they send it the messages of a script,
 * and what it sends is there to be looked at. The clock is wound by hand, and the network and the
 * store answer when it turns.
 */
import type { BytesStateMachine } from '../../actors/bytesStateMachine.js';
import { found } from '../../actors/founding.js';
import { memoryStore } from '../../actors/memoryStore.js';
import { memoryNetwork } from '../../actors/memoryTransport.js';
import type { EntryOutcome, Settle } from '../../actors/outcome.js';
import type { RaftEvent } from '../../actors/raftEvents.js';
import { type Place, ServerActor, type ServerActorOptions } from '../../actors/serverActor.js';
import type { Transport } from '../../actors/transport.js';
import { type Entry, proposal, type ServerId } from '../../machines/entry.js';
import type { Message, MessageType } from '../../machines/messages.js';
import { ManualClock } from './manualClock.js';
import { appended, preVote, threeServers, vote } from './script.js';
import { WatchedStore } from './watchedStore.js';

export const clusterId = 'proof';

export interface ActorGiven extends Partial<ServerActorOptions> {
  readonly voters?: readonly ServerId[];
  /** The one by which the given store answers. */
  readonly clock?: ManualClock;
}

/** A state machine that does nothing, but for the given parts. */
export function stateMachineOf(parts: Partial<BytesStateMachine> = {}): BytesStateMachine {
  return { apply: () => undefined, snapshot: () => [], restore: () => {}, ...parts };
}

/** A state machine that keeps the first byte of each command, in order, also in its snapshots. */
export function listStateMachine() {
  const state: number[] = [];
  const stateMachine = stateMachineOf({
    apply: ([byte]) => state.push(byte!),
    snapshot: () => [Uint8Array.from(state)],
    restore(chunks) {
      state.length = 0;
      for (const chunk of chunks) state.push(...chunk);
    },
  });
  return { state, stateMachine };
}

export class ActorStage {
  readonly clock: ManualClock;
  readonly store: WatchedStore;
  readonly actor: ServerActor;
  readonly voters: readonly ServerId[];
  /** What it sent, and to whom, so far. */
  readonly sent: { readonly to: ServerId; readonly message: Message }[] = [];
  readonly applied: Entry[] = [];
  /** What it told of itself, besides each change. */
  readonly events: Exclude<RaftEvent, { type: 'changed' }>[] = [];
  readonly failures: Error[] = [];
  /** How starting ended, once it did. */
  readonly started: (Error | undefined)[] = [];
  readonly #others = new Map<ServerId, Transport>();

  constructor(given: ActorGiven = {}) {
    const { clock = new ManualClock() } = given;
    this.clock = clock;
    this.voters = given.voters ?? threeServers;
    const defer = (run: () => void) => clock.defer(run);
    const network = memoryNetwork({ defer });
    const servers = Object.fromEntries(this.voters.map((id) => [id, id]));
    this.store = new WatchedStore(given.store ?? memoryStore({ defer }));
    this.actor = new ServerActor({
      id: 'S1',
      clusterId,
      servers,
      stateMachine: stateMachineOf(),
      transport: network.transport('S1'),
      clock,
      random: { integer: () => 0 },
      ...given,
      store: this.store,
    });
    this.actor.applied$.subscribe(({ entry }) => this.applied.push(entry));
    this.actor.events$.subscribe((event) => {
      if (event.type === 'failed') this.failures.push(event.error);
      if (event.type !== 'changed') this.events.push(event);
    });
    for (const id of this.voters.slice(1)) this.#play(id, network.transport(id), servers);
  }

  #play(id: ServerId, transport: Transport, servers: Readonly<Record<ServerId, string>>): void {
    transport.messages$.subscribe((message) => this.sent.push({ to: id, message }));
    const identity = { clusterId, serverId: id, storeId: id, servers, knownStores: {} };
    transport.open(identity, () => {});
    this.#others.set(id, transport);
  }

  // ---- what happens

  /** Founds its store. */
  founded({ id = 'S1', cluster = clusterId } = {}): this {
    const servers = Object.fromEntries(this.voters.map((voter) => [voter, voter]));
    const founding = { clusterId: cluster, serverId: id, servers };
    this.store.open(() => found(this.store, founding, { integer: () => 1 }, () => {}));
    this.clock.settle();
    return this;
  }

  /** Starts it, and waits for that. */
  starts(): this {
    this.actor.start((error) => this.started.push(error));
    this.clock.settle();
    return this;
  }

  /** Sends it a message from `message.from`, and waits until nothing more follows from it. */
  hears(message: Message): this {
    this.tell(message);
    this.clock.settle();
    return this;
  }

  /** Sends it a message that arrives with the next turn. */
  tell(message: Message): void {
    this.#others.get(message.from)!.send('S1', 0, message);
  }

  // ---- how it comes to a role

  /** A server that was founded and has started. */
  asFollower(): this {
    return this.founded().starts();
  }

  /** It has won an election, and its no-op is not committed yet. */
  asLeader(): this {
    if (this.status.role === 'stopped') this.asFollower();
    this.clock.advance(400);
    for (const from of this.voters.slice(1)) {
      if (this.status.role === 'leader') break;
      const { term } = this.status;
      if (this.status.role === 'preCandidate') {
        this.hears(preVote({ from, term, forTerm: term + 1, granted: true }));
      }
      this.hears(vote({ from, term: this.status.term, granted: true }));
    }
    return this;
  }

  /** It leads, and everything in its log is committed. */
  asServing(): this {
    return this.asLeader().isReplicated();
  }

  /** S2 holds all of its log. */
  isReplicated(): this {
    if (this.voters.length === 1) return this;
    const { term, lastIndex } = this.status;
    return this.hears(appended({ term, match: lastIndex, round: this.round }));
  }

  // ---- what it is, and what it did

  get status() {
    return this.actor.status();
  }

  get log() {
    return this.actor.snapshot!.context.log;
  }

  /** The latest round in which it asked whether it still leads. */
  get round(): number {
    return this.sentOf('AppendEntriesRequest').at(-1)?.round ?? 0;
  }

  /** What it told of a type, in order. */
  eventsOf<T extends RaftEvent['type']>(type: T): readonly Extract<RaftEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as never;
  }

  /** The messages of a type that it has sent to S2. */
  sentOf<T extends MessageType>(type: T): readonly Extract<Message, { type: T }>[] {
    const messages = this.sent.filter(({ to }) => to === 'S2').map(({ message }) => message);
    return messages.filter((message) => message.type === type) as Extract<Message, { type: T }>[];
  }

  /** Proposes a command, and notes how it ended; undefined if it was not taken. */
  proposes(...bytes: number[]) {
    const endings: EntryOutcome[] = [];
    const place = this.#propose(bytes, (outcome) => endings.push(outcome));
    return 'index' in place ? { ...place, endings } : undefined;
  }

  /** Proposes a command, and answers why it was not taken; undefined if it was. */
  refusal(...bytes: number[]): Exclude<Place, { index: number }> | undefined {
    const place = this.#propose(bytes, () => {});
    return 'refusal' in place ? place : undefined;
  }

  #propose(bytes: readonly number[], settle: Settle): Place {
    return this.actor.propose(proposal('command', Uint8Array.from(bytes)), settle);
  }

  /** Asks to read, and notes the answers: `ok`, or why not. */
  reads(): string[] {
    const answers: string[] = [];
    this.actor.read((refusal) => answers.push(refusal ?? 'ok'));
    return answers;
  }
}

/** A server whose state is the list of bytes that it was told, on a stage. */
export function listStage(given: ActorGiven = {}) {
  const { state, stateMachine } = listStateMachine();
  return { s1: new ActorStage({ stateMachine, ...given }), state };
}
