/**
 * The few messages of etcd's KV service that the bench sends, as protobuf within gRPC's framing,
 * made by hand.
 */

const encoder = new TextEncoder();
/** Wire type 2 of protobuf: a length, then as many bytes. */
const lengthDelimited = 2;

/** etcd's PutRequest: field 1 is the key, field 2 the value. */
export function putRequest(key: string, value: string): Uint8Array {
  return grpcMessage(concatenate([bytesField(1, key), bytesField(2, value)]));
}

/**
 * etcd's RangeRequest for one key; `serializable` is left out, thus false: the read is
 * linearizable.
 */
export function rangeRequest(key: string): Uint8Array {
  return grpcMessage(bytesField(1, key));
}

/** An unsigned number below 2^31, seven bits a byte, the lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesField(number: number, text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concatenate([varint((number << 3) | lengthDelimited), varint(bytes.length), bytes]);
}

/**
 * gRPC puts five bytes before a message: not compressed, and its length, the highest byte first.
 */
function grpcMessage(message: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(5);
  new DataView(prefix.buffer).setUint32(1, message.length);
  return concatenate([prefix, message]);
}
