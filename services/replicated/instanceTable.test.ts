import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostedMachine } from './hostedMachine.js';
import { createInstance, digestText, type Instance } from './instance.js';
import { InstanceTable } from './instanceTable.js';

const machine = { name: 'order' } as HostedMachine;

function instance(key: number, version: number): Instance {
  return createInstance({ machine, address: `order/${key}`, version, text: '{}', timers: [] });
}

describe('the table of instances', () => {
  it('has views that stay as they were, whatever happens after', () => {
    const step = fc.record({
      key: fc.nat(12),
      act: fc.constantFrom('put', 'put', 'remove', 'view'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const table = new InstanceTable();
        const model = new Map<string, Instance>();
        const views: { view: ReturnType<InstanceTable['freeze']>; was: Instance[] }[] = [];
        steps.forEach(({ key, act }, version) => {
          const known = model.get(`order/${key}`);
          if (act === 'put') {
            table.put(instance(key, version));
            model.set(`order/${key}`, instance(key, version));
          } else if (act === 'remove' && known !== undefined) {
            table.remove(known);
            model.delete(known.address);
          } else if (act === 'view') {
            views.push({ view: table.freeze(), was: [...model.values()] });
          }
          expect(table.get(`order/${key}`)).toEqual(model.get(`order/${key}`));
          expect(table.size).toBe(model.size);
        });
        for (const { view, was } of views) {
          const seen = [...view.instances()];
          expect(new Set(seen.map(({ address, version }) => `${address} ${version}`))).toEqual(
            new Set(was.map(({ address, version }) => `${address} ${version}`)),
          );
          expect(view.size).toBe(was.length);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('has a digest of what is in it, by whatever way that came there', () => {
    const one = new InstanceTable();
    const other = new InstanceTable();
    one.put(instance(1, 1));
    one.put(instance(2, 2));
    one.put(instance(1, 3));
    one.put(instance(3, 4));
    one.remove(instance(3, 4));
    other.put(instance(1, 3));
    expect(digestText(other.digest)).not.toBe(digestText(one.digest));
    other.put(instance(2, 2));
    expect(digestText(other.digest)).toBe(digestText(one.digest));
    expect(digestText(one.digest)).toMatch(/^[0-9a-f]{16}$/u);
  });
});
