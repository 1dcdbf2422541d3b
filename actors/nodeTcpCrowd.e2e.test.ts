import { describe, expect, it } from 'vitest';
import { decodeReply } from './handshakeFormat.js';
import { closesAndTalksOn, helloFrame, Stranger, talkingPair } from './nodeTcpStranger.contract.js';
import { converse, eventually } from './transportPair.contract.js';

describe('many strangers', () => {
  const clientHello = helloFrame({ kind: 'client', serverId: '', storeId: '', receiverId: '' });
  const fragment = Uint8Array.of(0, 0, 1, 1, ...new Uint8Array(65_536));

  it('share the memory for messages that never end', async () => {
    const pair = await talkingPair({ client: { unfinishedBytesMax: 4_000_000 } });
    const before = process.memoryUsage().arrayBuffers;
    const strangers = Array.from({ length: 20 }, () => new Stranger(pair.ports.a));
    for (const stranger of strangers) stranger.send(clientHello);
    await eventually(() => strangers.every(({ frames }) => frames.length > 0), 'all are let in');
    const unfinished = 'unfinished messages need more than the 4000000 bytes';
    await eventually(() => {
      for (const stranger of strangers) if (!stranger.isClosed) stranger.send(fragment);
      return pair.reasons.some((reason) => reason.includes(unfinished));
    }, 'one of them is closed');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    await converse(pair.b, 'b', pair.a, 'a');
    for (const stranger of strangers) stranger.socket.destroy();
  });

  it('cannot send a message in fragments without end', async () => {
    const pair = await talkingPair({ messageBytesMax: 1_000_000 });
    const stranger = new Stranger(pair.ports.a);
    stranger.send(clientHello);
    await eventually(() => {
      if (!stranger.isClosed) stranger.send(fragment);
      return stranger.isClosed;
    }, 'it is closed');
    expect(pair.reasons.join()).toContain('more than the 1000000 bytes allowed');
    await closesAndTalksOn(pair, stranger);
  });

  it('do not keep servers out, be they a thousand: the oldest make room', async () => {
    const pair = await talkingPair({ strangersMax: 100, handshakeMs: 60_000 });
    const strangers: Stranger[] = [];
    for (let i = 0; i < 1_000; i++) {
      strangers.push(new Stranger(pair.ports.a));
      if (i % 100 === 99) await converse(pair.b, 'b', pair.a, 'a');
    }
    await eventually(
      () => strangers.filter(({ isClosed }) => !isClosed).length === 100,
      'a hundred are left',
    );
    const newcomer = new Stranger(pair.ports.a);
    newcomer.send(helloFrame({ kind: 'forward' }));
    await eventually(() => newcomer.frames.length > 0, 'a server is let in');
    expect(pair.reasons.filter((reason) => reason.includes('100 connections'))).toHaveLength(1);
    await converse(pair.b, 'b', pair.a, 'a');
    for (const stranger of [newcomer, ...strangers]) stranger.socket.destroy();
  });

  it('may be as many streams of one server as are allowed, and no more', async () => {
    const pair = await talkingPair({ forward: { connectionsMax: 3 } });
    const strangers = Array.from({ length: 3 }, () => new Stranger(pair.ports.a));
    for (const stranger of strangers) stranger.send(helloFrame({ kind: 'forward' }));
    await eventually(() => strangers.every(({ frames }) => frames.length > 0), 'all are let in');
    const fourth = new Stranger(pair.ports.a);
    fourth.send(helloFrame({ kind: 'forward' }));
    await eventually(() => fourth.frames.length > 0, 'it is answered');
    const reply = decodeReply(fourth.frames[0]!);
    expect(reply.type === 'refused' && reply.reason).toMatch(/3 forward connections are open/);
    strangers[0]!.socket.destroy();
    await eventually(() => strangers[0]!.isClosed, 'one leaves');
    await converse(pair.b, 'b', pair.a, 'a');
    const fifth = new Stranger(pair.ports.a);
    fifth.send(helloFrame({ kind: 'forward' }));
    await eventually(() => fifth.frames.length > 0, 'it is answered');
    expect(decodeReply(fifth.frames[0]!).type).toBe('accepted');
    for (const stranger of [fourth, fifth, ...strangers]) stranger.socket.destroy();
  });
});
