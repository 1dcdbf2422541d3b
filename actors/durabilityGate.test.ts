/** Tests of the gate: "updated on stable storage before responding to RPCs" (Figure 2). */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vote } from '../properties/support/script.js';
import { DurabilityGate } from './durabilityGate.js';

/** A gate, and the numbers of what it let through; each message's term is its number. */
function openGate() {
  const left: number[] = [];
  const gate = new DurabilityGate(({ message }) => left.push(message.term));
  const send = (number: number, awaits: number) => {
    const message = vote({ term: number, granted: true });
    gate.send({ type: 'send', to: 'S2', message, awaits });
  };
  const write = (number: number, lastIndex = number) =>
    gate.wrote({
      type: 'persist',
      number,
      currentTerm: 1,
      votedFor: undefined,
      isVote: false,
      entries: [],
      lastIndex,
    });
  return { gate, left, send, write };
}

describe('the durability gate', () => {
  it('lets through at once what waits for no write, or for one that is durable', () => {
    const { gate, left, send, write } = openGate();
    send(1, 0);
    write(1);
    gate.persisted(1);
    send(2, 1);
    expect(left).toEqual([1, 2]);
  });

  it('holds back what waits for a write until the gate is opened after it', () => {
    const { gate, left, send, write } = openGate();
    write(1);
    send(1, 1);
    gate.open();
    expect(left).toEqual([]);
    gate.persisted(1);
    expect(left).toEqual([]);
    gate.open();
    expect(left).toEqual([1]);
    gate.open();
    expect(left).toEqual([1]);
  });

  it('lets one sync free all that waited for the writes that shared it, in the old order', () => {
    const { gate, left, send, write } = openGate();
    for (const number of [1, 2, 3, 4]) write(number);
    send(1, 2);
    send(2, 4);
    send(3, 1);
    send(4, 3);
    gate.persisted(3);
    gate.open();
    expect(left).toEqual([1, 3, 4]);
    gate.persisted(4);
    gate.open();
    expect(left).toEqual([1, 3, 4, 2]);
  });

  it('says where the log ended with the last write that is durable, not with a later one', () => {
    const { gate, write } = openGate();
    write(1, 7);
    write(2, 9);
    write(3, 4); // a conflicting suffix was truncated
    expect(gate.persisted(2)).toBe(9);
    expect(gate.persisted(3)).toBe(4);
  });

  it('credits nothing when it hears of a write once more, or of an older one', () => {
    const { gate, left, send, write } = openGate();
    write(1, 5);
    write(2, 6);
    expect(gate.persisted(2)).toBe(6);
    expect(gate.persisted(2)).toBe(0);
    expect(gate.persisted(1)).toBe(0);
    expect(gate.durable).toBe(2);
    send(1, 2);
    expect(left).toEqual([1]);
  });

  it('never lets anything out before its write, nor twice, and in the end everything', () => {
    const action = fc.oneof(
      fc.record({ type: fc.constant('write' as const) }),
      fc.record({ type: fc.constant('send' as const), back: fc.nat(5) }),
      fc.record({ type: fc.constant('sync' as const), back: fc.nat(5) }),
    );
    const property = fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (actions) => {
      const { gate, left, send, write } = openGate();
      const awaits: number[] = [];
      let writes = 0;
      let durable = 0;
      for (const one of actions) {
        const checked = left.length;
        if (one.type === 'write') write(++writes, writes * 10);
        else if (one.type === 'send')
          send(awaits.push(Math.max(0, writes - one.back)) - 1, awaits.at(-1)!);
        else {
          const number = Math.max(durable, writes - one.back);
          const lastIndex = gate.persisted(number);
          if (number > durable) expect(lastIndex).toBe(number * 10);
          durable = number;
          gate.open();
        }
        for (const sent of left.slice(checked)) expect(awaits[sent]).toBeLessThanOrEqual(durable);
      }
      gate.persisted(writes);
      gate.open();
      expect(left.toSorted((a, b) => a - b)).toEqual(awaits.map((_, number) => number));
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });
});
