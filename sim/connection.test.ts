import { describe, expect, it } from 'vitest';
import type { Forwarded, ForwardRequest } from '../actors/transport.js';
import { faultyWeather } from '../properties/support/faultyWeather.js';
import { Network } from './network.js';
import { VirtualClock } from './virtualClock.js';

const ids = ['s1', 's2', 's3'];

function request(number: number): ForwardRequest {
  const bytes = Uint8Array.of(number);
  return { kind: 'command', sessionId: 7, sequence: number, firstUnacknowledged: 1, bytes };
}

/** Server s2 that keeps what is forwarded to it, and answers with its number if it `isFriendly`. */
function startNetwork({ isFriendly = true, seed = 1 } = {}) {
  const clock = new VirtualClock();
  const { weather, begin } = faultyWeather(clock, seed);
  const network = new Network(clock, seed, weather, ids, []);
  const arrived: Forwarded[] = [];
  const [from, to] = [0, 1].map((server) => {
    const transport = network.transport(server);
    transport.open({} as never, () => {});
    return transport;
  });
  const take = (asked: Forwarded) => {
    arrived.push(asked);
    const done = { type: 'done', index: asked.sequence, bytes: Uint8Array.of(9) } as const;
    if (isFriendly) asked.answer(done);
  };
  to!.forwarded$.subscribe(take);
  to!.clients$.subscribe(take);
  const answers: string[] = [];
  const noting = (number: number) => (answer: { type: string }) =>
    answers.push(`${number} ${answer.type}`);
  return { clock, network, from: from!, arrived, answers, noting, begin };
}

const numbers = Array.from({ length: 50 }, (_, n) => n + 1);

describe('a connection', () => {
  it('takes requests and answers across in order, however they are held up', () => {
    const { clock, from, arrived, answers, noting, begin } = startNetwork();
    begin({ kind: 'delay', percent: 50, maxMs: 100 });
    const stream = from.forward('s2', 3);
    for (const number of numbers) stream.request(request(number), noting(number));
    clock.runUntil(1_000);
    expect(arrived.map(({ sequence }) => sequence)).toEqual(numbers);
    expect(arrived[0]).toMatchObject({ ...request(1), term: 3 });
    expect(answers).toEqual(numbers.map((number) => `${number} done`));
  });

  it('answers unknown what its server had not answered when it died, and then not done', () => {
    const { clock, network, from, answers, noting } = startNetwork({ isFriendly: false });
    const stream = from.forward('s2', 3);
    stream.request(request(1), noting(1));
    clock.runUntil(10);
    network.disconnect(1);
    clock.runUntil(20);
    stream.request(request(2), noting(2));
    clock.runUntil(30);
    expect(answers).toEqual(['1 unknown', '2 notDone']);
  });

  it('tells nothing to a dialer that is dead, whose requests may still arrive', () => {
    const { clock, network, from, arrived, answers, noting } = startNetwork();
    from.forward('s2', 3).request(request(1), noting(1));
    network.disconnect(0);
    clock.runUntil(1_000);
    expect([arrived.length, answers]).toEqual([1, []]);
  });

  it('outlives a short cut, and not a long one', () => {
    const { clock, from, answers, noting, begin } = startNetwork();
    const stream = from.forward('s2', 3);
    const mend = begin({ kind: 'isolate', server: 1 }, 1);
    stream.request(request(1), noting(1));
    clock.runUntil(150);
    expect(answers).toEqual([]);
    mend();
    clock.runUntil(200);
    expect(answers).toEqual(['1 done']);
    begin({ kind: 'isolate', server: 1 }, 1);
    stream.request(request(2), noting(2));
    clock.runUntil(600);
    expect(answers).toEqual(['1 done', '2 unknown']);
  });

  it('ends sooner or later where messages get lost', () => {
    const { clock, from, answers, noting, begin } = startNetwork();
    begin({ kind: 'loss', percent: 60 });
    const stream = from.forward('s2', 3);
    for (const number of numbers) stream.request(request(number), noting(number));
    clock.runUntil(1_000);
    expect(answers).toHaveLength(50);
    expect(answers.filter((answer) => answer.endsWith('unknown')).length).toBeGreaterThan(0);
  });

  it('closed by its dialer, answers unknown at once', () => {
    const { from, answers, noting } = startNetwork();
    const stream = from.forward('s2', 3);
    stream.request(request(1), noting(1));
    stream.close();
    expect(answers).toEqual(['1 unknown']);
  });

  it('of a client is cut off with the server that it stands beside, and tells of its end', () => {
    const { clock, network, answers, noting, begin } = startNetwork();
    begin({ kind: 'isolate', server: 1 }, 1);
    const ended: number[] = [];
    // Clients 0 and 1 stand beside s1 and s2.
    for (const client of [0, 1]) {
      const connection = network.connect(client, 1, () => ended.push(client));
      connection.request(request(client), noting(client));
    }
    clock.runUntil(1_000);
    expect(answers).toEqual(['1 done', '0 unknown']);
    expect(ended).toEqual([0]);
  });
});
