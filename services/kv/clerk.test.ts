/** Tests of the clerk, over a real client, session table and store, and a network that loses. */
import { describe, expect, it } from 'vitest';
import { PromisingClient } from '../../actors/promisingClient.js';
import { Sessions } from '../../actors/sessions.js';
import type { ForwardAnswer, ForwardRequest } from '../../actors/transport.js';
import { ManualClock } from '../../properties/support/manualClock.js';
import { Clerk, KvError } from './clerk.js';
import { encodeCommand, operation } from './kvCommand.js';
import { bytesCodec, kvStateMachine } from './kvStore.js';
import { failure } from './reply.js';

/** A store, and a clerk whose answers are lost as `isLost` says, by the number of the call. */
function store(isLost: (call: number) => boolean = () => false) {
  const clock = new ManualClock();
  const machine = kvStateMachine();
  const sessions = new Sessions();
  let index = 0;
  let calls = 0;
  const apply = (what: ForwardRequest): ForwardAnswer => {
    if (what.kind === 'query') return { type: 'done', index, bytes: machine.query(what.bytes) };
    const entry = { ...what, index: ++index, stampMs: 0 };
    if (what.kind === 'openSession') sessions.open(entry);
    if (what.kind !== 'command') return { type: 'done', index, bytes: new Uint8Array(0) };
    const admission = sessions.admit(entry);
    if (admission.type === 'answered')
      return { type: 'done', index: admission.answer.index, bytes: admission.answer.bytes };
    const bytes = machine.apply(what.bytes, { index, term: 1, at: 0, random: () => 0 });
    sessions.remember(entry, { threw: false, bytes });
    return { type: 'done', index, bytes };
  };
  const port = {
    request(what: ForwardRequest, done: (answer: ForwardAnswer) => void) {
      const answer = apply(what);
      done(isLost(++calls) ? { type: 'unknown', reason: 'lost' } : answer);
    },
  };
  const client = new PromisingClient<Uint8Array, Uint8Array, Uint8Array, Uint8Array>({
    port,
    clock,
    codec: bytesCodec,
  });
  return { clerk: new Clerk(client), client, clock, calls: () => calls };
}

describe('a clerk', () => {
  it('gets what was put and appended', async () => {
    const { clerk } = store();
    await clerk.put('a key', 'ﬁrst');
    await clerk.append('a key', ', and \ufeffmore');
    await clerk.append('another', 'new');
    expect(await clerk.get('a key')).toBe('ﬁrst, and \ufeffmore');
    expect(await clerk.get('another')).toBe('new');
    expect(await clerk.get('a')).toBeUndefined();
  });

  it('tells an empty value from none', async () => {
    const { clerk } = store();
    await clerk.put('key', '');
    expect(await clerk.get('key')).toBe('');
  });

  it('appends exactly once, though every other answer is lost', async () => {
    const { clerk, clock, calls } = store((call) => call % 2 === 1);
    const appended = Promise.all(['1', '2', '3', '4'].map((each) => clerk.append('key', each)));
    clock.advance(1_000);
    await appended;
    expect(calls()).toBeGreaterThan(6);
    const value = clerk.get('key');
    clock.advance(1_000);
    expect((await value)!.split('').sort()).toEqual(['1', '2', '3', '4']);
  });

  it('says what the store refuses, as an error of its own', async () => {
    const refusing = () => Promise.resolve(failure('ERR string exceeds maximum allowed size'));
    const clerk = new Clerk({ execute: refusing, query: refusing });
    for (const asked of [clerk.get('k'), clerk.put('k', 'v'), clerk.append('k', 'v')]) {
      const error = await asked.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KvError);
      expect(error).toMatchObject({
        name: 'KvError',
        code: 'ERR',
        message: 'ERR string exceeds maximum allowed size',
      });
    }
  });

  it('hands on what the connection rejects with', async () => {
    const { clerk, client } = store();
    await client.stop();
    await expect(clerk.put('key', 'value')).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
  });

  it('does not pretend that a value is text', async () => {
    const { clerk, client } = store();
    const pieces = [new TextEncoder().encode('key'), Uint8Array.of(0xff)];
    await client.execute(encodeCommand(operation.set, 0, ...pieces));
    await expect(clerk.get('key')).rejects.toThrow('the value of "key" is no text in UTF-8');
  });
});
