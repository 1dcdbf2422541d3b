/**
 * Requests to a leader and their answers as bytes: the layout that `docs/wire.md` draws. Each is
 * one message; requests flow from the dialer of a forward or client connection, answers to it, in
 * any order.
 */
import { ByteReader, type ByteWriter } from './bytes.js';
import type { ForwardAnswer, ForwardRequest } from './transport.js';
import { wireVersion } from './wire.js';
import { readingWire } from './wireError.js';

/** A request as it is on the wire; its bytes are a view. */
export interface ForwardedRequest extends ForwardRequest {
  /** Unique on its connection; the answer repeats it. */
  readonly id: number;
  /** The term of the leader that it is meant for; 0: whoever leads. */
  readonly term: number;
}

/** The position in these lists, and one, is the code on the wire. */
const requestKinds: readonly ForwardRequest['kind'][] = [
  'command',
  'query',
  'openSession',
  'closeSession',
];
const answerTypes: readonly ForwardAnswer['type'][] = [
  'done',
  'threw',
  'notDone',
  'unknown',
  'expired',
];

/** Appends request `id`, for the leader of `term`, or for any if that is 0. */
export function encodeRequest(
  writer: ByteWriter,
  id: number,
  term: number,
  request: ForwardRequest,
): void {
  writer.u8(wireVersion);
  writer.u8(requestKinds.indexOf(request.kind) + 1);
  writer.u53(id);
  writer.u53(term);
  writer.u53(request.sessionId);
  writer.u53(request.sequence);
  writer.u53(request.firstUnacknowledged);
  writer.bytes(request.bytes);
}

/** The request in `body`. Throws a WireError for anything else. */
export function decodeRequest(body: Uint8Array): ForwardedRequest {
  return readingWire(() => {
    const reader = new ByteReader(body);
    readVersion(reader);
    const code = reader.u8();
    const kind = requestKinds[code - 1];
    if (kind === undefined) throw new RangeError(`no request has the kind ${code}`);
    return {
      id: reader.u53(),
      term: reader.u53(),
      kind,
      sessionId: reader.u53(),
      sequence: reader.u53(),
      firstUnacknowledged: reader.u53(),
      bytes: reader.bytes(reader.remaining),
    };
  });
}

/** Appends the answer to request `id`. */
export function encodeAnswer(writer: ByteWriter, id: number, answer: ForwardAnswer): void {
  writer.u8(wireVersion);
  writer.u8(answerTypes.indexOf(answer.type) + 1);
  writer.u53(id);
  if (answer.type === 'done') {
    writer.u53(answer.index);
    writer.bytes(answer.bytes);
  } else writer.text(answer.type === 'threw' ? answer.message : answer.reason);
}

/** The answer in `body`, and the id of its request. Throws a WireError for anything else. */
export function decodeAnswer(body: Uint8Array): { id: number; answer: ForwardAnswer } {
  return readingWire(() => {
    const reader = new ByteReader(body);
    readVersion(reader);
    const code = reader.u8();
    const type = answerTypes[code - 1];
    const id = reader.u53();
    if (type === undefined) throw new RangeError(`no answer has the type ${code}`);
    const answer = readAnswer(reader, type);
    if (reader.remaining > 0) throw new RangeError(`${reader.remaining} bytes after the answer`);
    return { id, answer };
  });
}

function readAnswer(reader: ByteReader, type: ForwardAnswer['type']): ForwardAnswer {
  if (type === 'done') return { type, index: reader.u53(), bytes: reader.bytes(reader.remaining) };
  if (type === 'threw') return { type, message: reader.text() };
  return { type, reason: reader.text() };
}

function readVersion(reader: ByteReader): void {
  const version = reader.u8();
  if (version !== wireVersion)
    throw new RangeError(`wire version ${version}, where ${wireVersion} was agreed`);
}
