/**
 * Tests of several server actors together, over a memory network and write-ahead logs on disks that
 * can crash.
 */
import { describe, expect, it } from 'vitest';
import { proposal, type ServerId } from '../machines/entry.js';
import { clusterId, stateMachineOf } from '../properties/support/actorStage.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { serverRandom } from '../sim/chance.js';
import { SectorDisk } from '../sim/disk.js';
import { found } from './founding.js';
import { memoryNetwork } from './memoryTransport.js';
import type { EntryOutcome } from './outcome.js';
import { ServerActor } from './serverActor.js';
import { walStore } from './walStore.js';

const servers = { S1: 'S1', S2: 'S2', S3: 'S3' };

/** One server: its disk outlives the actors that are started on it. */
class Machine {
  readonly id: ServerId;
  readonly disk: SectorDisk;
  /** The bytes of the commands that the present actor has applied. */
  applied: number[] = [];
  actor!: ServerActor;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, id: ServerId) {
    this.#cluster = cluster;
    this.id = id;
    this.disk = new SectorDisk((_kind, _file, run) => cluster.clock.defer(run));
    const store = walStore({ disk: this.disk, segmentBytes: 16 * 1024 });
    const random = serverRandom(1, Number(id.slice(1)));
    store.open(() => {
      found(store, { clusterId, serverId: id, servers }, random, () => store.close(() => {}));
    });
    cluster.clock.settle();
  }

  start(): void {
    const { clock, network } = this.#cluster;
    this.applied = [];
    const stateMachine = stateMachineOf({ apply: ([byte]) => this.applied.push(byte!) });
    this.actor = new ServerActor({
      id: this.id,
      clusterId,
      servers,
      stateMachine,
      transport: network.transport(this.id),
      store: walStore({ disk: this.disk, segmentBytes: 16 * 1024 }),
      clock,
      random: serverRandom(2, Number(this.id.slice(1))),
    });
    this.actor.start((error) => expect(error).toBeUndefined());
    clock.settle();
  }

  stop(): void {
    this.actor.stop(() => {});
    this.#cluster.clock.settle();
  }
}

class Cluster {
  readonly clock = new ManualClock();
  readonly network = memoryNetwork({ defer: (run) => this.clock.defer(run) });
  readonly machines: readonly Machine[];

  constructor() {
    this.machines = Object.keys(servers).map((id) => new Machine(this, id));
    for (const machine of this.machines) machine.start();
  }

  get leader(): Machine | undefined {
    const leaders = this.machines.filter(({ actor }) => actor.isLeader);
    return leaders.toSorted((a, b) => b.actor.status().term - a.actor.status().term)[0];
  }

  /** Lets time pass until a server leads and has committed an entry of its term. */
  elected(): Machine {
    for (let ms = 0; ms < 5_000; ms++) {
      this.clock.advance(1);
      const { leader } = this;
      if (leader === undefined) continue;
      const { lastApplied, term } = leader.actor.status();
      if (leader.actor.snapshot!.context.log.termAt(lastApplied) === term) return leader;
    }
    throw new Error('nobody was elected within 5,000 ms');
  }

  propose(byte: number): EntryOutcome[] {
    const endings: EntryOutcome[] = [];
    const what = proposal('command', Uint8Array.of(byte));
    this.leader!.actor.propose(what, (outcome) => endings.push(outcome));
    return endings;
  }
}

describe('three servers', () => {
  it('elect one of them, and apply what it is asked, everywhere and in one order', () => {
    const cluster = new Cluster();
    cluster.elected();
    const endings = [1, 2, 3].map((byte) => cluster.propose(byte));
    cluster.clock.advance(100);
    expect(endings).toMatchObject([[{ type: 'done' }], [{ type: 'done' }], [{ type: 'done' }]]);
    for (const { applied } of cluster.machines) expect(applied).toEqual([1, 2, 3]);
    const roles = cluster.machines.map(({ actor }) => actor.status().role);
    expect(roles.toSorted()).toEqual(['follower', 'follower', 'leader']);
    expect(new Set(cluster.machines.map(({ actor }) => actor.status().leaderId)).size).toBe(1);
  });

  it('go on without their leader, and lose nothing that it acknowledged', () => {
    const cluster = new Cluster();
    const first = cluster.elected();
    const kept = cluster.propose(1);
    cluster.clock.advance(100);
    first.stop();
    const second = cluster.elected();
    expect(second).not.toBe(first);
    cluster.propose(2);
    cluster.clock.advance(100);
    expect(kept).toMatchObject([{ type: 'done' }]);
    for (const machine of cluster.machines) {
      expect(machine.applied).toEqual(machine === first ? [1] : [1, 2]);
    }
    first.start();
    cluster.clock.advance(500);
    expect(first.applied).toEqual([1, 2]);
  });

  it('settle what a deposed leader was asked, once it hears of the others again', () => {
    const cluster = new Cluster();
    const first = cluster.elected();
    for (const { id } of cluster.machines) {
      cluster.network.cut(first.id, id);
      cluster.network.cut(id, first.id);
    }
    const lost = cluster.propose(1);
    cluster.clock.advance(1);
    for (let ms = 0; cluster.leader === first; ms++) {
      expect(ms).toBeLessThan(5_000);
      cluster.clock.advance(1);
    }
    const second = cluster.elected();
    const kept = cluster.propose(2);
    cluster.clock.advance(10);
    expect(lost).toEqual([]);
    expect(kept).toMatchObject([{ type: 'done' }]);
    for (const { id } of cluster.machines) {
      cluster.network.heal(first.id, id);
      cluster.network.heal(id, first.id);
    }
    cluster.clock.advance(500);
    expect(lost).toMatchObject([{ type: 'notDone' }]);
    expect(first.actor.status().leaderId).toBe(second.id);
    for (const { applied } of cluster.machines) expect(applied).toEqual([2]);
  });

  it('keep what was acknowledged when all of them crash, and nobody promised more', () => {
    const cluster = new Cluster();
    cluster.elected();
    const acknowledged = cluster.propose(1);
    cluster.clock.advance(100);
    const promised = cluster.propose(2);
    cluster.clock.turn();
    expect([acknowledged.length, promised.length]).toEqual([1, 0]);
    for (const machine of cluster.machines) {
      machine.disk.crash(() => false);
      machine.actor.stop(() => {});
    }
    cluster.clock.settle();
    for (const machine of cluster.machines) machine.start();
    cluster.elected();
    cluster.clock.advance(100);
    for (const { applied } of cluster.machines) expect(applied).toEqual([1]);
    expect(promised).toMatchObject([{ type: 'unknown' }]);
  });

  it('leave nothing behind when they are stopped', () => {
    const cluster = new Cluster();
    cluster.elected();
    cluster.propose(1);
    for (const machine of cluster.machines) machine.stop();
    expect([cluster.clock.timers, cluster.clock.deferred]).toEqual([0, 0]);
  });
});
