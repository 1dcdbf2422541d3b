import { describe, expect, it } from 'vitest';
import { localPort } from './commandPort.contract.js';
import type { Operator } from './commandPort.js';
import { type FrontOptions, testFront } from './conversation.contract.js';

/** A client of a server that takes orders, unless there is a refusal. */
function client(refusal?: string, options?: FrontOptions) {
  const orders: (string | undefined)[][] = [];
  const operator: Operator = {
    transfer: (to) => {
      orders.push(['transfer', to]);
      return refusal;
    },
    snapshot: () => {
      orders.push(['snapshot']);
      return refusal;
    },
    report: () => ({ id: 's1', leaderId: undefined, followers: {} }),
  };
  const conversation = testFront({ ...localPort(), operator }, options).connect();
  const ask = (line: string) => conversation.ask(...line.split(' ')).trimEnd();
  return { orders, ask };
}

describe('RAFTCHART', () => {
  it('gives orders, in any case', () => {
    const { orders, ask } = client();
    expect(ask('RAFTCHART TRANSFER')).toBe('+OK');
    expect(ask('raftchart transfer s2')).toBe('+OK');
    expect(ask('Raftchart Snapshot')).toBe('+OK');
    expect(orders).toEqual([['transfer', undefined], ['transfer', 's2'], ['snapshot']]);
  });

  it('says why an order cannot be carried out', () => {
    const { ask } = client('server s1 does not lead, s2 does');
    expect(ask('RAFTCHART TRANSFER')).toBe('-ERR server s1 does not lead, s2 does');
    expect(ask('RAFTCHART SNAPSHOT')).toBe('-ERR server s1 does not lead, s2 does');
  });

  it('reports as JSON that has every name, null where there is no value', () => {
    const [, text] = client().ask('RAFTCHART STATUS').split('\r\n');
    expect(JSON.parse(text!)).toEqual({ id: 's1', leaderId: null, followers: {} });
  });

  it('explains itself, and refuses what it does not know', () => {
    const { orders, ask } = client();
    for (const word of ['TRANSFER', 'SNAPSHOT', 'STATUS']) {
      expect(ask('RAFTCHART HELP')).toContain(`+${word}: `);
    }
    expect(ask('RAFTCHART')).toContain('wrong number of arguments');
    expect(ask('RAFTCHART TRANSFER s2 s3')).toContain('wrong number of arguments');
    expect(ask('RAFTCHART STATUS now')).toContain('wrong number of arguments');
    expect(ask('RAFTCHART STOP')).toContain('unknown subcommand');
    expect(orders).toEqual([]);
  });

  it('is for those alone who have given the password', () => {
    const { orders, ask } = client(undefined, { password: 'secret' });
    for (const words of ['TRANSFER', 'SNAPSHOT', 'STATUS', 'TRANSFER s2']) {
      expect(ask(`RAFTCHART ${words}`)).toBe('-NOAUTH Authentication required.');
    }
    expect(orders).toEqual([]);
    ask('AUTH secret');
    expect(ask('RAFTCHART SNAPSHOT')).toBe('+OK');
  });

  it('has nobody to give orders to behind a port without servers', () => {
    const conversation = testFront(localPort()).connect();
    for (const word of ['TRANSFER', 'SNAPSHOT', 'STATUS']) {
      expect(conversation.ask('RAFTCHART', word)).toContain('-ERR no server of a cluster');
    }
  });

  it('is in the tables of commands', () => {
    const { ask } = client();
    expect(ask('COMMAND LIST')).toContain('raftchart');
    expect(ask('COMMAND DOCS raftchart')).toContain('raftchart|transfer');
    expect(ask('COMMAND INFO raftchart|snapshot')).toContain('+admin');
  });
});
