import { describe, expect, it } from 'vitest';
import type { AppendEntriesRequest } from '../machines/messages.js';
import { ByteReader } from './bytes.js';
import { FrameFragments } from './frameFragments.js';
import { noticesOf, pairOf, reasonsOf } from './nodeTcpPair.contract.js';
import { type MuteServer, muteServer } from './nodeTcpStranger.contract.js';
import type { Transport } from './transport.js';
import {
  asked,
  converse,
  eventually,
  heartbeat,
  opened,
  openPair,
} from './transportPair.contract.js';
import { decodeMessage } from './wire.js';

const mebibyte = 1024 * 1024;

/** Stands on entry `prevLogIndex`, and brings one of so many bytes. */
function append(prevLogIndex: number, bytes: number): AppendEntriesRequest {
  const index = prevLogIndex + 1;
  const positions = { index, term: 1, stampMs: 0, sessionId: 0, sequence: 0 };
  const body = new Uint8Array(bytes).map((_, i) => i * 7);
  const entry = { ...positions, firstUnacknowledged: 0, kind: 'command', bytes: body } as const;
  return { ...heartbeat('a', 1), prevLogIndex, entries: [entry] };
}

const beat = (term: number, prevLogIndex: number) => ({ ...heartbeat('a', term), prevLogIndex });

describe('a message that is longer than a frame', () => {
  it('arrives as it was sent', async () => {
    const pair = await pairOf();
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    const arrived: AppendEntriesRequest[] = [];
    pair.b.messages$.subscribe((message) => arrived.push(message as AppendEntriesRequest));
    const sent = [append(41, 8 * mebibyte), append(42, 256 * 1024), append(43, 3)];
    for (const message of sent) pair.a.send('b', 0, message);
    await eventually(() => arrived.length === 3, 'they arrive');
    for (const [i, { prevLogIndex, entries }] of arrived.entries()) {
      expect(prevLogIndex).toBe(sent[i]!.prevLogIndex);
      expect(Buffer.compare(entries[0]!.bytes, sent[i]!.entries[0]!.bytes)).toBe(0);
    }
  });

  it('may be a request, or an answer, and their order stays', async () => {
    const pair = await pairOf();
    await openPair(pair);
    const lengths: number[] = [];
    pair.b.forwarded$.subscribe((request) => {
      lengths.push(request.bytes.length);
      request.answer({ type: 'done', index: 1, bytes: request.bytes });
    });
    const stream = pair.a.forward('b', 1);
    const answered: number[] = [];
    const sizes = [1, 8 * mebibyte, 2, 300_000, 3];
    for (const size of sizes)
      stream.request(asked('command', new Uint8Array(size)), (answer) =>
        answered.push(answer.type === 'done' ? answer.bytes.length : -1),
      );
    await eventually(() => answered.length === sizes.length, 'all are answered');
    expect(lengths).toEqual(sizes);
    expect(answered).toEqual(sizes);
    stream.close();
  });
});

describe('a long message under way', () => {
  /** What b reads, once it reads: every frame with its part, every message. */
  async function stalled(): Promise<{
    a: Transport;
    resume: () => void;
    seen: string[];
    reasons: () => string;
  }> {
    const pair = await pairOf({ queueBytesMax: 30 * mebibyte, silenceMs: 60_000 });
    const notices = noticesOf(pair.a);
    const seen: string[] = [];
    const fragments = new FrameFragments(16 * mebibyte);
    const mute: MuteServer = await muteServer(pair, (body, part) => {
      if (part === 'fragment') return fragments.add(body);
      const bytes = part === 'whole' ? body : fragments.end(body);
      const message = decodeMessage(new ByteReader(bytes), 'a');
      seen.push(
        `${message.type} ${'prevLogIndex' in message ? message.prevLogIndex : ''} ${message.term}`,
      );
    });
    await opened(pair.a, pair.options('a'));
    await eventually(() => {
      pair.a.send('b', 0, beat(1, 1));
      return seen.length > 0;
    }, 'a is connected');
    await new Promise((resolve) => setImmediate(resolve));
    mute.sockets[0]!.pause();
    seen.length = 0;
    return {
      a: pair.a,
      seen,
      resume: () => void mute.sockets[0]!.resume(),
      reasons: () => reasonsOf(notices),
    };
  }

  const big = 8 * mebibyte;
  const [bigA, bigB, bigC] = [append(40, big), append(41, big), append(42, big)];
  const vote = {
    type: 'RequestVoteResponse',
    from: 'a',
    atMs: 0,
    term: 9,
    voteGranted: true,
  } as const;

  it('is overtaken by heartbeats, votes and answers', async () => {
    const { a, resume, seen } = await stalled();
    for (const message of [bigA, bigB, bigC]) a.send('b', 0, message);
    // The kernel takes what it takes; then all is as it would be on a slow network.
    await new Promise((resolve) => setImmediate(resolve));
    a.send('b', 0, beat(7, 40));
    a.send('b', 0, vote);
    resume();
    await eventually(() => seen.length === 5, 'all arrive');
    const appends = seen.filter((line) => /^AppendEntriesRequest 4[0-2] 1$/.test(line));
    expect(appends.map((line) => line.split(' ')[1])).toEqual(['40', '41', '42']);
    const last = seen.indexOf('AppendEntriesRequest 42 1');
    expect(seen.indexOf('RequestVoteResponse  9')).toBeLessThan(last);
    expect(seen.length - 1).toBe(last);
  });

  it('is not overtaken by a heartbeat that stands on it, or that would be refused', async () => {
    const { a, resume, seen } = await stalled();
    for (const message of [bigA, bigB, bigC]) a.send('b', 0, message);
    await new Promise((resolve) => setImmediate(resolve));
    a.send('b', 0, beat(7, 43));
    resume();
    await eventually(() => seen.length === 4, 'all arrive');
    expect(seen.at(-1)).toBe('AppendEntriesRequest 43 7');
  });

  it('leaves room for a heartbeat even where it leaves none for entries', async () => {
    const { a, resume, seen, reasons } = await stalled();
    for (const message of [bigA, bigB, bigC, bigC, bigC, bigC, bigC]) a.send('b', 0, message);
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 10; i++) a.send('b', 0, bigC);
    a.send('b', 0, vote);
    expect(reasons()).toContain('messages are dropped');
    resume();
    await eventually(() => seen.includes('RequestVoteResponse  9'), 'the vote arrives');
  });
});
