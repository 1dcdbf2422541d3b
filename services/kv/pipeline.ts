/**
 * The requests of one connection that are not answered yet, in the order of their arrival.
 *
 * Replies leave in that order, whatever the order of the answers. Effects keep it, too, as far as
 * the client can tell: consecutive writes are in flight together, since the log keeps their order,
 * and so are consecutive reads, which change nothing; but a read is asked only once the writes
 * before it are answered, and a write only once the reads before it are.
 */
import type { CommandPort, PortOutcome } from './commandPort.js';
import { clusterDown } from './errors.js';
import type { Reply } from './reply.js';
import type { ReplyWriter, RespVersion } from './respReply.js';

/** A request on its way. */
interface Slot {
  readonly isWrite: boolean;
  /** What the port is to be given; undefined once it was, or where there is nothing to ask. */
  command: Uint8Array | undefined;
  reply: Reply | undefined;
  /** It may have taken effect, or not: there will be no reply. */
  isLost: boolean;
  /** Bytes that it holds. */
  size: number;
  readonly version: RespVersion;
  readonly isSilent: boolean;
  next: Slot | undefined;
}

/** How a request's reply is to be written. */
export interface ReplyForm {
  readonly protocol: RespVersion;
  readonly isSilent: boolean;
}

export class Pipeline {
  readonly #port: CommandPort;
  readonly #onReady: () => void;
  /** The oldest slot that is not written yet, and the newest. */
  #head: Slot | undefined = undefined;
  #tail: Slot | undefined = undefined;
  /** The oldest slot that the port was not asked about. */
  #unasked: Slot | undefined = undefined;
  #inFlight = 0;
  /** Whether what is in flight are writes. */
  #isWriting = false;
  #isAsking = false;
  /** A request is lost: what comes after it is neither asked nor answered. */
  #hasLost = false;
  #count = 0;
  #bytes = 0;

  /** `onReady` is called when `isReady` may have become true. */
  constructor(port: CommandPort, onReady: () => void) {
    this.#port = port;
    this.#onReady = onReady;
  }

  /** Requests that are not written yet, and the bytes of their commands and replies. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  /** Whether the oldest request is answered, or lost. */
  get isReady(): boolean {
    return this.#head !== undefined && (this.#head.reply !== undefined || this.#head.isLost);
  }

  /** Whether the oldest request's outcome is unknown: nothing more may be written. */
  get isLost(): boolean {
    return this.#head?.isLost === true;
  }

  /** A request that is answered already. */
  answer(reply: Reply, form: ReplyForm): void {
    if (this.#hasLost) return;
    this.#append(false, undefined, reply, form);
    if (this.isReady) this.#onReady();
  }

  /** A request for the port. */
  ask(isWrite: boolean, command: Uint8Array, form: ReplyForm): void {
    if (this.#hasLost) return;
    const slot = this.#append(isWrite, command, undefined, form);
    this.#unasked ??= slot;
    this.#askOn();
  }

  /** Writes the replies that are due, until the writer holds `bytesMax` or more. */
  writeTo(writer: ReplyWriter, bytesMax: number): void {
    let slot = this.#head;
    while (slot?.reply !== undefined && writer.length < bytesMax) {
      if (!slot.isSilent) writer.write(slot.reply, slot.version);
      this.#count--;
      this.#bytes -= slot.size;
      slot = slot.next;
    }
    this.#head = slot;
    if (slot === undefined) this.#tail = undefined;
  }

  /** Forgets what the port was not asked yet, and what came after it. */
  giveUp(): void {
    if (this.#unasked !== undefined) this.#cutBefore(this.#unasked);
  }

  /** Forgets everything. What is in flight takes effect all the same. */
  clear(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#unasked = undefined;
    this.#count = 0;
    this.#bytes = 0;
  }

  #append(
    isWrite: boolean,
    command: Uint8Array | undefined,
    reply: Reply | undefined,
    form: ReplyForm,
  ): Slot {
    const slot: Slot = {
      isWrite,
      command,
      reply,
      isLost: false,
      size: (command ?? reply)!.length,
      version: form.protocol,
      isSilent: form.isSilent,
      next: undefined,
    };
    if (this.#tail === undefined) this.#head = slot;
    else this.#tail.next = slot;
    this.#tail = slot;
    this.#count++;
    this.#bytes += slot.size;
    return slot;
  }

  /**
   * Gives the port what may go out now. A port that answers at once comes back here through
   * `#settle`.
   */
  #askOn(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#unasked !== undefined) {
      const slot: Slot = this.#unasked;
      const mustWait = this.#inFlight > 0 && slot.isWrite !== this.#isWriting;
      if (slot.command !== undefined && mustWait) break;
      this.#unasked = slot.next;
      if (slot.command !== undefined) this.#give(slot, slot.command);
    }
    this.#isAsking = false;
  }

  #give(slot: Slot, command: Uint8Array): void {
    slot.command = undefined;
    this.#isWriting = slot.isWrite;
    this.#inFlight++;
    const done = (outcome: PortOutcome) => this.#settle(slot, outcome);
    if (slot.isWrite) this.#port.execute(command, done);
    else this.#port.query(command, done);
  }

  #settle(slot: Slot, outcome: PortOutcome): void {
    this.#inFlight--;
    if (outcome.type === 'done') {
      slot.reply = outcome.value;
    } else if (outcome.type === 'notDone' || !slot.isWrite) {
      // A read that nobody has answered did nothing, either.
      slot.reply = clusterDown(outcome.reason);
    } else {
      slot.isLost = true;
      this.#hasLost = true;
      if (slot.next !== undefined) this.#cutBefore(slot.next);
    }
    const held = slot.reply?.length ?? 0;
    slot.size += held;
    this.#bytes += held;
    if (slot === this.#head) this.#onReady();
    if (this.#inFlight === 0) this.#askOn();
  }

  /** Forgets `first` and what follows. */
  #cutBefore(first: Slot): void {
    this.#unasked = undefined;
    let last: Slot | undefined;
    for (let slot = this.#head; slot !== undefined && slot !== first; slot = slot.next) last = slot;
    if (last === undefined) {
      this.clear();
    } else {
      last.next = undefined;
      this.#tail = last;
    }
  }
}
