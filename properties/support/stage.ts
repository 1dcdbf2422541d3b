/**
 * One server on a stage: a stepper, things that happen to it by the words of the paper, and what it
 * does about them. No clock runs and no disk turns here: a test says when time passes and when a
 * write is durable.
 */
import {
  type DiskCondition,
  noSnapshot,
  type ServerContext,
  type ServerEvent,
  type Snapshot,
} from '../../machines/context.js';
import type {
  ClearTimer,
  Effect,
  Persist,
  Send,
  SendChunk,
  SetTimer,
} from '../../machines/effects.js';
import { type Entry, proposal, type ServerId } from '../../machines/entry.js';
import { type LogBase, logStart } from '../../machines/log.js';
import type { Message, MessageType } from '../../machines/messages.js';
import { type Role, roleOf, type ServerSnapshot, server } from '../../machines/server.js';
import { defaultSettings, type Settings } from '../../machines/settings.js';
import { createStepper, type Stepper } from '../../machines/stepper.js';
import {
  appended,
  logOfTerms,
  members,
  preVote,
  snapshotAt,
  threeServers,
  vote,
} from './script.js';

/**
 * What a server starts from. What is not said: S1 of three servers, whose log holds their
 * configuration only.
 */
export interface Given {
  readonly id?: ServerId;
  readonly voters?: readonly ServerId[];
  readonly learners?: readonly ServerId[];
  /** The terms of its log's entries; the first holds the configuration. */
  readonly log?: readonly number[];
  /** The entries themselves, in place of `log`. */
  readonly entries?: readonly Entry[];
  readonly base?: LogBase;
  /** By default one that covers what is before the log. */
  readonly snapshot?: Snapshot;
  /** Its current term; by default the last one of its log. */
  readonly term?: number;
  readonly votedFor?: ServerId;
  readonly settings?: Partial<Settings>;
}

/** Puts a server on the stage. */
export type Start = (given?: Given) => Stage;

/** A message on its way: whereto, and the write that it waits for. */
export interface Sent<M> {
  readonly to: ServerId;
  readonly message: M;
  readonly awaits: number;
}

export class Stage {
  /** What the last thing that happened made the server do, in order. */
  effects: readonly Effect[];
  /** Its monotonic clock, ms. */
  nowMs = 0;
  readonly #stepper: Stepper;
  readonly #writes: Persist[] = [];

  constructor(given: Given = {}, machine: typeof server = server) {
    const { id = 'S1', voters = threeServers, learners = [], log = [1], base } = given;
    const entries = given.entries ?? logOfTerms(log, members(voters, learners));
    const { stepper, effects } = createStepper(
      {
        id,
        settings: { ...defaultSettings, ...given.settings },
        currentTerm: given.term ?? entries[entries.length - 1]?.term ?? 0,
        votedFor: given.votedFor,
        base: base ?? logStart,
        entries,
        snapshot: given.snapshot ?? (base ? snapshotAt(base.index, base.term, voters) : noSnapshot),
        nowMs: 0,
      },
      machine,
    );
    this.#stepper = stepper;
    this.effects = effects;
  }

  // ---- what happens

  step(event: ServerEvent): this {
    this.effects = this.#stepper.step(event);
    this.#writes.push(...this.writes);
    const isForged = ({ message }: Send) => message.from !== this.context.id;
    if (this.sends.some(isForged)) throw new Error('it does not send under its own name');
    return this;
  }

  receives(message: Message): this {
    return this.step({ ...message, atMs: this.nowMs });
  }

  /** Its election timer fires. */
  timesOut(): this {
    return this.step({ type: 'timer.election', atMs: this.nowMs });
  }

  /** Its heartbeat timer fires. */
  beats(): this {
    return this.step({ type: 'timer.heartbeat', atMs: this.nowMs });
  }

  /** Its disk has finished every write up to `number`; by default, all of them. */
  saves(number = this.context.writeNumber): this {
    const lastIndex = this.#writes.findLast((write) => write.number <= number)?.lastIndex ?? 0;
    return this.step({ type: 'persisted', number, lastIndex, atMs: this.nowMs });
  }

  /** Clients want commands of these lengths appended. */
  isAsked(...lengths: readonly number[]): this {
    const proposals = lengths.map((length) => proposal('command', new Uint8Array(length)));
    return this.step({ type: 'ClientRequest', proposals, wallMs: 0, atMs: this.nowMs });
  }

  /** A client wants to read. */
  isRead(batch: number): this {
    return this.step({ type: 'ReadRequest', batch, atMs: this.nowMs });
  }

  /** Somebody wants another server to lead: the one named, or any. */
  isToHandOver(to?: ServerId): this {
    return this.step({ type: 'TransferLeadership', to, atMs: this.nowMs });
  }

  /** It has made a snapshot of what it applied up to `index`. */
  takesSnapshot(index: number): this {
    const { log, configuration } = this.context;
    const { term, stampMs } = log.entryAt(index)!;
    const snapshot = { base: { index, term, stampMs }, configuration };
    return this.step({ type: 'snapshotTaken', snapshot, atMs: this.nowMs });
  }

  /** The piece of a snapshot that it received last is put aside. */
  storesChunk(): this {
    const { base, offset } = this.context.installation!;
    return this.step({ type: 'chunkStored', base, offset, atMs: this.nowMs });
  }

  /** The snapshot that it received is in place. */
  storesSnapshot(snapshot: Snapshot): this {
    return this.step({ type: 'snapshotStored', snapshot, atMs: this.nowMs });
  }

  /** Its disk cannot take the snapshot of `base`. */
  failsToStore(base: LogBase): this {
    return this.step({ type: 'snapshotFailed', base, atMs: this.nowMs });
  }

  diskIs(disk: DiskCondition): this {
    return this.step({ type: 'diskChanged', disk, atMs: this.nowMs });
  }

  // ---- how it comes to a role

  asPreCandidate(): this {
    return this.timesOut();
  }

  /** Everybody would vote for it. */
  asCandidate(): this {
    this.asPreCandidate();
    const { currentTerm: term } = this.context;
    for (const from of this.others) {
      if (this.role !== 'preCandidate') break;
      this.receives(preVote({ from, term, forTerm: term + 1, granted: true }));
    }
    return this;
  }

  /** It votes for itself, then the others do, as many as it takes. */
  asLeader(): this {
    this.asCandidate().saves();
    for (const from of this.others) {
      if (this.role !== 'candidate') break;
      this.receives(vote({ from, term: this.context.currentTerm, granted: true }));
    }
    return this;
  }

  /** Its log is on its own disk and on everybody's, and so its no-op is committed. */
  asServing(): this {
    return this.asLeader().isReplicated();
  }

  /** Its log is on its own disk, and on these servers' as well. */
  isReplicated(to: readonly ServerId[] = this.others): this {
    this.saves();
    const { currentTerm: term, log } = this.context;
    for (const from of to) this.receives(appended({ from, term, match: log.lastIndex }));
    return this;
  }

  // ---- what it is

  get snapshot(): ServerSnapshot {
    return this.#stepper.snapshot;
  }

  get context(): ServerContext {
    return this.snapshot.context;
  }

  get value(): ServerSnapshot['value'] {
    return this.snapshot.value;
  }

  get role(): Role {
    return roleOf(this.snapshot);
  }

  /** Its log as the paper draws it: the terms of its entries. */
  get logTerms(): readonly number[] {
    const { log } = this.context;
    return log.slice(log.firstIndex, log.length).map((held) => held.term);
  }

  get others(): readonly ServerId[] {
    const { configuration, id } = this.context;
    const known = [...configuration.members, ...configuration.outgoing].map((member) => member.id);
    return [...new Set(known)].filter((other) => other !== id);
  }

  // ---- what it does

  /** The messages of a type that it sends. */
  sent<T extends MessageType>(type: T): readonly Sent<Extract<Message, { type: T }>>[] {
    const isOfType = (effect: Effect): effect is Send =>
      effect.type === 'send' && effect.message.type === type;
    return this.effects.filter(isOfType) as Sent<any>[];
  }

  /** The pieces of a snapshot that it has sent, to be filled in by whoever performs it. */
  get chunks(): readonly SendChunk[] {
    return this.effects.filter((effect) => effect.type === 'sendChunk');
  }

  /** All that it sends. */
  get sends(): readonly Send[] {
    return this.effects.filter((effect) => effect.type === 'send');
  }

  /** What it answers: the one message that it sends. */
  get answer(): Message {
    const { sends } = this;
    if (sends.length !== 1) throw new Error(`one answer was expected, there are ${sends.length}`);
    return sends[0]!.message;
  }

  get writes(): readonly Persist[] {
    return this.effects.filter((effect) => effect.type === 'persist');
  }

  get timers(): readonly (SetTimer | ClearTimer)[] {
    return this.effects.filter(
      (effect) => effect.type === 'setTimer' || effect.type === 'clearTimer',
    );
  }
}
