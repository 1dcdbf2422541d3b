import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeReply, type Hello } from './handshakeFormat.js';
import { closed, listening, pairOf } from './nodeTcpPair.contract.js';
import {
  closesAndTalksOn,
  frame,
  helloFrame,
  randomBytes,
  Stranger,
  talkingPair,
} from './nodeTcpStranger.contract.js';
import { asked, converse, eventually, heartbeat, opened } from './transportPair.contract.js';
import { encodeMessage } from './wire.js';

/** The longest length that a header can announce. */
const sixteenMiB = Uint8Array.of(255, 255, 255, 0);

describe('a stranger before the handshake', () => {
  it.each([1, 2, 3, 4, 5])('is closed when it sends random bytes (seed %i)', async (seed) => {
    const pair = await talkingPair({ handshakeMs: 200 });
    const stranger = new Stranger(pair.ports.a);
    stranger.send(randomBytes(100_000, seed));
    await closesAndTalksOn(pair, stranger);
    expect(stranger.frames).toEqual([]);
  });

  it('is closed at once when it announces 16 MiB', async () => {
    const pair = await talkingPair();
    const stranger = new Stranger(pair.ports.a);
    stranger.send(sixteenMiB);
    await closesAndTalksOn(pair, stranger);
    expect(pair.reasons.join()).toContain('a frame of 16777215 bytes, above the 4096 allowed');
  });

  it('is closed when it speaks another protocol', async () => {
    const pair = await talkingPair();
    const stranger = new Stranger(pair.ports.a);
    stranger.send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
    await closesAndTalksOn(pair, stranger);
  });

  it('is closed when it leaves in the middle of a handshake, wherever that is', async () => {
    const pair = await talkingPair();
    const hello = helloFrame();
    for (let length = 0; length < hello.length; length += 7) {
      const stranger = new Stranger(pair.ports.a);
      stranger.socket.end(hello.subarray(0, length));
      await closesAndTalksOn(pair, stranger);
    }
  });

  it('is closed when it says nothing, or its words come too slowly', async () => {
    const pair = await talkingPair({ handshakeMs: 50 });
    const silent = new Stranger(pair.ports.a);
    const slow = new Stranger(pair.ports.a);
    let sent = 0;
    await eventually(() => {
      slow.send(helloFrame().subarray(sent, ++sent));
      return sent === 20;
    }, 'some bytes are sent');
    await closesAndTalksOn(pair, silent);
    await closesAndTalksOn(pair, slow);
    expect(pair.reasons.join()).toContain('no handshake within 50 ms');
  });

  it('is let in when its words come one byte at a time, and in time', async () => {
    const pair = await talkingPair();
    const stranger = new Stranger(pair.ports.a);
    for (const byte of helloFrame({ kind: 'forward' })) stranger.send(Uint8Array.of(byte));
    await eventually(() => stranger.frames.length > 0, 'it is answered');
    expect(decodeReply(stranger.frames[0]!)).toMatchObject({ type: 'accepted', serverId: 'a' });
    stranger.socket.destroy();
  });

  const refused: readonly [string, Partial<Hello>, RegExp][] = [
    ['belongs to another cluster', { clusterId: 'x\ny' }, /cluster "contract".*"x\?y"/],
    ['wants another server', { receiverId: 'c' }, /this is "a", not "c"/],
    ['is nobody we know', { serverId: 'constructor' }, /knows of no server "constructor"/],
    ['claims our own id', { serverId: 'a' }, /two servers call themselves "a"/],
    ['has another store than before', { storeId: 'new' }, /"store of b".*"new".*folder/],
    ['speaks only later versions', { lowestVersion: 7, highestVersion: 9 }, /7 to 9.*upgrade/],
  ];
  it.each(refused)('is told why it is refused when it %s', async (_, changes, reason) => {
    const pair = await talkingPair({ handshakeMs: 200 });
    const stranger = new Stranger(pair.ports.a);
    stranger.send(helloFrame(changes));
    await eventually(() => stranger.frames.length > 0, 'it is answered');
    const reply = decodeReply(stranger.frames[0]!);
    expect(reply.type === 'refused' && reply.reason).toMatch(reason);
    expect(pair.reasons.join()).toMatch(reason);
    await closesAndTalksOn(pair, stranger);
  });
});

describe('a stranger that passed for a server', () => {
  const garbage: readonly [string, Uint8Array][] = [
    ['an empty frame', frame(() => {})],
    ['a frame of random bytes', frame((writer) => writer.bytes(randomBytes(1_000, 9)))],
    ['a length of 16 MiB', sixteenMiB],
    ['a message for another group', frame((w) => encodeMessage(w, 3, heartbeat('b', 1)))],
  ];
  for (const kind of ['raft', 'forward'] as const)
    it.each(garbage)(`is closed when it sends %s on a ${kind} connection`, async (_, bytes) => {
      const pair = await talkingPair();
      const stranger = new Stranger(pair.ports.a);
      stranger.send(helloFrame({ kind }));
      await eventually(() => stranger.frames.length > 0, 'it is let in');
      stranger.send(bytes);
      await eventually(() => pair.reasons.some((r) => r.includes('cannot be read')), 'a says so');
      await closesAndTalksOn(pair, stranger);
    });

  it('takes the place of the connection before, until the true server dials anew', async () => {
    const pair = await talkingPair();
    const stranger = new Stranger(pair.ports.a);
    stranger.send(helloFrame());
    await closesAndTalksOn(pair, stranger);
  });

  it('gets no more memory than it fills', async () => {
    const pair = await talkingPair();
    const strangers = Array.from({ length: 50 }, () => new Stranger(pair.ports.a));
    const before = process.memoryUsage().arrayBuffers;
    for (const stranger of strangers) stranger.send(helloFrame({ kind: 'forward' }));
    await eventually(() => strangers.every(({ frames }) => frames.length > 0), 'all are let in');
    const longestFrame = Uint8Array.of(0, 0, 4, 1, 1, 1, 1, 1);
    for (const stranger of strangers) stranger.send(longestFrame);
    await converse(pair.b, 'b', pair.a, 'a');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
    for (const stranger of strangers) stranger.socket.destroy();
  });

  it('cannot fill the log with refusals', async () => {
    const pair = await talkingPair();
    const before = pair.reasons.length;
    for (let i = 0; i < 100; i++) {
      const stranger = new Stranger(pair.ports.a);
      stranger.send(helloFrame({ clusterId: `cluster ${i}` }));
      await eventually(() => stranger.frames.length > 0, 'it is refused');
      stranger.socket.destroy();
    }
    expect(pair.reasons.length - before).toBeLessThan(20);
  });
});

it('is not harmed by a listener that answers nonsense', async () => {
  const pair = await pairOf({ reconnectMinMs: 1 });
  let visits = 0;
  const server = await listening((socket) => {
    visits++;
    socket.on('error', () => {});
    socket.resume();
    socket.end(randomBytes(5_000, visits));
  }, pair.ports.b);
  onTestFinished(() => closed(server));
  await opened(pair.a, pair.options('a'));
  const answers: string[] = [];
  await eventually(() => visits > 5, 'it dials again and again');
  pair.a.forward('b', 1).request(asked('command'), ({ type }) => answers.push(type));
  await eventually(() => answers.length > 0, 'a request is answered');
  expect(answers).toEqual(['notDone']);
});
