/**
 * What each server's disk is known to hold, as seen from outside: each write of a server that was
 * reported durable counts from then on, and nothing else does. A server that starts shows what its
 * disk really holds. Laws about promises rest on this, and not on what servers say of themselves.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import type { Persist } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';

const none: readonly Persist[] = [];

/** Figure 2's persistent state, with the log by the terms of its entries. */
export class DurableDisk {
  currentTerm = 0;
  votedFor: ServerId | undefined;
  /** The last entry before the log: a snapshot covers everything up to it. */
  baseIndex = 0;
  lastIndex = 0;
  /** Terms by index, from `baseIndex` on. */
  readonly #terms: number[] = [0];
  /** Writes that were not reported durable so far, in their order. */
  pending: Persist[] = [];

  /** Everything as a server that starts has found it. */
  static recovered({ currentTerm, votedFor, log }: ServerContext): DurableDisk {
    const disk = new DurableDisk();
    disk.#begin(log.base.index, log.base.term);
    for (let index = log.firstIndex; index <= log.lastIndex; index++) {
      disk.#terms[index] = log.termAt(index)!;
    }
    disk.lastIndex = log.lastIndex;
    disk.currentTerm = currentTerm;
    disk.votedFor = votedFor;
    return disk;
  }

  /** The same once more, without what is pending. */
  copy(): DurableDisk {
    const copy = new DurableDisk();
    copy.#begin(this.baseIndex, this.#terms[this.baseIndex]!);
    for (let index = this.baseIndex; index <= this.lastIndex; index++) {
      copy.#terms[index] = this.#terms[index]!;
    }
    copy.lastIndex = this.lastIndex;
    copy.currentTerm = this.currentTerm;
    copy.votedFor = this.votedFor;
    return copy;
  }

  /** The term of the entry at `index`; undefined where the log holds none, or no longer. */
  termAt(index: number): number | undefined {
    return index < this.baseIndex || index > this.lastIndex ? undefined : this.#terms[index];
  }

  /** Whether it has this entry, or a snapshot that covers it. */
  holds(index: number, term: number): boolean {
    return index < this.baseIndex || this.termAt(index) === term;
  }

  /** This write is durable. */
  apply({ currentTerm, votedFor, base, entries }: Persist): void {
    this.currentTerm = currentTerm;
    this.votedFor = votedFor;
    if (base !== undefined) this.#begin(base.index, base.term);
    for (const { index, term } of entries) {
      this.#terms[index] = term;
      this.lastIndex = index;
    }
  }

  #begin(index: number, term: number): void {
    this.baseIndex = index;
    this.lastIndex = index;
    this.#terms[index] = term;
  }
}

export class DurableDisks {
  readonly #disks = new Map<ServerId, DurableDisk>();
  /** Servers of whose disks it is not known what they hold when they start next. */
  readonly #harmed = new Set<ServerId>();

  of(server: ServerId): DurableDisk | undefined {
    return this.#disks.get(server);
  }

  /** A server starts. Answers what its disk was known to hold before, if anything was. */
  started(server: ServerId, { after }: Step): DurableDisk | undefined {
    const before = this.#harmed.delete(server) ? undefined : this.#disks.get(server);
    this.#disks.set(server, DurableDisk.recovered(after.context));
    return before;
  }

  /** Somebody has harmed this disk. A server that runs goes on writing to it. */
  forget(server: ServerId): void {
    this.#harmed.add(server);
  }

  /** Notes what a step writes. Answers the writes that it has reported as durable. */
  step(server: ServerId, { event, before, after, effects }: Step): readonly Persist[] {
    if (after.context.writeNumber !== before!.context.writeNumber) {
      const { pending } = this.#known(server, before!.context);
      for (const effect of effects) if (effect.type === 'persist') pending.push(effect);
    }
    return event?.type === 'persisted' ? this.#persisted(server, event.number) : none;
  }

  #persisted(server: ServerId, number: number): readonly Persist[] {
    const disk = this.#disks.get(server);
    if (disk === undefined) return none;
    const later = disk.pending.findIndex((write) => write.number > number);
    const durable = disk.pending.splice(0, later < 0 ? disk.pending.length : later);
    for (const write of durable) disk.apply(write);
    return durable;
  }

  #known(server: ServerId, context: ServerContext): DurableDisk {
    let disk = this.#disks.get(server);
    if (disk === undefined) {
      disk = DurableDisk.recovered(context);
      this.#disks.set(server, disk);
    }
    return disk;
  }
}
