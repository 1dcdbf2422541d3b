/**
 * The part of HTTP/2 that one kind of gRPC call needs, written by hand (RFC 9113, RFC 7541): a
 * generator of load on the machine of its servers must leave them the processor, and `node:http2`
 * costs several times as much a call.
 */
import { concatenate } from './grpcMessage.js';

export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

export const endStream = 0x1;
export const acknowledgement = 0x1;
const endHeaders = 0x4;

export const frameHeaderBytes = 9;
/**
 * RFC 9113, section 6.5.2: what a receiver who has said nothing else accepts. We say nothing else.
 */
const frameBytesMax = 16_384;
const encoder = new TextEncoder();

/** A frame: length in 24 bits, type, flags, stream. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array,
): Uint8Array {
  const header = new Uint8Array(frameHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, (payload.length << 8) | type);
  view.setUint8(4, flags);
  view.setUint32(5, streamId);
  return concatenate([header, payload]);
}

/** A whole call: its header block, then its message, which ends the client's half of the stream. */
export function callFrames(streamId: number, block: Uint8Array, message: Uint8Array): Uint8Array {
  return concatenate([
    frame(frameType.headers, endHeaders, streamId, block),
    frame(frameType.data, endStream, streamId, message),
  ]);
}

/** Lets the other side send `bytes` more on the connection. */
export function windowUpdate(bytes: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, bytes);
  return frame(frameType.windowUpdate, 0, 0, payload);
}

/** What a client says first. */
export function connectionPreface(): Uint8Array {
  return concatenate([
    encoder.encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(frameType.settings, 0, 0, new Uint8Array(0)),
  ]);
}

/**
 * The header block of a connection's first call: four of its lines enter the table of both sides.
 */
export function firstHeaderBlock(path: string, authority: string): Uint8Array {
  return concatenate([
    methodPost,
    schemeHttp,
    literal(0x40 | staticPath, path),
    literal(0x40 | staticAuthority, authority),
    literal(0x40 | staticContentType, 'application/grpc'),
    Uint8Array.of(0x40),
    text('te'),
    text('trailers'),
  ]);
}

/** The same block once more, out of that table: the line that entered last has number 62. */
export function repeatedHeaderBlock(): Uint8Array {
  return concatenate([
    methodPost,
    schemeHttp,
    Uint8Array.of(0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62),
  ]);
}

/** A frame as it lies in `bytes`; its payload is from `start` up to `end`. */
export type OnFrame = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => void;

/** Cuts what arrives into frames; a frame that has not arrived whole is kept until it has. */
export class FrameScanner {
  #kept = new Uint8Array(0);

  /** `chunk` may be overwritten afterwards. Throws where a frame is longer than was agreed. */
  scan(chunk: Uint8Array, onFrame: OnFrame): void {
    const bytes = this.#kept.length === 0 ? chunk : concatenate([this.#kept, chunk]);
    let at = 0;
    while (bytes.length - at >= frameHeaderBytes) {
      const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if (length > frameBytesMax) throw new RangeError(`an HTTP/2 frame of ${length} bytes`);
      const start = at + frameHeaderBytes;
      if (bytes.length < start + length) break;
      onFrame(
        bytes[at + 3]!,
        bytes[at + 4]!,
        streamIdAt(bytes, at + 5),
        bytes,
        start,
        start + length,
      );
      at = start + length;
    }
    this.#kept = bytes.slice(at);
  }
}

/** 31 bits, the highest byte first. */
export function streamIdAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! & 0x7f) << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  );
}

// Numbers of HPACK's static table (RFC 7541, appendix A).
const methodPost = Uint8Array.of(0x80 | 3);
const schemeHttp = Uint8Array.of(0x80 | 6);
const staticAuthority = 1;
const staticPath = 4;
const staticContentType = 31;

function literal(name: number, value: string): Uint8Array {
  return concatenate([Uint8Array.of(name), text(value)]);
}

/** A string without Huffman coding, below 127 bytes. */
function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  if (bytes.length >= 127) throw new RangeError(`a header line of ${bytes.length} bytes`);
  return concatenate([Uint8Array.of(bytes.length), bytes]);
}
