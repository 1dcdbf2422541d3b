/** Tests of founding: it happens once, and every server begins with the same entry. */
import { describe, expect, it } from 'vitest';
import { decodeConfiguration } from '../machines/configuration.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { firstEntry, found, randomName } from './founding.js';
import type { LogStore, Recovered } from './logStore.js';
import { memoryStore } from './memoryStore.js';
import { systemRandom } from './random.js';

const servers = { a: '127.0.0.1:7101', b: '127.0.0.1:7102', c: '127.0.0.1:7103' };

function opened(store: LogStore): Recovered {
  let found: Recovered | undefined;
  store.open((error, recovered) => {
    expect(error).toBeUndefined();
    found = recovered;
  });
  return found!;
}

/** A founded store, and how founding it ended. */
function foundStore(serverId: string, addresses: Record<string, string> = servers) {
  const clock = new ManualClock();
  const store = memoryStore({ defer: (run) => clock.defer(run) });
  opened(store);
  const endings: (Error | undefined)[] = [];
  const founding = { clusterId: 'proof', serverId, servers: addresses };
  found(store, founding, systemRandom(), (error) => endings.push(error));
  clock.settle();
  return { store, endings, founding };
}

describe('founding', () => {
  it('writes who the server is, and a first entry that is older than every leader', () => {
    const { store, endings } = foundStore('b');
    expect(endings).toEqual([undefined]);
    const { identity, currentTerm, votedFor, entries } = opened(store);
    expect(identity).toMatchObject({ clusterId: 'proof', serverId: 'b' });
    expect(identity!.storeId).toMatch(/^[0-9a-f]{24}$/);
    // A first leader is elected in a later term than the entry's, so that the entry is nobody's.
    expect({ currentTerm, votedFor }).toEqual({ currentTerm: 1, votedFor: undefined });
    expect(entries).toMatchObject([{ index: 1, term: 1, kind: 'configuration', stampMs: 0 }]);
  });

  it('gives every server the same first entry, however its addresses are ordered', () => {
    const { c, a, b } = servers;
    expect(firstEntry({ c, a, b })).toEqual(firstEntry(servers));
    const entriesOf = (id: string) => opened(foundStore(id).store).entries;
    expect(entriesOf('a')).toEqual(entriesOf('c'));
  });

  it('makes everybody a voter, at the addresses that were given', () => {
    const { index, bytes } = firstEntry(servers);
    const { members, outgoing, voters } = decodeConfiguration(index, bytes);
    expect(members.map(({ id, address, role }) => [id, address, role])).toEqual([
      ['a', '127.0.0.1:7101', 'voter'],
      ['b', '127.0.0.1:7102', 'voter'],
      ['c', '127.0.0.1:7103', 'voter'],
    ]);
    expect(outgoing).toEqual([]);
    expect(voters).toEqual([['a', 'b', 'c']]);
  });

  it('gives each store a name of its own, by which an emptied folder is noticed', () => {
    const names = new Set(
      ['a', 'b', 'a'].map((id) => opened(foundStore(id).store).identity!.storeId),
    );
    expect(names.size).toBe(3);
  });

  it('answers why it cannot be, when the store was founded before', () => {
    const { store, founding } = foundStore('a');
    const { storeId } = opened(store).identity!;
    const errors: (Error | undefined)[] = [];
    found(store, founding, systemRandom(), (error) => errors.push(error));
    expect(errors[0]?.message).toContain('founded already');
    expect(opened(store).identity!.storeId).toBe(storeId);
  });
});

describe('a random name', () => {
  it('is 96 bits of chance, whatever chance says', () => {
    const always = (number: number) => ({ integer: () => number });
    expect(randomName(always(0))).toBe('0'.repeat(24));
    expect(randomName(always(2 ** 24 - 1))).toBe('f'.repeat(24));
    const asked: [number, string][] = [];
    randomName({
      integer(below, purpose) {
        asked.push([below, purpose]);
        return 1;
      },
    });
    expect(asked).toEqual([1, 2, 3, 4].map(() => [2 ** 24, 'storeId']));
  });
});
