/**
 * Those whom the tests of the TCP transport let loose on it: a stranger who sends any bytes, and a
 * server that lets everybody in and never says a word.
 */
import { connect, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { ByteWriter } from './bytes.js';
import { beginFrame, endFrame, FrameReader } from './frame.js';
import { encodeHello, encodeReply, type Hello } from './handshakeFormat.js';
import { closed, listening, loopback, type TcpPair } from './nodeTcpPair.contract.js';

/** One frame around what `write` writes. */
export function frame(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  const start = beginFrame(writer);
  write(writer);
  endFrame(writer, start);
  return writer.finish();
}

/** What server b says when it dials server a of the pair, unless told otherwise. */
export function helloFrame(changes: Partial<Hello> = {}): Uint8Array {
  const versions = { lowestVersion: 1, highestVersion: 1, recoveryEpoch: 0, featureLevel: 1 };
  const names = { clusterId: 'contract', serverId: 'b', storeId: 'store of b', receiverId: 'a' };
  return frame((writer) =>
    encodeHello(writer, { ...versions, ...names, kind: 'raft', ...changes }),
  );
}

/** Somebody who dials and sends bytes; what comes back is cut into frames. */
export class Stranger {
  readonly socket: Socket;
  readonly frames: Uint8Array[] = [];
  isClosed = false;

  constructor(port: number) {
    const reader = new FrameReader();
    this.socket = connect(port, loopback);
    this.socket.on('data', (chunk) => reader.push(chunk, (body) => this.frames.push(body)));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }
}

/** Listens as server b, lets everybody in, and says nothing more. */
export async function muteServer(
  pair: TcpPair,
  onFrame: (body: Uint8Array) => void = () => {},
): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const names = { serverId: 'b', storeId: 'store of b' };
  const reply = {
    type: 'accepted',
    version: 1,
    ...names,
    recoveryEpoch: 0,
    featureLevel: 1,
  } as const;
  const server = await listening((socket) => {
    sockets.push(socket);
    const reader = new FrameReader();
    let isFirst = true;
    socket.on('error', () => {});
    socket.on('data', (chunk) =>
      reader.push(chunk, (body) => {
        if (isFirst) socket.write(frame((writer) => encodeReply(writer, reply)));
        else onFrame(body);
        isFirst = false;
      }),
    );
  }, pair.ports.b);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  });
  return { server, sockets };
}
