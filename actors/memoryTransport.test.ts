import { describe, expect, it } from 'vitest';
import type { Message } from '../machines/messages.js';
import { systemClock } from './clock.js';
import { memoryNetwork } from './memoryTransport.js';
import { transportContract } from './transport.contract.js';
import type { ForwardAnswer, Transport, TransportOptions } from './transport.js';
import { asked, heartbeat, stopped, type TransportPair } from './transportPair.contract.js';

const clock = systemClock();

async function makePair(): Promise<TransportPair> {
  const network = memoryNetwork({ defer: (run) => clock.defer(run) });
  const a = network.transport('a');
  const b = network.transport('b');
  return { a, b, options, close: async () => void (await Promise.all([a, b].map(stopped))) };
}

function options(serverId: string): TransportOptions {
  const servers = { a: 'a', b: 'b', c: 'c' };
  const storeId = `store of ${serverId}`;
  return { clusterId: 'contract', serverId, storeId, servers, knownStores: {} };
}

describe('memoryTransport, as a transport', () => {
  transportContract(makePair, { describe, it });
});

/** A network whose turns are run by hand. */
function steppedNetwork() {
  let due: (() => void)[] = [];
  const network = memoryNetwork({ defer: (run) => due.push(run) });
  const turn = () => {
    const now = due;
    due = [];
    for (const run of now) run();
    return now.length;
  };
  const open = (id: string): Transport & { arrived: Message[] } => {
    const transport = network.transport(id);
    const arrived: Message[] = [];
    transport.messages$.subscribe((message) => arrived.push(message));
    transport.open(options(id), (error) => expect(error).toBeUndefined());
    return Object.assign(transport, { arrived });
  };
  return { network, turn, open };
}

describe('memoryNetwork', () => {
  it('passes the message itself, and shares one turn among all that was sent in one', () => {
    const { turn, open } = steppedNetwork();
    const [a, b, c] = [open('a'), open('b'), open('c')];
    turn();
    const message = heartbeat('a', 1);
    a.send('b', 0, message);
    a.send('c', 0, message);
    b.send('c', 0, heartbeat('b', 2));
    expect(turn()).toBe(1);
    expect(b.arrived[0]).toBe(message);
    expect(c.arrived.map(({ term }) => term)).toEqual([1, 2]);
  });

  it('loses what is sent over a cut link, in that direction only, until it is healed', () => {
    const { network, turn, open } = steppedNetwork();
    const [a, b] = [open('a'), open('b')];
    network.cut('a', 'b');
    a.send('b', 0, heartbeat('a', 1));
    b.send('a', 0, heartbeat('b', 2));
    turn();
    network.heal('a', 'b');
    a.send('b', 0, heartbeat('a', 3));
    turn();
    expect(a.arrived.map(({ term }) => term)).toEqual([2]);
    expect(b.arrived.map(({ term }) => term)).toEqual([3]);
  });

  it('ends the forward streams over a link that is cut, and opens none', () => {
    const { network, turn, open } = steppedNetwork();
    const [a, b] = [open('a'), open('b')];
    b.forwarded$.subscribe(() => {});
    const stream = a.forward('b', 1);
    const answers: ForwardAnswer['type'][] = [];
    stream.request(asked('command'), ({ type }) => answers.push(type));
    turn();
    network.cut('b', 'a');
    stream.request(asked('command'), ({ type }) => answers.push(type));
    network.cut('a', 'b');
    a.forward('b', 1).request(asked('command'), ({ type }) => answers.push(type));
    turn();
    expect(answers).toEqual(['unknown', 'notDone', 'notDone']);
  });

  it('reaches a server that was closed and opened anew', () => {
    const { turn, open } = steppedNetwork();
    const a = open('a');
    const before = open('b');
    a.send('b', 0, heartbeat('a', 1));
    turn();
    before.close(() => {});
    a.send('b', 0, heartbeat('a', 2));
    const after = open('b');
    a.send('b', 0, heartbeat('a', 3));
    turn();
    expect(before.arrived.map(({ term }) => term)).toEqual([1]);
    expect(after.arrived.map(({ term }) => term)).toEqual([3]);
  });

  it('has one place for each id', () => {
    const { network, turn, open } = steppedNetwork();
    open('a');
    let error: Error | undefined;
    network.transport('a').open(options('a'), (answer) => {
      error = answer;
    });
    turn();
    expect(error?.message).toMatch(/server a.*close the transport/);
  });

  it('answers overloaded to a request above what one stream may have waiting', () => {
    const { turn, open } = steppedNetwork();
    const [a, b] = [open('a'), open('b')];
    b.forwarded$.subscribe(() => {});
    const stream = a.forward('b', 1);
    const answers: ForwardAnswer[] = [];
    for (let i = 0; i <= 65_536; i++)
      stream.request(asked('query'), (answer) => answers.push(answer));
    turn();
    expect(answers).toEqual([{ type: 'notDone', reason: 'overloaded' }]);
  });
});
