/**
 * A snapshot on its way from a leader to a follower, over a network that loses, doubles and
 * reorders (§7): whatever it does, what is put in place is the snapshot, and in the end the logs
 * are the same.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { start } from '../properties/support/cases.js';
import { appended } from '../properties/support/script.js';
import { leaderOfTen, nothingTrails } from '../properties/support/snapshotScenes.js';
import type { Stage } from '../properties/support/stage.js';
import type { Snapshot } from './context.js';
import type { Effect, StoreChunk } from './effects.js';
import type { ServerId } from './entry.js';
import type { InstallSnapshotRequest, Message } from './messages.js';

const chunkLength = 10;

/** The bytes of the snapshot up to an entry: different ones, and more of them, for each. */
const bytesOf = (index: number) => new Uint8Array(5 * index).fill(index);

interface Delivery {
  readonly to: ServerId;
  readonly message: Message;
}

/** A leader of ten entries, its follower that has one, and all that is between them. */
class Transfer {
  readonly s1: Stage;
  readonly s2: Stage;
  underWay: Delivery[] = [];
  #toStore: StoreChunk[] = [];
  #file: number[] = [];
  #snapshots = new Map<number, Snapshot>();
  installedCount = 0;
  #nowMs = 0;

  constructor() {
    this.s1 = leaderOfTen(start, nothingTrails);
    this.s2 = start({ id: 'S2', log: [1] });
    this.compacts(6);
    this.beats();
  }

  /** The leader takes another snapshot, and its log begins behind it. */
  compacts(index: number): void {
    if (index <= this.s1.context.snapshot.base.index) return;
    this.#perform(this.s1.takesSnapshot(index));
    this.#snapshots.set(index, this.s1.context.snapshot);
  }

  beats(): void {
    this.#nowMs += 200;
    for (const server of [this.s1, this.s2]) server.nowMs = this.#nowMs;
    // S3 has everything, and keeps the leader in office.
    this.#perform(this.s1.receives(appended({ from: 'S3', term: 2, match: 10 })));
    this.#perform(this.s1.beats());
  }

  deliver({ to, message }: Delivery): void {
    const server = to === 'S1' ? this.s1 : to === 'S2' ? this.s2 : undefined;
    if (server !== undefined) this.#perform(server.receives(message));
  }

  /** The follower's disk finishes what it was asked first. */
  stores(): void {
    const next = this.#toStore.shift();
    if (next === undefined) return;
    if (next.offset === 0) this.#file = [];
    expect(next.offset).toBe(this.#file.length);
    this.#file.push(...next.bytes);
    const { base } = next;
    const offset = this.#file.length;
    if (!next.isLast) {
      this.#perform(this.s2.step({ type: 'chunkStored', base, offset, atMs: this.#nowMs }));
      return;
    }
    expect(this.#file).toEqual([...bytesOf(base.index)]);
    this.installedCount++;
    this.#perform(this.s2.storesSnapshot(this.#snapshots.get(base.index)!));
  }

  fails(): void {
    const [next] = this.#toStore.splice(0);
    if (next !== undefined) this.#perform(this.s2.failsToStore(next.base));
  }

  #perform(server: Stage): void {
    const effects: readonly Effect[] = [...server.effects];
    for (const effect of effects) {
      if (effect.type === 'send') this.underWay.push(effect);
      if (effect.type === 'sendChunk') this.underWay.push(filled(effect));
      if (effect.type === 'storeChunk') this.#toStore.push(effect);
    }
    if (server.writes.length > 0) this.#perform(server.saves());
  }
}

/** A piece with its bytes, as an actor fills it in. */
function filled({ to, message }: { to: ServerId; message: InstallSnapshotRequest }): Delivery {
  const all = bytesOf(message.base.index);
  const bytes = all.slice(message.offset, message.offset + chunkLength);
  const isLast = message.offset + bytes.length >= all.length;
  return { to, message: { ...message, bytes, isLast } };
}

/** What happens to the message under way that `at` names, or besides. */
type Mishap = (transfer: Transfer, at: number) => void;

const take = (transfer: Transfer, at: number) =>
  transfer.underWay.splice(at % Math.max(1, transfer.underWay.length), 1);

const mishaps: readonly Mishap[] = [
  (transfer) => transfer.underWay.splice(0, 1).forEach((m) => transfer.deliver(m)),
  (transfer) => transfer.underWay.splice(0, 1).forEach((m) => transfer.deliver(m)),
  (transfer, at) => take(transfer, at).forEach((m) => transfer.deliver(m)),
  (transfer, at) => take(transfer, at).forEach((m) => transfer.underWay.push(m, m)),
  (transfer, at) => take(transfer, at),
  (transfer) => transfer.stores(),
  (transfer) => transfer.stores(),
  (transfer) => transfer.beats(),
  (transfer, at) => at % 5 === 0 && transfer.fails(),
  (transfer, at) => at % 5 === 0 && transfer.compacts(7 + (at % 4)),
];

const histories = fc.array(fc.tuple(fc.nat(mishaps.length - 1), fc.nat(19)), {
  maxLength: 80,
  size: 'max',
});

describe('a snapshot on its way', () => {
  it('arrives as it is, and entries follow, whatever the network did before', () => {
    let installedCount = 0;
    const check = (history: readonly (readonly [number, number])[]) => {
      const transfer = new Transfer();
      for (const [mishap, at] of history) mishaps[mishap]!(transfer, at);
      for (let turn = 0; turn < 40 && transfer.s2.context.log.lastIndex < 10; turn++) {
        transfer.beats();
        while (transfer.underWay.length > 0) {
          transfer.deliver(transfer.underWay.shift()!);
          transfer.stores();
        }
      }
      const { s1, s2 } = transfer;
      expect(s2.context.log.lastIndex).toBe(10);
      expect(s2.context.log.lastTerm).toBe(2);
      expect(s1.context.leadership!.progress.S2!.state).toBe('replicating');
      installedCount += transfer.installedCount;
    };
    const numRuns = 60;
    fc.assert(fc.property(histories, check), { seed: 1, numRuns });
    expect(installedCount).toBeGreaterThan(numRuns);
  });
});
