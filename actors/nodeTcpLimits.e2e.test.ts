import { describe, expect, it } from 'vitest';
import type { Message } from '../machines/messages.js';
import { noticesOf, pairOf, reasonsOf } from './nodeTcpPair.contract.js';
import { muteServer } from './nodeTcpStranger.contract.js';
import type { ForwardAnswer } from './transport.js';
import {
  asked,
  converse,
  eventually,
  heartbeat,
  opened,
  openPair,
} from './transportPair.contract.js';

function bigMessage(bytes: number): Message {
  const positions = { index: 41, term: 1, stampMs: 0, sessionId: 0, sequence: 0 };
  const entry = { ...positions, firstUnacknowledged: 0, bytes: new Uint8Array(bytes) };
  return { ...heartbeat('a', 1), entries: [{ ...entry, kind: 'command' }] };
}

describe('limits', () => {
  it('drops messages while too much is unsent, says so once, and sends again later', async () => {
    const pair = await pairOf({ queueBytesMax: 100_000, silenceMs: 60_000 });
    const notices = noticesOf(pair.a);
    let largestTerm = 0;
    const mute = await muteServer(pair, (body) => {
      largestTerm = Math.max(
        largestTerm,
        new DataView(body.buffer, body.byteOffset).getUint32(6, true),
      );
    });
    await opened(pair.a, pair.options('a'));
    await eventually(() => mute.sockets.length === 1, 'a is connected');
    await eventually(() => {
      pair.a.send('b', 0, heartbeat('a', 1));
      return largestTerm === 1;
    }, 'the first message arrives');
    mute.sockets[0]!.pause();
    const big = bigMessage(60_000);
    const before = process.memoryUsage().arrayBuffers;
    await eventually(() => {
      for (let i = 0; i < 100; i++) pair.a.send('b', 0, big);
      return reasonsOf(notices).includes('messages are dropped');
    }, 'messages are dropped');
    for (let i = 0; i < 10_000; i++) pair.a.send('b', 0, big);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    expect(reasonsOf(notices).match(/dropped/g)).toHaveLength(1);
    mute.sockets[0]!.resume();
    await eventually(() => {
      pair.a.send('b', 0, heartbeat('a', 77));
      return largestTerm === 77;
    }, 'messages flow again');
  });

  it('drops a message that is too long, says so, and sends what follows', async () => {
    const pair = await pairOf({ messageBytesMax: 10_000 });
    const notices = noticesOf(pair.a);
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    await converse(pair.b, 'b', pair.a, 'a');
    const terms: number[] = [];
    pair.b.messages$.subscribe(({ term }) => terms.push(term));
    pair.a.send('b', 0, heartbeat('a', 501));
    pair.a.send('b', 0, bigMessage(10_000));
    pair.a.send('b', 0, heartbeat('a', 502));
    await eventually(() => terms.length >= 2, 'the others arrive');
    expect(terms).toEqual([501, 502]);
    await converse(pair.b, 'b', pair.a, 'a');
    pair.a.send('b', 0, bigMessage(10_000));
    expect(reasonsOf(notices).match(/raise messageBytesMax/g)).toHaveLength(1);
  });

  it('answers what is too large or too much to forward', async () => {
    const pair = await pairOf({ messageBytesMax: 10_000, forward: { requestsMax: 2 } });
    await openPair(pair);
    pair.b.forwarded$.subscribe(() => {});
    const stream = pair.a.forward('b', 1);
    const answers: ForwardAnswer[] = [];
    const ask = (bytes: number) =>
      stream.request(asked('command', new Uint8Array(bytes)), (answer) => answers.push(answer));
    for (const bytes of [20_000, 10, 10]) ask(bytes);
    await eventually(() => answers.length === 2, 'two are answered');
    expect(answers).toEqual([
      { type: 'notDone', reason: 'a request of 20000 bytes does not fit a message of 10000' },
      { type: 'notDone', reason: 'overloaded' },
    ]);
  });

  it('answers unknown when the answer is too large to send', async () => {
    const pair = await pairOf({ messageBytesMax: 10_000 });
    await openPair(pair);
    pair.b.forwarded$.subscribe((request) =>
      request.answer({ type: 'done', index: 1, bytes: new Uint8Array(20_000) }),
    );
    const answers: ForwardAnswer[] = [];
    pair.a.forward('b', 1).request(asked('query'), (answer) => answers.push(answer));
    await eventually(() => answers.length > 0, 'it is answered');
    const reason = 'the answer does not fit a message of 10000 bytes';
    expect(answers).toEqual([{ type: 'unknown', reason }]);
  });

  it('reads no further request of someone who does not read the answers', async () => {
    const pair = await pairOf({ queueBytesMax: 100_000 });
    await openPair(pair);
    let arrived = 0;
    pair.b.forwarded$.subscribe((request) => {
      arrived++;
      request.answer({ type: 'done', index: 1, bytes: new Uint8Array(50_000) });
    });
    const stream = pair.a.forward('b', 1);
    let answered = 0;
    const count = 1_500;
    for (let i = 0; i < count; i++)
      stream.request(asked('query', new Uint8Array(10)), ({ type }) => {
        if (type === 'done') answered++;
      });
    await eventually(() => answered === count, 'all are answered all the same');
    expect(arrived).toBe(count);
  });
});
