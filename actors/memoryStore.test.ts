import { describe, expect, it } from 'vitest';
import { logStoreContract } from './logStore.contract.js';
import { memoryStore } from './memoryStore.js';

describe('the memory store', () => {
  logStoreContract(
    async () => {
      const store = memoryStore({ defer: queueMicrotask });
      return { store, reopen: async () => store };
    },
    { describe, it },
  );

  it('answers after its caller has returned, once for several writes', () => {
    const deferred: (() => void)[] = [];
    const store = memoryStore({ defer: (run) => deferred.push(run) });
    const told: number[] = [];
    store.listen({ persisted: (number) => told.push(number), failed: () => {}, room: () => {} });
    const vote = { currentTerm: 1, votedFor: 's1', isVote: true, entries: [] };
    for (const number of [1, 2, 3]) store.append({ ...vote, number });
    expect(told).toEqual([]);
    for (const run of deferred.splice(0)) run();
    expect(told).toEqual([3]);
    store.append({ ...vote, number: 4 });
    for (const run of deferred.splice(0)) run();
    expect(told).toEqual([3, 4]);
  });
});
