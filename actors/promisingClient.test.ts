/** Tests of the client's edge: promises, signals, codecs and typed errors. */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { PromisingClient, type PromisingClientOptions } from './promisingClient.js';
import { RaftError } from './raftError.js';
import type { ForwardAnswer, ForwardRequest } from './transport.js';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A client whose session is opened at once, and whose other calls wait for the test. */
function edge(options: Partial<PromisingClientOptions> = {}) {
  const clock = new ManualClock();
  const calls: { what: ForwardRequest; done: (answer: ForwardAnswer) => void }[] = [];
  const port = {
    request(what: ForwardRequest, done: (answer: ForwardAnswer) => void) {
      if (what.kind === 'command' || what.kind === 'query') calls.push({ what, done });
      else done({ type: 'done', index: 7, bytes: new Uint8Array(0) });
    },
  };
  const client = new PromisingClient<unknown, unknown, unknown, unknown>({
    port,
    clock,
    ...options,
  });
  return { clock, calls, client };
}

const done = (value: unknown): ForwardAnswer => ({ type: 'done', index: 8, bytes: json(value) });

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );
}

describe('PromisingClient', () => {
  it('sends commands and queries through its codec, and answers with what comes back', async () => {
    const { calls, client } = edge();
    const executed = client.execute({ add: 1 });
    const queried = client.query('total');
    calls[0]!.done(done({ total: 1 }));
    calls[1]!.done(done(1));
    expect(calls[0]!.what).toMatchObject({ kind: 'command', sessionId: 7, sequence: 1 });
    expect(calls[0]!.what.bytes).toEqual(json({ add: 1 }));
    expect(calls[1]!.what).toMatchObject({ kind: 'query', sessionId: 0, sequence: 0 });
    expect(await executed).toEqual({ total: 1 });
    expect(await queried).toBe(1);
  });

  it('sends in the order of the calls, before anything is awaited', () => {
    const { calls, client } = edge();
    for (const each of [1, 2, 3]) void client.execute(each);
    expect(calls.map(({ what }) => new TextDecoder().decode(what.bytes))).toEqual(['1', '2', '3']);
  });

  it('rejects with what the state machine threw, which was applied', async () => {
    const { calls, client } = edge();
    const error = caught(client.execute(1));
    calls[0]!.done({ type: 'threw', message: 'no such account' });
    expect(await error).toMatchObject({
      code: 'RAFT_APPLY_THREW',
      outcome: 'done',
      message: 'no such account',
    });
  });

  it('gives up after five seconds, or when it is told to', async () => {
    const { clock, client } = edge();
    const [usual, short] = [
      caught(client.execute(1)),
      caught(client.execute(1, { timeoutMs: 10 })),
    ];
    clock.advance(10);
    const error = { code: 'RAFT_TIMEOUT', outcome: 'unknown' };
    expect(await short).toMatchObject({ ...error, message: 'no answer within 10 ms' });
    clock.advance(4_990);
    expect(await usual).toMatchObject({ ...error, message: 'no answer within 5000 ms' });
  });

  it('says when its session has expired', async () => {
    const { calls, client } = edge();
    const error = caught(client.execute(1));
    calls[0]!.done({ type: 'expired', reason: 'session 7 has expired' });
    expect(await error).toMatchObject({
      code: 'RAFT_SESSION_EXPIRED',
      outcome: 'unknown',
      message: 'session 7 has expired',
    });
  });

  it('says when there is too much, and when there will be nothing any more', async () => {
    const { client } = edge({ settings: { unansweredMax: 1 } });
    const first = caught(client.execute(1));
    expect(await caught(client.execute(2))).toMatchObject({
      code: 'RAFT_OVERLOADED',
      outcome: 'notDone',
    });
    await client.stop();
    const stopped = { code: 'RAFT_STOPPED', outcome: 'unknown' };
    expect(await first).toMatchObject(stopped);
    expect(await caught(client.query(1))).toMatchObject({ ...stopped, outcome: 'notDone' });
    await client[Symbol.asyncDispose]();
  });

  it('refuses commands and queries that are too large, before they are sent', async () => {
    const { calls, client } = edge({ commandBytesMax: 4 });
    const tooLarge = { code: 'RAFT_TOO_LARGE', outcome: 'notDone' };
    expect(await caught(client.execute('abc'))).toMatchObject({
      ...tooLarge,
      message: 'a command of 5 bytes is larger than commandBytesMax, 4',
    });
    expect(await caught(client.query('abc'))).toMatchObject(tooLarge);
    expect(calls).toEqual([]);
  });

  it('rejects where the codec cannot read or write', async () => {
    const { calls, client } = edge();
    expect(await caught(client.execute(1n))).toBeInstanceOf(TypeError);
    const error = caught(client.query(1));
    calls[0]!.done({ type: 'done', index: 8, bytes: Uint8Array.of(0x7b) });
    expect(await error).toBeInstanceOf(SyntaxError);
  });
});

describe('a signal', () => {
  it('that was given before sends nothing: its reason is thrown', async () => {
    const { calls, client } = edge();
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    expect(await caught(client.execute(1, { signal }))).toBe(reason);
    expect(calls).toEqual([]);
  });

  it('throws its reason when the command certainly has no effect', async () => {
    const { calls, client } = edge({ settings: { requestsInFlightMax: 1 } });
    const [refused, unsent] = [new AbortController(), new AbortController()];
    const first = caught(client.execute(1, { signal: refused.signal }));
    const second = caught(client.execute(2, { signal: unsent.signal }));
    unsent.abort('never sent');
    expect(await second).toBe('never sent');
    calls[0]!.done({ type: 'notDone', reason: 'no leader' });
    refused.abort('refused');
    expect(await first).toBe('refused');
  });

  it('leaves the outcome unknown when the command was sent; its reason is the cause', async () => {
    const { client } = edge();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const error = caught(client.execute(1, { signal: controller.signal }));
    controller.abort(reason);
    expect(await error).toBeInstanceOf(RaftError);
    expect(await error).toMatchObject({ code: 'RAFT_ABORTED', outcome: 'unknown', cause: reason });
  });

  it('throws its reason for a query, sent or not', async () => {
    const { client } = edge();
    const controller = new AbortController();
    const error = caught(client.query(1, { signal: controller.signal }));
    controller.abort('enough');
    expect(await error).toBe('enough');
  });

  it('is let go of once there is an answer, also one that comes at once', async () => {
    const { calls, client } = edge({ settings: { unansweredMax: 1 } });
    const { signal } = new AbortController();
    const first = client.execute(1, { signal });
    await caught(client.execute(2, { signal }));
    calls[0]!.done(done(1));
    await first;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
