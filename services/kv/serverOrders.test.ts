import { describe, expect, it } from 'vitest';
import { found } from '../../actors/founding.js';
import { memoryStore } from '../../actors/memoryStore.js';
import { memoryNetwork } from '../../actors/memoryTransport.js';
import type { Random } from '../../actors/random.js';
import { ServerActor } from '../../actors/serverActor.js';
import { proposal } from '../../machines/entry.js';
import { defaultSettings } from '../../machines/settings.js';
import { ManualClock } from '../../properties/support/manualClock.js';
import { WatchedStore } from '../../properties/support/watchedStore.js';
import { kvStateMachine } from './kvStore.js';
import { ServerOrders } from './serverOrders.js';

const { electionTimeoutMaxMs } = defaultSettings;

/** Always the same for one server, and another for each: elections are never split. */
const randomOf = (id: string): Random => ({
  integer: (below) => (id.charCodeAt(0) * 31) % below,
});

interface Member {
  readonly actor: ServerActor;
  readonly orders: ServerOrders;
  readonly store: WatchedStore;
}

/** A cluster in memory whose clock is wound by hand, with a leader that has committed something. */
function clusterOf(...ids: string[]) {
  const clock = new ManualClock();
  const defer = (run: () => void) => clock.defer(run);
  const network = memoryNetwork({ defer });
  const servers = Object.fromEntries(ids.map((id) => [id, id]));
  const founding = { clusterId: 'proof', servers };
  const members = ids.map((id): Member => {
    const store = new WatchedStore(memoryStore({ defer }));
    store.open(() =>
      found(store, { ...founding, serverId: id }, randomOf(id), () => store.close(() => {})),
    );
    clock.advance(0);
    const actor = new ServerActor({
      ...founding,
      id,
      store,
      stateMachine: kvStateMachine(id),
      transport: network.transport(id),
      clock,
      random: randomOf(id),
    });
    const orders = new ServerOrders(actor, clock, electionTimeoutMaxMs);
    actor.start((error) => expect(error).toBeUndefined());
    return { actor, orders, store };
  });
  const until = (isSo: () => boolean) => {
    for (let turn = 0; turn < 1_000 && !isSo(); turn++) clock.advance(10);
    expect(isSo()).toBe(true);
  };
  until(() => members.some(({ actor }) => actor.isLeader && actor.lastApplied > 1));
  const leader = members.find(({ actor }) => actor.isLeader)!;
  const others = members.filter((member) => member !== leader);
  /** Winds the clock until the order is answered: with why it failed, or nothing. */
  const ended = (order: (done: (error: Error | undefined) => void) => void) => {
    const answers: (string | undefined)[] = [];
    order((error) => answers.push(error?.message));
    until(() => answers.length > 0);
    clock.advance(5_000);
    expect(answers).toHaveLength(1);
    return answers[0];
  };
  return { clock, network, leader, others, until, ended };
}

describe('an order to hand leadership over', () => {
  it('is answered once another server leads', () => {
    const { leader, others, ended } = clusterOf('a', 'b', 'c');
    const [, to] = others;
    expect(ended((done) => leader.orders.transfer(to!.actor.id, done))).toBeUndefined();
    expect(to!.actor.isLeader).toBe(true);
    expect(leader.actor.leaderId).toBe(to!.actor.id);
  });

  it('is refused at once by whom it cannot be given to, who says who leads', () => {
    const { leader, others, ended } = clusterOf('a', 'b', 'c');
    const [follower] = others;
    const refusal = ended((done) => follower!.orders.transfer(undefined, done));
    expect(refusal).toBe(`server ${follower!.actor.id} does not lead, ${leader.actor.id} does`);
    expect(ended((done) => leader.orders.transfer('nobody', done))).toContain('no other voter');
  });

  it('is refused where there is nobody else', () => {
    const { leader, ended } = clusterOf('a');
    expect(ended((done) => leader.orders.transfer(undefined, done))).toContain(
      'nobody to hand over',
    );
    expect(leader.actor.isLeader).toBe(true);
  });

  it('ends in the time of two elections, where nobody can take over', () => {
    const { clock, leader, others, ended } = clusterOf('a', 'b', 'c');
    for (const { actor } of others) actor.stop(() => {});
    const startedMs = clock.monotonicMs();
    let endedMs = 0;
    const reason = ended((done) =>
      leader.orders.transfer(undefined, (error) => {
        endedMs = clock.monotonicMs();
        done(error);
      }),
    );
    expect(reason).toMatch(/did not take over|too few/u);
    expect(endedMs - startedMs).toBeLessThanOrEqual(2 * electionTimeoutMaxMs);
  });

  it('is not given twice, but to the same server', () => {
    const { leader, others } = clusterOf('a', 'b', 'c');
    const [first, second] = others.map(({ actor }) => actor.id);
    expect(leader.orders.beginTransfer(first)).toBeUndefined();
    expect(leader.orders.beginTransfer(first)).toBeUndefined();
    expect(leader.orders.beginTransfer(undefined)).toBeUndefined();
    expect(leader.orders.beginTransfer(second)).toContain(`handing leadership over to ${first}`);
  });

  it('is answered when the server stops', () => {
    const { leader, others, ended } = clusterOf('a', 'b', 'c');
    for (const { actor } of others) actor.stop(() => {});
    const reason = ended((done) => {
      leader.orders.transfer(undefined, done);
      leader.actor.stop(() => {});
    });
    expect(reason).toBe(`server ${leader.actor.id} stopped`);
  });
});

describe('an order to take a snapshot', () => {
  it('is answered once it covers what was applied', () => {
    const { leader, ended } = clusterOf('a', 'b', 'c');
    const wanted = leader.actor.lastApplied;
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    expect(leader.actor.status().snapshotIndex).toBe(wanted);
  });

  it('does nothing where the newest one covers everything', () => {
    const { leader, ended } = clusterOf('a');
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    const taken: unknown[] = [];
    leader.actor.events$.subscribe((event) => taken.push(event));
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    expect(taken).toEqual([]);
  });

  it('covers more when more was applied', () => {
    const { leader, ended, until } = clusterOf('a');
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    const before = leader.actor.status().snapshotIndex;
    leader.actor.propose(proposal('command', new Uint8Array([0])), () => {});
    until(() => leader.actor.lastApplied > before);
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    expect(leader.actor.status().snapshotIndex).toBe(before + 1);
  });

  it('says why it failed, until one succeeds', () => {
    const { leader, ended } = clusterOf('a');
    leader.store.failing.add('commit');
    expect(ended((done) => leader.orders.snapshot(done))).toContain('commit');
    expect(leader.orders.snapshotError).toContain('commit');
    leader.store.failing.clear();
    expect(ended((done) => leader.orders.snapshot(done))).toBeUndefined();
    expect(leader.orders.snapshotError).toBeUndefined();
  });

  it('is refused by a server that does not run', () => {
    const { leader, ended } = clusterOf('a');
    leader.actor.stop(() => {});
    expect(ended((done) => leader.orders.snapshot(done))).toMatch(/does not run|stopped/u);
  });
});
