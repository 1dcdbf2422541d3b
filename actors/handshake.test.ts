import { describe, expect, it } from 'vitest';
import { Handshake } from './handshake.js';
import type { Hello, Reply } from './handshakeFormat.js';
import type { TransportOptions } from './transport.js';

function side(serverId: string, changes: Partial<TransportOptions> = {}) {
  const met: string[] = [];
  const options: TransportOptions = {
    clusterId: 'north',
    serverId,
    storeId: `store ${serverId}`,
    servers: { a: 'a:1', b: 'b:1', c: 'c:1' },
    knownStores: {},
    ...changes,
  };
  return { handshake: new Handshake(options, (id, store) => met.push(`${id}: ${store}`)), met };
}

function reasonOf(reply: Reply): string {
  return reply.type === 'refused' ? reply.reason : 'accepted';
}

describe('a handshake', () => {
  it('lets two servers of a cluster talk, and tells each once whom it met', () => {
    const [a, b] = [side('a'), side('b')];
    for (let time = 0; time < 2; time++) {
      const reply = b.handshake.answer(a.handshake.hello('raft', 'b'));
      expect(reply).toMatchObject({ type: 'accepted', version: 1, serverId: 'b' });
      expect(a.handshake.objectionToReply(reply, 'b')).toBeUndefined();
    }
    expect(a.met).toEqual(['b: store b']);
    expect(b.met).toEqual(['a: store a']);
  });

  it('is as good with the store that was met before, and tells nothing', () => {
    const b = side('b', { knownStores: { a: 'store a' } });
    expect(reasonOf(b.handshake.answer(side('a').handshake.hello('forward', 'b')))).toBe(
      'accepted',
    );
    expect(b.met).toEqual([]);
  });

  const hello = side('a').handshake.hello('raft', 'b');
  const refused: readonly [string, Partial<Hello>, RegExp][] = [
    ['another cluster', { clusterId: 'south' }, /"b" belongs to cluster "north", "a" to "south"/],
    ['the wrong receiver', { receiverId: 'c' }, /this is "b", not "c"/],
    ['an unknown server', { serverId: 'd' }, /"b" knows of no server "d"/],
    ['an id that every object has', { serverId: 'toString' }, /knows of no server/],
    ['our own id', { serverId: 'b' }, /two servers call themselves "b"/],
    ['a later version only', { lowestVersion: 2, highestVersion: 3 }, /"a" speaks 2 to 3/],
    ['an earlier version only', { lowestVersion: 0, highestVersion: 0 }, /"a" speaks 0 to 0/],
    ['a native client', { kind: 'client' }, /no native clients/],
  ];
  it.each(refused)('refuses %s, and does not remember it', (_, changes, reason) => {
    const b = side('b');
    expect(reasonOf(b.handshake.answer({ ...hello, ...changes }))).toMatch(reason);
    expect(b.met).toEqual([]);
  });

  it('agrees on the highest version that both speak', () => {
    const reply = side('b').handshake.answer({ ...hello, lowestVersion: 0, highestVersion: 9 });
    expect(reply).toMatchObject({ version: 1 });
  });

  it('refuses, on either side, another store under a known id, and names the remedy', () => {
    const remedy =
      '"a" was known with store "old" and comes with "store a": ' +
      'its folder was emptied or replaced; ' +
      'remove "a" from the cluster and add it anew, or restore its folder';
    const b = side('b', { knownStores: { a: 'old' } });
    expect(reasonOf(b.handshake.answer(hello))).toBe(remedy);
    const reply = side('a').handshake.answer(b.handshake.hello('raft', 'a'));
    expect(b.handshake.objectionToReply(reply, 'a')).toBe(remedy);
  });

  it('holds a server to the store that it came with first', () => {
    const b = side('b');
    b.handshake.answer(hello);
    expect(reasonOf(b.handshake.answer({ ...hello, storeId: 'emptied' }))).toMatch(
      /emptied or rep/,
    );
  });

  it('does not believe whoever answers in the place of the one who was dialed', () => {
    const a = side('a');
    const reply = {
      type: 'accepted',
      version: 1,
      serverId: 'c',
      storeId: 'store c',
      recoveryEpoch: 0,
      featureLevel: 1,
    } as const;
    expect(a.handshake.objectionToReply(reply, 'b')).toMatch(/at its address answers "c"/);
    expect(a.handshake.objectionToReply({ ...reply, version: 2 }, 'c')).toMatch(/version 2/);
    expect(a.met).toEqual([]);
  });

  it('lets nobody forge lines, whatever they call themselves', () => {
    const clusterId = `x\n2026 all is well\u001b[2J${'y'.repeat(4000)}`;
    const reason = reasonOf(side('b').handshake.answer({ ...hello, clusterId }));
    expect(reason).toMatch(/"x\?2026 all is well\?\[2Jy+\.\.\."/);
    expect(reason.length).toBeLessThan(300);
    const foreign = { type: 'refused', reason: `no\r\nyes${'!'.repeat(4000)}` } as const;
    const objection = side('a').handshake.objectionToReply(foreign, 'b')!;
    expect(objection).toMatch(/no\?\?yes!+\.\.\.$/);
    expect(objection.length).toBeLessThan(400);
  });
});
