/** The standard client against servers that answer, refuse, hang up, or say nothing at all. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from '../freePorts.js';
import { RedisAppender } from './redisAppender.js';

type Behaviour = 'answers' | 'refuses' | 'hangs up' | 'is silent after connecting' | 'is silent';

const servers: Server[] = [];
const sockets: Socket[] = [];
const appenders: RedisAppender[] = [];

afterEach(() => {
  for (const appender of appenders.splice(0)) appender.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that does so when it is asked to append; answers its port, and what it was asked. */
async function serve(behaviour: Behaviour) {
  let appends = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      if (behaviour === 'is silent') return;
      const isAppend = /append/iu.test(text);
      if (isAppend) appends++;
      if (!isAppend) socket.write(plainAnswers(text));
      else if (behaviour === 'answers') socket.write(':12\r\n');
      else if (behaviour === 'refuses') socket.write('-CLUSTERDOWN nothing was done\r\n');
      else if (behaviour === 'hangs up') socket.destroy();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, appends: () => appends };
}

/** Whatever a client asks on connecting: one answer for each request that begins in `text`. */
function plainAnswers(text: string): string {
  return (text.match(/^\*\d+\r$/gmu) ?? []).map(() => '+OK\r\n').join('');
}

function appenderTo(ports: readonly number[], answerMsMax = 5_000): RedisAppender {
  let attempts = 0;
  const appender = new RedisAppender({
    ports,
    choose: (below) => attempts++ % below,
    answerMsMax,
  });
  appenders.push(appender);
  return appender;
}

describe('an append through ioredis', () => {
  it('is done, and says how long the value is with it', async () => {
    const { port } = await serve('answers');
    const appender = appenderTo([port]);
    expect(await appender.whenReady()).toBe(true);
    expect(await appender.append('k', 'tag;')).toEqual({ type: 'done', length: 12 });
  });

  it('is not done when the server answers an error', async () => {
    const { port } = await serve('refuses');
    const appender = appenderTo([port]);
    await appender.whenReady();
    const reason = 'CLUSTERDOWN nothing was done';
    expect(await appender.append('k', 'tag;')).toEqual({ type: 'notDone', reason });
  });

  it('is unknown when the server hangs up, and is not sent again', async () => {
    const [lost, next] = [await serve('hangs up'), await serve('answers')];
    const appender = appenderTo([lost.port, next.port]);
    await appender.whenReady();
    expect(await appender.append('k', 'tag;')).toMatchObject({ type: 'unknown' });
    expect(await appender.whenReady()).toBe(true);
    expect(await appender.append('k', 'other;')).toMatchObject({ type: 'done' });
    expect([lost.appends(), next.appends()]).toEqual([1, 1]);
  });

  it('is unknown when there is no answer in time', async () => {
    const { port } = await serve('is silent after connecting');
    const appender = appenderTo([port], 50);
    await appender.whenReady();
    expect(await appender.append('k', 'tag;')).toMatchObject({ type: 'unknown' });
  });

  it('goes to another server when one is down, or connects and says nothing', async () => {
    const [down] = await freePorts(1);
    const [stopped, up] = [await serve('is silent'), await serve('answers')];
    const appender = appenderTo([down!, stopped.port, up.port]);
    expect(await appender.whenReady()).toBe(true);
    expect(await appender.append('k', 'tag;')).toMatchObject({ type: 'done' });
  });
});

describe('a closed appender', () => {
  it('is not ready any more, even if no server answers', async () => {
    const [down] = await freePorts(1);
    const appender = appenderTo([down!]);
    const isReady = appender.whenReady();
    appender.close();
    expect(await isReady).toBe(false);
    expect(await appender.append('k', 'tag;')).toMatchObject({ type: 'notDone' });
  });
});
