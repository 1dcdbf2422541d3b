/** Tests of whether a store is the one that a server was started for. */
import { describe, expect, it } from 'vitest';
import { logStart } from '../machines/log.js';
import type { Identity, Recovered } from './logStore.js';
import { wrongIdentity } from './storeOwner.js';

function recovered(identity: Identity | undefined): Recovered {
  const nothing = { votedFor: undefined, snapshot: undefined, entries: [], knownStores: {} };
  return { identity, currentTerm: 0, base: logStart, ...nothing };
}

const own: Identity = { clusterId: 'proof', serverId: 'S1', storeId: 'abc' };

describe('a store', () => {
  it('that was founded for this server of this cluster may be run on', () => {
    expect(wrongIdentity(recovered(own), 'proof', 'S1')).toBeUndefined();
  });

  it('that was never founded says what to do first', () => {
    const refusal = wrongIdentity(recovered(undefined), 'proof', 'S1')!;
    expect(refusal).toMatchObject({ code: 'RAFT_NOT_FOUNDED', outcome: 'notDone' });
    for (const said of ['S1', 'found its cluster first']) expect(refusal.message).toContain(said);
  });

  it('of another cluster or server is refused, and both are named', () => {
    const wrongs = [
      [{ ...own, clusterId: 'other' }, ['other', 'proof']],
      [{ ...own, serverId: 'S9' }, ['S9', 'S1']],
    ] as const;
    for (const [identity, names] of wrongs) {
      const refusal = wrongIdentity(recovered(identity), 'proof', 'S1')!;
      expect(refusal).toMatchObject({ code: 'RAFT_WRONG_CLUSTER', outcome: 'notDone' });
      for (const name of names) expect(refusal.message).toContain(name);
      expect(refusal.message).not.toContain('\n');
    }
  });
});
