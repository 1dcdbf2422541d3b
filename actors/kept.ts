/**
 * What may be kept of received bytes. A view keeps alive the whole chunk that its socket read: for entries that fill
 * the chunk that is just right, and for one small entry in a large chunk it is waste that lasts as long as the log.
 */

/** So many times its own size a frame may keep alive. */
const wasteMax = 4;

/** `body` itself, or a copy of it if it is a small part of the memory that it is a view of. */
export function kept(body: Uint8Array): Uint8Array {
  return body.buffer.byteLength > wasteMax * body.length ? body.slice() : body;
}
