import { describe, expect, it } from 'vitest';
import type { Message } from '../../machines/messages.js';
import { faultyWeather } from '../../properties/support/faultyWeather.js';
import { appendEntries, vote } from '../../properties/support/script.js';
import type { Fault } from '../fault.js';
import { Network } from '../network.js';
import { VirtualClock } from '../virtualClock.js';
import { damaged } from './messages.js';

const ids = ['s1', 's2', 's3'];

interface Arrival {
  readonly to: number;
  readonly term: number;
  readonly at: number;
}

/** Three servers that send, and what arrives where and when. */
function startNetwork() {
  const clock = new VirtualClock();
  const { weather, begin, mattered } = faultyWeather(clock);
  const network = new Network(clock, 1, weather, ids, []);
  const arrived: Arrival[] = [];
  const open = (server: number) => {
    const transport = network.transport(server);
    transport.messages$.subscribe(({ term }) =>
      arrived.push({ to: server, term, at: clock.nowMs }),
    );
    transport.open({} as never, () => {});
    return transport;
  };
  const transports = ids.map((_, server) => open(server));
  const send = (to: number, message: Message) => transports[0]!.send(ids[to]!, 0, message);
  /** Votes from the first server, one every ms, told apart by their terms. */
  const sendMany = (to: number, count: number) => {
    for (let term = 1; term <= count; term++)
      clock.schedule(term, () => send(to, vote({ from: 's1', term, granted: true })));
  };
  const run = (untilMs = 100_000) => {
    clock.runUntil(untilMs);
    return arrived;
  };
  const terms = (to = 1) => arrived.filter((one) => one.to === to).map(({ term }) => term);
  return { clock, begin, mattered, send, sendMany, run, terms, arrived, open };
}

const counted = Array.from({ length: 100 }, (_, n) => n + 1);

/** How long messages took that were sent when their term says. */
function latencies(arrived: readonly Arrival[], to = 1): number[] {
  return arrived.filter((one) => one.to === to).map(({ at, term }) => at - term);
}

describe('loss of one type', () => {
  it('loses that one, and no other', () => {
    const { begin, send, run, mattered, arrived } = startNetwork();
    begin({ kind: 'lossOf', type: 'AppendEntriesRequest', percent: 100 });
    send(1, vote({ from: 's1', term: 1, granted: true }));
    expect([run(50).length, mattered()]).toEqual([1, 0]);
    send(1, appendEntries({ from: 's1', term: 2, terms: [2] }));
    run();
    expect([arrived.length, mattered()]).toEqual([1, 1]);
  });
});

describe('a replay', () => {
  it('delivers again much later, also to a process that was not there yet', () => {
    const { begin, sendMany, run, terms, mattered, open, arrived } = startNetwork();
    const heal = begin({ kind: 'replay', percent: 50, maxMs: 2_000 });
    sendMany(1, 100);
    run(102);
    heal();
    const before = terms().length;
    open(1);
    run();
    const again = arrived.slice(before);
    expect(before).toBeGreaterThanOrEqual(100);
    expect(mattered()).toBe(terms().length - 100);
    expect(again.length).toBeGreaterThan(30);
    expect(Math.max(...again.map(({ at }) => at))).toBeGreaterThan(1_000);
  });

  it('matters only if somebody is there to hear it', () => {
    const { clock, begin, sendMany, run, mattered, open } = startNetwork();
    begin({ kind: 'replay', percent: 100, maxMs: 50 });
    sendMany(1, 1);
    clock.schedule(2.99, () => open(1).close(() => {}));
    run();
    expect(mattered()).toBe(0);
  });
});

describe('corruption', () => {
  it('loses what it damages: nobody takes it for another message', () => {
    const { begin, sendMany, run, terms, mattered } = startNetwork();
    begin({ kind: 'corruption', percent: 40 });
    sendMany(1, 100);
    run();
    expect(terms().length).toBeLessThan(80);
    expect(mattered()).toBe(100 - terms().length);
    expect(counted).toEqual(expect.arrayContaining(terms()));
  });

  it('changes one bit, or takes the end away', () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, n) => n);
    for (let drawn = 0; drawn < 1_000; drawn++) {
      const copy = damaged(bytes, drawn);
      if (copy.length < 20) expect(copy).toEqual(bytes.slice(0, copy.length));
      else expect(copy.reduce((bits, byte, n) => bits + ones(byte ^ n), 0)).toBe(1);
    }
  });
});

function ones(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}

describe('a slow link', () => {
  it('makes late what goes one way between two servers', () => {
    const { begin, sendMany, run, arrived, mattered } = startNetwork();
    begin({ kind: 'slowLink', server: 0, to: 4, extraMs: 50 }, 0);
    sendMany(2, 10);
    run(1_000);
    expect(mattered()).toBe(0);
    const before = arrived.length;
    sendMany(1, 10);
    run();
    expect(mattered()).toBe(10);
    for (const ms of latencies(arrived.slice(before))) expect(ms).toBeGreaterThan(1_050);
    for (const ms of latencies(arrived, 2)) expect(ms).toBeLessThan(2);
  });
});

describe('latency', () => {
  it('has a mean, and a long tail', () => {
    const { begin, sendMany, run } = startNetwork();
    begin({ kind: 'latency', meanMs: 40 });
    sendMany(1, 4_000);
    const extra = latencies(run()).map((ms) => Math.floor(ms - 1));
    const mean = extra.reduce((sum, ms) => sum + ms) / extra.length;
    expect(Math.abs(mean - 40)).toBeLessThan(5);
    expect(extra.filter((ms) => ms < 40).length).toBeGreaterThan(extra.length / 2);
    expect(Math.max(...extra)).toBeGreaterThan(120);
  });
});

describe('a throttle', () => {
  it('lets so many messages pass on each link in each tenth of a second', () => {
    const { begin, sendMany, run, terms, mattered } = startNetwork();
    begin({ kind: 'throttle', messages: 3 });
    sendMany(1, 199);
    sendMany(2, 2);
    run();
    expect(terms().sort((a, b) => a - b)).toEqual([1, 2, 3, 100, 101, 102]);
    expect(terms(2).sort((a, b) => a - b)).toEqual([1, 2]);
    expect(mattered()).toBe(193);
  });
});

describe('a clog', () => {
  it('holds what was sent to a server, and lets go all at once', () => {
    const { begin, sendMany, run, arrived, terms } = startNetwork();
    const heal = begin({ kind: 'clog', server: 1 }, 1);
    sendMany(1, 10);
    sendMany(2, 10);
    run(500);
    expect([terms().length, terms(2).length]).toEqual([0, 10]);
    heal();
    run(500);
    expect(terms().sort((a, b) => a - b)).toEqual(counted.slice(0, 10));
    expect(new Set(arrived.filter(({ to }) => to === 1).map(({ at }) => at))).toEqual(
      new Set([500]),
    );
  });

  it('ends for itself where two of them overlap', () => {
    const { begin, sendMany, run, terms } = startNetwork();
    const heals = [1, 1].map(() => begin({ kind: 'clog', server: 1 }, 1));
    sendMany(1, 10);
    run(100);
    heals[0]!();
    run(200);
    expect(terms()).toEqual([]);
    heals[1]!();
    run(200);
    expect(terms()).toHaveLength(10);
  });
});

describe('any fault of the network', () => {
  const many: readonly Fault[] = [
    { kind: 'lossOf', type: 'RequestVoteResponse', percent: 100 },
    { kind: 'corruption', percent: 100 },
    { kind: 'latency', meanMs: 100 },
    { kind: 'throttle', messages: 0 },
    { kind: 'slowLink', server: 0, to: 1, extraMs: 100 },
    { kind: 'clog', server: 1 },
  ];

  for (const fault of many) {
    it(`is over when it has healed: ${fault.kind}`, () => {
      const { begin, sendMany, run, mattered, arrived } = startNetwork();
      begin(fault, fault.kind === 'clog' ? 1 : 0)();
      sendMany(1, 10);
      expect(Math.max(...latencies(run()))).toBeLessThan(2);
      expect([arrived.length, mattered()]).toEqual([10, 0]);
    });
  }
});
