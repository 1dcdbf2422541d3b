import { describe, expect, it } from 'vitest';
import type { Message } from '../machines/messages.js';
import { faultyWeather } from '../properties/support/faultyWeather.js';
import { appendEntries, vote } from '../properties/support/script.js';
import { type Crossing, Network } from './network.js';
import type { Deviation } from './schedule.js';
import { VirtualClock } from './virtualClock.js';

const ids = ['s1', 's2', 's3'];

/** A network of three servers that are all there, and what was delivered on it. */
function startNetwork({ seed = 1, deviations = [] as readonly Deviation[] } = {}) {
  const clock = new VirtualClock();
  const { weather, begin } = faultyWeather(clock, seed);
  const network = new Network(clock, seed, weather, ids, deviations);
  const delivered: { link: string; number: number; sentAt: number; at: number }[] = [];
  network.onDelivery = ({ from, to, message, sentAt }: Crossing) => {
    delivered.push({ link: `${from} ${to}`, number: message.term, sentAt, at: clock.nowMs });
  };
  const open = (server: number) => {
    const transport = network.transport(server);
    const arrived: Message[] = [];
    transport.messages$.subscribe((message) => arrived.push(message));
    transport.open({} as never, () => {});
    return { transport, arrived };
  };
  const servers = ids.map((_, server) => open(server));
  /** Sends messages that are told apart by their term, one a millisecond. */
  const send = (from: number, to: number, count: number) => {
    for (let number = 1; number <= count; number++) {
      clock.schedule(number, () => {
        const message = vote({ from: ids[from]!, term: number, granted: true });
        servers[from]!.transport.send(ids[to]!, 0, message);
      });
    }
  };
  const latencies = (link: string) =>
    delivered
      .filter((one) => one.link === link)
      .map(({ number, sentAt, at }) => [number, at - sentAt]);
  const run = () => {
    while (clock.step());
    return delivered;
  };
  return { clock, network, servers, open, begin, send, run, latencies };
}

describe('the network', () => {
  it('delivers every message once, a millisecond or two later, if nothing is wrong', () => {
    const { send, run, network, latencies } = startNetwork();
    send(0, 1, 1_000);
    expect(run()).toHaveLength(1_000);
    expect([network.delivered, network.lost]).toEqual([1_000, 0]);
    const ms = latencies('0 1').map(([, took]) => took!);
    expect(Math.min(...ms)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...ms)).toBeLessThan(2);
    expect(new Set(ms.map((took) => Math.round(took * 16))).size).toBe(16);
  });

  it('delivers what was sent, as bytes that nobody can change any more', () => {
    const { servers, run } = startNetwork();
    const bytes = Uint8Array.of(1, 2, 3);
    const sent = appendEntries({ from: 's1', term: 4, terms: [4] });
    const message = { ...sent, entries: [{ ...sent.entries[0]!, bytes }] };
    servers[0]!.transport.send('s2', 0, message);
    bytes[0] = 99;
    run();
    const [arrived] = servers[1]!.arrived;
    expect(arrived).not.toBe(message);
    expect(arrived).toMatchObject({ from: 's1', term: 4, prevLogIndex: 0 });
    expect((arrived as typeof message).entries[0]!.bytes).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('loses by the percentage', () => {
    const { send, run, begin, network } = startNetwork();
    begin({ kind: 'loss', percent: 30 });
    send(0, 1, 10_000);
    run();
    // Five deviations (46) of what is expected.
    expect(Math.abs(network.lost - 3_000)).toBeLessThan(230);
    expect(network.lost + network.delivered).toBe(10_000);
  });

  it('doubles by the percentage, the second one later', () => {
    const { send, run, begin } = startNetwork();
    begin({ kind: 'duplication', percent: 20 });
    send(0, 1, 10_000);
    const times = new Map<number, number[]>();
    for (const { number, at } of run()) times.set(number, [...(times.get(number) ?? []), at]);
    const doubled = [...times.values()].filter(({ length }) => length === 2);
    expect(times.size).toBe(10_000);
    expect(Math.abs(doubled.length - 2_000)).toBeLessThan(200);
    for (const [first, second] of doubled) expect(second!).toBeGreaterThanOrEqual(first! + 1);
  });

  it('delays by the percentage and up to its bound, so that later ones overtake', () => {
    const { send, run, begin, latencies } = startNetwork();
    begin({ kind: 'delay', percent: 40, maxMs: 100 });
    send(0, 1, 10_000);
    const numbers = run().map(({ number }) => number);
    const late = latencies('0 1').filter(([, took]) => took! >= 2);
    expect(Math.abs(late.length - 4_000)).toBeLessThan(300);
    expect(Math.max(...late.map(([, took]) => took!))).toBeLessThan(102);
    expect(Math.max(...late.map(([, took]) => took!))).toBeGreaterThan(95);
    expect(numbers).not.toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('lets nothing pass that a fault cuts, not even what is under way when it begins', () => {
    const { clock, send, begin, network } = startNetwork();
    send(0, 1, 10);
    clock.runUntil(5); // the fifth was just sent
    const heal = begin({ kind: 'mute', server: 0 }, 0);
    clock.runUntil(8);
    const before = network.delivered;
    expect(before).toBeLessThan(5);
    heal();
    clock.runUntil(100);
    expect([network.delivered, network.lost]).toEqual([before + 2, 8 - before]);
  });

  it('drops and holds up the very messages that a deviation names', () => {
    const deviations = [
      { from: 0, to: 1, message: 2, drop: true },
      { from: 0, to: 1, message: 3, extraMs: 50 },
    ] as const;
    const changed = startNetwork({ deviations });
    const plain = startNetwork();
    for (const { send, run } of [changed, plain]) {
      send(0, 1, 5);
      run();
    }
    const before = new Map(plain.latencies('0 1') as [number, number][]);
    const after = new Map(changed.latencies('0 1') as [number, number][]);
    expect(new Set(after.keys())).toEqual(new Set([1, 3, 4, 5]));
    for (const [number, took] of after) {
      expect(took - before.get(number)!).toBeCloseTo(number === 3 ? 50 : 0);
    }
  });

  it('does on one link what it would do anyway, whatever happens on another', () => {
    const quiet = startNetwork();
    const busy = startNetwork({ deviations: [{ from: 2, to: 1, message: 1, drop: true }] });
    busy.begin({ kind: 'isolate', server: 2 }, 2);
    for (const { send } of [quiet, busy]) send(0, 1, 200);
    busy.send(2, 1, 500);
    busy.send(1, 0, 77);
    quiet.run();
    busy.run();
    expect(busy.latencies('0 1')).toEqual(quiet.latencies('0 1'));
  });

  it('takes as long for a message whether or not others before it are lost', () => {
    const quiet = startNetwork();
    const lossy = startNetwork();
    lossy.begin({ kind: 'loss', percent: 50 });
    for (const { send, run } of [quiet, lossy]) {
      send(0, 1, 200);
      run();
    }
    const took = new Map(quiet.latencies('0 1') as [number, number][]);
    const left = lossy.latencies('0 1');
    expect(left.length).toBeLessThan(150);
    for (const [number, ms] of left) expect(ms).toBe(took.get(number!));
  });

  it('is another for another seed', () => {
    const runs = [1, 2].map((seed) => {
      const { send, run, latencies } = startNetwork({ seed });
      send(0, 1, 100);
      run();
      return latencies('0 1');
    });
    expect(runs[0]).not.toEqual(runs[1]);
  });

  it('carries nothing from or to a server before it is open, or once it was killed', () => {
    const { network, servers, run, open } = startNetwork();
    const message = vote({ from: 's1', term: 1, granted: true });
    const unopened = network.transport(2);
    unopened.send('s2', 0, message);
    servers[0]!.transport.send('s3', 0, message);
    run();
    expect(network.delivered).toBe(0);

    const third = open(2);
    servers[0]!.transport.send('s3', 0, message);
    network.disconnect(2);
    third.transport.send('s2', 0, message);
    run();
    expect([network.delivered, third.arrived.length, servers[1]!.arrived.length]).toEqual([
      0, 0, 0,
    ]);
  });

  it('does not confuse one life of a server with the next', () => {
    const { servers, run, open } = startNetwork();
    const message = vote({ from: 's1', term: 1, granted: true });
    const next = open(1);
    servers[1]!.transport.send('s1', 0, message);
    servers[0]!.transport.send('s2', 0, message);
    run();
    expect([servers[0]!.arrived, servers[1]!.arrived.length, next.arrived.length]).toEqual([
      [],
      0,
      1,
    ]);
  });

  it('says when a message of some sort is sent, once, whether or not it arrives', () => {
    const { network, servers, begin } = startNetwork();
    const voters: number[] = [];
    begin({ kind: 'isolate', server: 1 }, 1);
    const isVote = (message: Message) => message.type === 'RequestVoteResponse';
    network.onceSent(isVote, (from) => voters.push(from));
    servers[0]!.transport.send('s2', 0, appendEntries({ from: 's1', term: 1 }));
    for (const from of [1, 2]) {
      const message = vote({ from: ids[from]!, term: 1, granted: true });
      servers[from]!.transport.send('s1', 0, message);
    }
    expect(voters).toEqual([1]);
  });
});
