import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { grpcGenerator } from './grpcLoad.js';
import { putRequest } from './grpcMessage.js';
import type { Generator, Load } from './load.js';
import { encodeCommand, respGenerator } from './respLoad.js';
import { keyName, value } from './workload.js';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

function listen(server: Server): Promise<number> {
  endings.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function open(generator: Generator, port: number, outstanding: number): Promise<Load> {
  const load = await generator.open(port, 'set', outstanding);
  endings.push(() => load.close());
  return load;
}

/** Answers every SET with `answer`, in its own turn of the event loop, so that requests gather. */
function redis(answer: string, onRequests: (count: number) => void = () => {}): Promise<number> {
  const requestBytes = encodeCommand('SET', keyName(0), value).length;
  return listen(
    createServer((socket: Socket) => {
      let rest = 0;
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        const count = Math.floor((rest + chunk.length) / requestBytes);
        rest = (rest + chunk.length) % requestBytes;
        onRequests(count);
        setImmediate(() => socket.write(answer.repeat(count)));
      });
    }),
  );
}

describe('a closed loop in the Redis protocol', () => {
  it('does as many operations as it was told, and never more than wanted at once', async () => {
    let requests = 0;
    let together = 0;
    const port = await redis('+OK\r\n', (count) => {
      requests += count;
      together = Math.max(together, count);
    });
    const load = await open(respGenerator(1), port, 8);
    expect((await load.drive({ operations: 1000 })).operations).toBe(1000);
    expect(requests).toBe(1000);
    expect(together).toBe(8);
  });

  it('shares what is outstanding among its connections', async () => {
    let together = 0;
    const port = await redis('+OK\r\n', (count) => {
      together = Math.max(together, count);
    });
    const load = await open(respGenerator(4), port, 4);
    expect((await load.drive({ operations: 100 })).operations).toBe(100);
    expect(together).toBe(1);
  });

  it('fails where an operation is refused, and quotes the reply', async () => {
    const load = await open(respGenerator(1), await redis('-ERR full\r\n'), 2);
    await expect(load.drive({ operations: 10 })).rejects.toThrow('ERR full');
  });

  it('fails where the server hangs up', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end())));
    const load = await open(respGenerator(1), port, 2);
    await expect(load.drive({ operations: 10 })).rejects.toThrow('hung up');
  });
});

/** An HTTP/2 server of someone else's making; `message` is its answer, an empty one a refusal. */
function grpc(message: Buffer, onCall: (path: string, request: Buffer) => void): Promise<number> {
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      onCall(String(headers[':path']), Buffer.concat(parts));
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(message);
    });
  });
  return listen(server);
}

describe('a closed loop of gRPC calls', () => {
  it('is understood by an HTTP/2 server, call by call', async () => {
    const paths = new Set<string>();
    const requests = new Set<string>();
    let calls = 0;
    const port = await grpc(Buffer.alloc(5), (path, request) => {
      calls++;
      paths.add(path);
      requests.add(request.toString('hex'));
    });
    const load = await open(grpcGenerator(2), port, 8);
    expect((await load.drive({ operations: 500 })).operations).toBe(500);
    // Each connection begins with a call of its own, which is not counted.
    expect(calls).toBe(502);
    expect([...paths]).toEqual(['/etcdserverpb.KV/Put']);
    expect(requests).toContain(Buffer.from(putRequest(keyName(0), value)).toString('hex'));
    expect(requests.size).toBe(500);
  });

  it('fails where a call ends without a message', async () => {
    const port = await grpc(Buffer.alloc(0), () => {});
    const load = await open(grpcGenerator(1), port, 2);
    await expect(load.drive({ operations: 10 })).rejects.toThrow('etcd refused a set');
  });
});
