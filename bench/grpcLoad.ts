/**
 * Load on etcd's KV service: gRPC calls whose frames are made beforehand, several calls to a
 * connection.
 */
import { type LoadProtocol, openClosedLoop } from './closedLoop.js';
import { concatenate, putRequest, rangeRequest } from './grpcMessage.js';
import {
  acknowledgement,
  callFrames,
  connectionPreface,
  endStream,
  FrameScanner,
  firstHeaderBlock,
  frame,
  frameHeaderBytes,
  frameType,
  repeatedHeaderBlock,
  streamIdAt,
  windowUpdate,
} from './http2Frame.js';
import type { Generator } from './load.js';
import { type Kind, keyName, RequestBlock, value, valueBytes } from './workload.js';

/**
 * At most `connections` at once, each with its share of what is outstanding as streams of its own.
 */
export function grpcGenerator(connections: number): Generator {
  return {
    name: `gRPC over node:net, ${connections} connection${connections === 1 ? '' : 's'}`,
    async open(port, kind, outstanding) {
      const block = new RequestBlock((key) =>
        callFrames(0, repeatedHeaderBlock(), encodeKind(kind, key)),
      );
      const protocol = () => new GrpcProtocol(port, kind, block);
      return openClosedLoop(port, connections, outstanding, protocol);
    },
  };
}

function encodeKind(kind: Kind, key: string): Uint8Array {
  return kind === 'set' ? putRequest(key, value) : rangeRequest(key);
}

/**
 * What we let the server send before it must wait for a window update; renewed when half of it is
 * used.
 */
const receiveWindowBytes = 2 ** 30;
/** RFC 9113, section 6.9.2: what we may send before the server's first window update. */
const sendWindowBytes = 65_535;
/** More calls than this are never between the oldest unanswered call and the newest. */
const callsMax = 2 ** 16;
const openingStreamId = 1;
const headerBlockBytes = repeatedHeaderBlock().length;
const dataFrameAt = frameHeaderBytes + headerBlockBytes;

class GrpcProtocol implements LoadProtocol {
  readonly greeting: Uint8Array;
  readonly #kind: Kind;
  readonly #block: RequestBlock;
  readonly #scanner = new FrameScanner();
  readonly #beganMs = new Float64Array(callsMax);
  readonly #hasMessage = new Uint8Array(callsMax);
  #nextStreamId = openingStreamId + 2;
  #received = 0;
  #sendWindow = sendWindowBytes;

  constructor(port: number, kind: Kind, block: RequestBlock) {
    this.#kind = kind;
    this.#block = block;
    // The first call puts its header lines into the table that all later calls refer to; nobody
    // waits for it.
    const path = `/etcdserverpb.KV/${kind === 'set' ? 'Put' : 'Range'}`;
    const headers = firstHeaderBlock(path, `127.0.0.1:${port}`);
    const message = encodeKind(kind, keyName(0));
    this.#sendWindow -= message.length;
    this.greeting = concatenate([
      connectionPreface(),
      windowUpdate(receiveWindowBytes),
      callFrames(openingStreamId, headers, message),
    ]);
  }

  requests(count: number, nowMs: number): { bytes: Uint8Array; count: number } {
    const { requestBytes } = this.#block;
    const bytes = this.#block.take(count).slice();
    for (let at = 0; at < bytes.length; at += requestBytes) {
      const id = this.#nextStreamId;
      this.#nextStreamId += 2;
      storeStreamId(bytes, at + 5, id);
      storeStreamId(bytes, at + dataFrameAt + 5, id);
      this.#beganMs[slotOf(id)] = nowMs;
      this.#hasMessage[slotOf(id)] = 0;
      this.#sendWindow -= requestBytes - dataFrameAt - frameHeaderBytes;
    }
    if (this.#sendWindow < 0) throw new Error('more outstanding than the HTTP/2 window admits');
    return { bytes, count: bytes.length / requestBytes };
  }

  receive(chunk: Uint8Array, answered: (beganMs: number) => void): Uint8Array | undefined {
    const replies: Uint8Array[] = [];
    this.#scanner.scan(chunk, (type, flags, id, bytes, start, end) => {
      if (type === frameType.data) this.#takeMessage(id, end - start);
      else if (type === frameType.headers && (flags & endStream) !== 0) this.#end(id, answered);
      else this.#control(type, flags, id, bytes.subarray(start, end), replies);
    });
    if (this.#received > receiveWindowBytes / 2) {
      replies.push(windowUpdate(this.#received));
      this.#received = 0;
    }
    return replies.length === 0 ? undefined : concatenate(replies);
  }

  #takeMessage(id: number, length: number): void {
    this.#received += length;
    if (this.#kind === 'set' || length > valueBytes) this.#hasMessage[slotOf(id)] = 1;
  }

  /**
   * A call that failed ends without a message; its status is in compressed headers, which are not
   * read here.
   */
  #end(id: number, answered: (beganMs: number) => void): void {
    if (id === openingStreamId) return;
    const slot = slotOf(id);
    if (this.#hasMessage[slot] === 0) throw new Error(`etcd refused a ${this.#kind}`);
    answered(this.#beganMs[slot]!);
  }

  #control(
    type: number,
    flags: number,
    id: number,
    payload: Uint8Array,
    replies: Uint8Array[],
  ): void {
    if (type === frameType.resetStream || type === frameType.goAway) {
      throw new Error(`etcd ended ${type === frameType.goAway ? 'the connection' : 'a call'}`);
    }
    if (type === frameType.windowUpdate && id === 0) this.#sendWindow += streamIdAt(payload, 0);
    if ((flags & acknowledgement) !== 0) return;
    if (type === frameType.settings) {
      replies.push(frame(type, acknowledgement, 0, new Uint8Array(0)));
    }
    if (type === frameType.ping) replies.push(frame(type, acknowledgement, 0, payload));
  }
}

function slotOf(streamId: number): number {
  return (streamId >> 1) % callsMax;
}

function storeStreamId(bytes: Uint8Array, at: number, id: number): void {
  bytes[at] = id >>> 24;
  bytes[at + 1] = id >>> 16;
  bytes[at + 2] = id >>> 8;
  bytes[at + 3] = id;
}
