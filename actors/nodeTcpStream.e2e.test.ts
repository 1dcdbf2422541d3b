import { describe, expect, it } from 'vitest';
import { encodeRequest } from './forwardFormat.js';
import {
  closesAndTalksOn,
  frame,
  helloFrame,
  randomBytes,
  Stranger,
  talkingPair,
} from './nodeTcpStranger.contract.js';
import { asked, converse, eventually, heartbeat } from './transportPair.contract.js';
import { encodeMessage } from './wire.js';

describe('a valid stream', () => {
  const message = (term: number) =>
    frame((writer) => encodeMessage(writer, 0, heartbeat('b', term)));
  const request = (term: number) =>
    frame((writer) => encodeRequest(writer, 1, term, asked('command', randomBytes(40, 3))));
  const nobody = { serverId: '', storeId: '', receiverId: '' };
  const streams = {
    raft: [helloFrame(), message(3), message(4)],
    forward: [helloFrame({ kind: 'forward' }), request(3), request(3)],
    client: [helloFrame({ kind: 'client', ...nobody }), request(0), request(0)],
  } as const;
  const kinds = Object.keys(streams) as (keyof typeof streams)[];

  it.each(kinds)('of kind %s harms nobody, wherever it is cut off or altered', async (kind) => {
    const pair = await talkingPair({ handshakeMs: 100 });
    const whole = Uint8Array.from(streams[kind].flatMap((part) => [...part]));
    const strangers: Stranger[] = [];
    for (let at = 0; at < whole.length; at += 5) {
      const cut = new Stranger(pair.ports.a);
      cut.socket.end(whole.subarray(0, at));
      const altered = new Stranger(pair.ports.a);
      altered.socket.end(whole.with(at, whole[at]! ^ (1 << (at % 8))));
      strangers.push(cut, altered);
    }
    await eventually(() => strangers.every(({ isClosed }) => isClosed), 'all are closed');
    await converse(pair.b, 'b', pair.a, 'a');
    await converse(pair.a, 'a', pair.b, 'b');
  });

  const wrong: readonly [string, readonly Uint8Array[]][] = [
    ['a second hello', [streams.raft[0], streams.raft[0]]],
    ['requests on a raft connection', [streams.raft[0], request(3)]],
    ['messages on a forward connection', [streams.forward[0], message(3)]],
    ['messages on a client connection', [streams.client[0], message(3)]],
    ['a request for no term on a forward connection', [streams.forward[0], request(0)]],
    ['a request for a term on a client connection', [streams.client[0], request(3)]],
    ['a fragment before the handshake', [Uint8Array.of(1, 0, 0, 1, 7)]],
    ['the empty fragment', [streams.raft[0], Uint8Array.of(0, 0, 0, 1)]],
    ['a part that there is not', [streams.raft[0], Uint8Array.of(1, 0, 0, 3, 7)]],
    ['the last fragment of garbage', [streams.raft[0], Uint8Array.of(1, 0, 0, 2, 7)]],
  ];
  it.each(wrong)('is refused, in one line, with %s', async (_, parts) => {
    const pair = await talkingPair();
    const taken: unknown[] = [];
    pair.a.forwarded$.subscribe((arrived) => taken.push(arrived));
    pair.a.clients$.subscribe((arrived) => taken.push(arrived));
    const stranger = new Stranger(pair.ports.a);
    for (const part of parts) stranger.send(part);
    await eventually(() => stranger.isClosed, 'the stranger is closed');
    await eventually(() => pair.reasons.some((r) => r.includes('cannot be read')), 'a says so');
    expect(pair.reasons.filter((reason) => reason.includes('cannot be read'))).toHaveLength(1);
    expect(taken).toEqual([]);
    await closesAndTalksOn(pair, stranger);
  });
});
