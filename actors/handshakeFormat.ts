/**
 * The first frame each way on any connection, as bytes: the layout that `docs/wire.md` draws.
 *
 * These two frames outlive every wire version, since they are what agrees on one. Later versions
 * may only append fields; whoever reads ignores what follows those it knows.
 */
import type { ServerId } from '../machines/entry.js';
import { ByteReader, type ByteWriter } from './bytes.js';
import { readingWire } from './wireError.js';

/** What a connection is for. The position in this list, and one, is its code on the wire. */
export const connectionKinds = [
  'raft', //    messages, from the one who dialed
  'forward', // requests that another server passes on to the leader, and their answers
  'client', //  requests of a native client, and their answers
] as const;

/** One of {@link connectionKinds}. */
export type ConnectionKind = (typeof connectionKinds)[number];

/** The dialer introduces itself. */
export interface Hello {
  readonly lowestVersion: number;
  readonly highestVersion: number;
  readonly kind: ConnectionKind;
  readonly clusterId: string;
  /** Empty for a client, as its store is. */
  readonly serverId: ServerId;
  readonly storeId: string;
  /** The server that it believes to be talking to; empty for a client, who takes any. */
  readonly receiverId: ServerId;
  /** How often the cluster was recovered by hand from a lost quorum. */
  readonly recoveryEpoch: number;
  /** The highest set of features that it understands. */
  readonly featureLevel: number;
  /** The secret by which a client is let in; empty for none. */
  readonly token: string;
}

/** The longest token, in bytes: so that a hello fits its frame. */
export const tokenBytesMax = 1024;

/** The listener lets it in, and introduces itself, or says why not. */
export type Reply =
  | {
      readonly type: 'accepted';
      /** The version that both speak from now on. */
      readonly version: number;
      readonly serverId: ServerId;
      readonly storeId: string;
      readonly recoveryEpoch: number;
      readonly featureLevel: number;
    }
  | { readonly type: 'refused'; readonly reason: string };

/** The longest body of either frame, in bytes. */
export const handshakeBytesMax = 4096;

/** Default for how long a connection may take until both frames have arrived, in ms. */
export const handshakeMsDefault = 5_000;

/** `RAFT` in ASCII, read as a little-endian u32. */
const magic = 0x54_46_41_52;

const refusedCode = 0;
const acceptedCode = 1;

/** Appends a hello, as the body of one frame. */
export function encodeHello(writer: ByteWriter, hello: Hello): void {
  writer.u32(magic);
  writer.u8(hello.lowestVersion);
  writer.u8(hello.highestVersion);
  writer.u8(connectionKinds.indexOf(hello.kind) + 1);
  writer.text(hello.clusterId);
  writer.text(hello.serverId);
  writer.text(hello.storeId);
  writer.text(hello.receiverId);
  writer.u53(hello.recoveryEpoch);
  writer.u32(hello.featureLevel);
  writer.text(hello.token);
}

/** The hello in `body`. Throws a WireError for anything else. */
export function decodeHello(body: Uint8Array): Hello {
  return readingWire(() => {
    const reader = new ByteReader(body);
    readMagic(reader);
    const lowestVersion = reader.u8();
    const highestVersion = reader.u8();
    const kindCode = reader.u8();
    const kind = connectionKinds[kindCode - 1];
    if (kind === undefined) throw new RangeError(`no connection has the kind ${kindCode}`);
    return {
      lowestVersion,
      highestVersion,
      kind,
      clusterId: reader.text(),
      serverId: reader.text(),
      storeId: reader.text(),
      receiverId: reader.text(),
      recoveryEpoch: reader.u53(),
      featureLevel: reader.u32(),
      token: reader.text(),
    };
  });
}

/** Appends a reply, as the body of one frame. */
export function encodeReply(writer: ByteWriter, reply: Reply): void {
  writer.u32(magic);
  if (reply.type === 'refused') {
    writer.u8(refusedCode);
    writer.text(reply.reason);
    return;
  }
  writer.u8(acceptedCode);
  writer.u8(reply.version);
  writer.text(reply.serverId);
  writer.text(reply.storeId);
  writer.u53(reply.recoveryEpoch);
  writer.u32(reply.featureLevel);
}

/** The reply in `body`. Throws a WireError for anything else. */
export function decodeReply(body: Uint8Array): Reply {
  return readingWire(() => {
    const reader = new ByteReader(body);
    readMagic(reader);
    const code = reader.u8();
    if (code === refusedCode) return { type: 'refused', reason: reader.text() };
    if (code !== acceptedCode) throw new RangeError(`no reply has the code ${code}`);
    return {
      type: 'accepted',
      version: reader.u8(),
      serverId: reader.text(),
      storeId: reader.text(),
      recoveryEpoch: reader.u53(),
      featureLevel: reader.u32(),
    };
  });
}

function readMagic(reader: ByteReader): void {
  if (reader.u32() !== magic) throw new RangeError('it does not begin like a handshake');
}
