/**
 * A server of a golden script: its statechart on a stage, and a disk and a network that do nothing
 * by themselves.
 */
import { notDone, type Settle } from '../../actors/outcome.js';
import type { SnapshotContent } from '../../actors/snapshotFormat.js';
import type { ServerEvent } from '../../machines/context.js';
import type { Effect, Persist, Send, SendChunk } from '../../machines/effects.js';
import type { Entry, Proposal, ServerId } from '../../machines/entry.js';
import type { LogBase } from '../../machines/log.js';
import type { Message } from '../../machines/messages.js';
import type { server as serverMachine } from '../../machines/server.js';
import { GoldenDisk } from './goldenDisk.js';
import { GoldenState } from './goldenState.js';
import { changes, place, type View, viewOf, wordsOf } from './goldenWords.js';
import { type Given, Stage } from './stage.js';

/** The time on every clock, ms. */
export interface Time {
  nowMs: number;
}

/** What a server finds around it. */
export interface Surroundings {
  readonly machine: typeof serverMachine;
  readonly time: Time;
  /** What snapshots hold, by their last index: the same on every server. */
  readonly snapshots: Map<number, SnapshotContent>;
  /** The message is under way. */
  send(to: ServerId, message: Message): void;
  /** A line of the trace that is left out where only the outcome matters. */
  tell(line: string): void;
  /** One that never is. */
  announce(line: string): void;
}

/** A snapshot crosses in two pieces. */
const pieceBytes = 10;
const piecesOfSnapshot = 2;

export class GoldenServer {
  readonly id: ServerId;
  readonly disk: GoldenDisk;
  stage: Stage;
  isUp = true;
  readonly #around: Surroundings;
  #state = new GoldenState();
  /** Messages that wait for a write. */
  #held: Send[] = [];
  #reads = 0;
  /** What clients are to be told when all else was said. */
  readonly #answers: (() => void)[] = [];

  constructor(given: Given & { id: ServerId; entries: readonly Entry[] }, around: Surroundings) {
    this.id = given.id;
    this.#around = around;
    this.disk = new GoldenDisk(given);
    this.stage = new Stage(this.disk.kept, around.machine);
  }

  get view(): View {
    return viewOf(this.stage, this.#state.commands);
  }

  // ---- what happens

  receives(message: Message): void {
    const { context } = this.stage;
    const lines = this.happens({ ...message, atMs: this.#around.time.nowMs });
    if (lines > 0) return;
    const isSame = Object.entries(this.stage.context).every(
      ([name, value]) => context[name as keyof typeof context] === value,
    );
    const how = isSame ? 'ignores' : 'notes';
    this.#around.tell(`${this.id}: ${how} ${message.type} from ${message.from}`);
  }

  /** Answers how many lines there are to say of it. */
  happens(event: ServerEvent): number {
    const before = this.view;
    this.stage.nowMs = this.#around.time.nowMs;
    this.stage.step(event);
    const { effects } = this.stage;
    const writes = effects.filter((effect): effect is Persist => effect.type === 'persist');
    this.disk.waiting = [...this.disk.waiting, ...writes];
    for (const effect of effects) this.#applies(effect);
    const change = changes(before, this.view);
    const said = [change, ...writes.map(({ number }) => `(write ${number})`)].join(' ').trim();
    if (said !== '') this.#around.tell(`${this.id}: ${said}`);
    const lines = (said === '' ? 0 : 1) + this.#says(effects);
    for (const answer of this.#answers.splice(0)) answer();
    return lines;
  }

  /** Every write is durable, and what waited for that may go. */
  saves(): void {
    const last = this.disk.waiting.at(-1);
    if (last === undefined) throw new Error(`${this.id} has nothing to save`);
    this.disk.save();
    const free = this.#held.filter(({ awaits }) => awaits <= last.number);
    this.#held = this.#held.filter(({ awaits }) => awaits > last.number);
    const leave = [...grouped(free.map(({ to, message }) => [message.type, to]))];
    const leaving = leave.map(([type, to]) => {
      const ids = [...new Set(to)];
      const count = to.length > ids.length ? ` (${to.length})` : '';
      return `${type}${count} leaves for ${ids.join(' ')}`;
    });
    this.#around.tell([`${this.id}: saved ${last.number}`, ...leaving].join(', '));
    for (const { to, message } of free) this.#around.send(to, message);
    const { number, lastIndex } = last;
    this.happens({ type: 'persisted', number, lastIndex, atMs: this.#around.time.nowMs });
  }

  /** The piece of a snapshot that it received is put aside; the last one puts it in place. */
  stores(): void {
    const { chunk } = this.disk;
    if (chunk === undefined) throw new Error(`${this.id} has no piece of a snapshot to store`);
    const { base, offset, bytes, isLast } = chunk;
    this.disk.chunk = undefined;
    const atMs = this.#around.time.nowMs;
    const end = offset + bytes.length;
    this.#around.tell(`${this.id}: stored snapshot ${place(base)} up to offset ${end}`);
    if (!isLast) {
      this.happens({ type: 'chunkStored', base, offset: end, atMs });
      return;
    }
    const { configuration } = this.#around.snapshots.get(base.index)!;
    const snapshot = { base, configuration };
    if (base.index > this.stage.context.commitIndex) this.disk.keep(snapshot);
    this.happens({ type: 'snapshotStored', snapshot, atMs });
  }

  /** A client wants this appended; `settle` is told how it ended. */
  isAsked(proposal: Proposal, settle: Settle = () => {}): void {
    const { nowMs: atMs } = this.#around.time;
    const { lastIndex } = this.stage.context.log;
    this.happens({ type: 'ClientRequest', proposals: [proposal], wallMs: atMs, atMs });
    const { log, currentTerm } = this.stage.context;
    if (log.lastIndex === lastIndex) return settle(notDone('no leader'));
    this.#state.await(log.lastIndex, currentTerm, (outcome) => {
      this.#answers.push(() => settle(outcome));
    });
  }

  /** A client wants to read. */
  isRead(): void {
    const { nowMs: atMs } = this.#around.time;
    this.#reads++;
    this.happens({ type: 'ReadRequest', batch: this.#reads, atMs });
  }

  /** It makes a snapshot of all that it has applied. */
  takesSnapshot(): void {
    const content = this.#state.freeze();
    this.#around.snapshots.set(content.base.index, content);
    const snapshot = { base: content.base, configuration: content.configuration };
    this.disk.keep(snapshot);
    this.happens({ type: 'snapshotTaken', snapshot, atMs: this.#around.time.nowMs });
  }

  /** What was not saved is gone, and what was not sent. */
  crashes(): void {
    const numbers = this.disk.waiting.map(({ number }) => number);
    if (numbers.length > 0) this.#around.tell(`${this.id}: write ${numbers.join(', ')} is lost`);
    this.disk.crash();
    this.#held = [];
    this.isUp = false;
  }

  /** It begins anew, with what its disk has kept. */
  restarts(): void {
    this.isUp = true;
    this.stage = new Stage(this.disk.kept, this.#around.machine);
    this.#state = new GoldenState();
    const { base } = this.stage.context.snapshot;
    if (base.index > 0) this.#becomes(base);
    this.#around.announce(`${this.id}: ${changes(undefined, this.view)}`);
  }

  // ---- what it does

  #becomes({ index }: LogBase): void {
    this.#state.become(this.#around.snapshots.get(index)!);
  }

  #applies(effect: Effect): void {
    if (effect.type === 'storeChunk') this.disk.chunk = effect;
    if (effect.type === 'restore') this.#becomes(effect.base);
    if (effect.type === 'compact') this.disk.compact(effect.index);
    if (effect.type === 'apply') this.#state.apply(this.stage.context.log, effect.commitIndex);
  }

  /** Sends, and says so: the same to several servers in one line. Answers how many lines. */
  #says(effects: readonly Effect[]): number {
    const said: [string, ServerId][] = [];
    let confirmed = 0;
    for (const effect of effects) {
      if (effect.type === 'confirmReads') {
        confirmed++;
        this.#around.announce(
          `${this.id}: read ${effect.batch} sees all up to ${effect.readIndex}`,
        );
      }
      if (effect.type !== 'send' && effect.type !== 'sendChunk') continue;
      const send = effect.type === 'send' ? effect : filledIn(effect);
      const isHeld = send.awaits > this.disk.saved;
      said.push([
        `${wordsOf(send.message)}${isHeld ? `, after write ${send.awaits}` : ''}`,
        send.to,
      ]);
      if (isHeld) this.#held.push(send);
      else this.#around.send(send.to, send.message);
    }
    const lines = grouped(said);
    for (const [line, to] of lines) this.#around.tell(`${this.id} -> ${to.join(' ')}: ${line}`);
    return lines.size + confirmed;
  }
}

/** To whom each is said. */
function grouped(said: readonly (readonly [string, ServerId])[]): Map<string, ServerId[]> {
  const groups = new Map<string, ServerId[]>();
  for (const [words, to] of said) groups.set(words, [...(groups.get(words) ?? []), to]);
  return groups;
}

function filledIn({ to, message }: SendChunk): Send {
  const isLast = message.offset + pieceBytes === piecesOfSnapshot * pieceBytes;
  const filled = { ...message, bytes: new Uint8Array(pieceBytes), isLast };
  return { type: 'send', to, message: filled, awaits: 0 };
}
