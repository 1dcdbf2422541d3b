import { describe, expect, it } from 'vitest';
import { Handshake } from './handshake.js';
import { HandshakeClient } from './handshakeClient.js';
import type { Hello, Reply } from './handshakeFormat.js';
import { certificateName, nothingProven, objectionToServer, type Proof } from './handshakeProof.js';
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

const client: Partial<Hello> = { kind: 'client', serverId: '', storeId: '', receiverId: '' };

function certified(names: readonly string[], isClient = false): Proof {
  return { names: new Set(names), flaw: undefined, isClient };
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

describe('a certificate', () => {
  const hello = side('a').handshake.hello('raft', 'b');
  const answerTo = (proof: Proof, changes: Partial<Hello> = {}) =>
    reasonOf(side('b').handshake.answer({ ...hello, ...changes }, proof));

  it('makes a server believed that it names, and no other', () => {
    const named = certified([certificateName('north', 'a')]);
    expect(answerTo(named)).toBe('accepted');
    expect(answerTo(named, { kind: 'forward' })).toBe('accepted');
    expect(answerTo(named, { serverId: 'c' })).toBe(
      '"c" comes with a certificate for "raftchart://north/a"; ' +
        'it needs one for raftchart://north/c',
    );
  });

  it.each([
    ['of another cluster', certified([certificateName('south', 'a')]), /"raftchart:\/\/south\/a"/],
    ['of no server', certified([]), /certificate for no server/],
    ['of a client', certified([], true), /certificate for no server/],
    ['that is flawed', { ...certified([]), flaw: 'it is too old' }, /has not proven.*too old; it/],
  ])('%s makes no server believed', (_, proof, reason) => {
    for (const kind of ['raft', 'forward'] as const)
      expect(answerTo(proof, { kind })).toMatch(reason);
  });

  it('is asked of the one who is dialed, too, before a word is said', () => {
    const introduction = side('a').handshake.introduction('raft', 'b');
    const objectionToProof = (proof: Proof) => introduction.objectionToProof(proof);
    expect(objectionToProof(nothingProven)).toBeUndefined();
    expect(objectionToProof(certified([certificateName('north', 'b')]))).toBeUndefined();
    expect(objectionToProof(certified([certificateName('north', 'c')]))).toMatch(/"b" comes with/);
  });

  it('is not asked for where there is no TLS', () => {
    expect(objectionToServer(nothingProven, 'north', 'a')).toBeUndefined();
  });
});

describe('a client', () => {
  const hello = side('a').handshake.hello('raft', 'b');
  const options = { clusterId: 'north', serverId: 'b', storeId: 's', servers: {}, knownStores: {} };
  const server = (mayEnter?: (token: string) => boolean) =>
    new Handshake(options, () => {}, mayEnter);

  it('is let in by certificate or by token, and by nothing else', () => {
    const known = server((token) => token === 'secret');
    const answerTo = (proof: Proof, token: string) =>
      reasonOf(known.answer({ ...hello, ...client, token }, proof));
    expect(answerTo(certified([], true), '')).toBe('accepted');
    expect(answerTo(certified([]), 'secret')).toBe('accepted');
    expect(answerTo(nothingProven, 'secret')).toBe('accepted');
    expect(answerTo(certified([certificateName('north', 'a')]), '')).toMatch(/neither/);
    expect(answerTo(nothingProven, 'guess')).toMatch(/not the one/);
    expect(reasonOf(server().answer({ ...hello, ...client, token: 'secret' }))).toMatch(/not the/);
  });

  it('learns nothing of the cluster before it has proven anything', () => {
    const reason = reasonOf(server().answer({ ...hello, ...client, clusterId: 'south' }));
    expect(reason).not.toMatch(/north|south|"b"/);
  });

  it('has a store and an id that are remembered by nobody', () => {
    const met: string[] = [];
    const handshake = new Handshake(
      options,
      (id) => met.push(id),
      () => true,
    );
    expect(reasonOf(handshake.answer({ ...hello, ...client, serverId: 'x' }))).toBe('accepted');
    expect(met).toEqual([]);
  });

  it('talks to any server of its cluster that proves to be one', () => {
    const introduction = new HandshakeClient('north', 'secret');
    const named = certified([certificateName('north', 'b')]);
    const reply = server(() => true).answer(introduction.hello());
    expect(introduction.objectionToReply(reply, nothingProven)).toBeUndefined();
    expect(introduction.objectionToReply(reply, named)).toBeUndefined();
    expect(introduction.objectionToProof(named)).toBeUndefined();
    const foreign = certified([certificateName('northern', 'b')]);
    expect(introduction.objectionToProof(foreign)).toMatch(/needs the name raftchart:\/\/north\//);
    const other = certified([certificateName('north', 'c')]);
    expect(introduction.objectionToReply(reply, other)).toMatch(/"b" comes with a certificate for/);
    const refusal = { type: 'refused', reason: 'no' } as const;
    expect(introduction.objectionToReply(refusal, named)).toBe('it refuses us: no');
    expect(introduction.objectionToReply({ ...reply, version: 9 } as Reply, named)).toMatch(
      /version 9/,
    );
  });
});
