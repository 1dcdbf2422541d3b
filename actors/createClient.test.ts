import { expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { type ClientOptions, createClient } from './createClient.js';
import { jsonCodec } from './stateMachine.js';
import type { ForwardRequest } from './transport.js';

/** A way to a cluster that answers each command with itself. */
function echo() {
  const asked: ForwardRequest[] = [];
  let closed = 0;
  const port: ClientOptions['port'] = {
    request(what, done) {
      asked.push(what);
      done({ type: 'done', index: 7, bytes: what.bytes });
    },
    close(done) {
      closed++;
      done();
    },
  };
  return { asked, port, closed: () => closed };
}

it('carries typed commands in a session, and typed answers back', async () => {
  const { asked, port } = echo();
  const client = createClient<{ add: number }, { add: number }>({ port, clock: new ManualClock() });
  expect(await client.execute({ add: 1 })).toEqual({ add: 1 });
  expect(asked.map(({ kind }) => kind)).toEqual(['openSession', 'command']);
  expect(jsonCodec.decode(asked[1]!.bytes)).toEqual({ add: 1 });
});

it('closes its session, then its port, once', async () => {
  const { asked, port, closed } = echo();
  const client = createClient<number, number>({ port, clock: new ManualClock() });
  await client.execute(1);
  await Promise.all([client.stop(), client.stop()]);
  await client[Symbol.asyncDispose]();
  expect(asked.at(-1)?.kind).toBe('closeSession');
  expect(closed()).toBe(1);
});
