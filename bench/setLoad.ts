/** SETs of as many keys as wanted, over one connection: what fills a store, and keeps it busy. */
import { openClosedLoop } from './closedLoop.js';
import type { Load } from './load.js';
import { encodeCommand } from './respLoad.js';
import { ReplyScanner, replyAt } from './respReply.js';
import { keyName, value } from './workload.js';

const okReplyBytes = '+OK\r\n'.length;
const plus = 43;
const zero = 48;
const keyBytes = keyName(0).length;
const request = encodeCommand('SET', keyName(0), value);
const keyAt = new TextDecoder().decode(request).indexOf(keyName(0));

/** Keeps so many SETs on their way to `port`; `nextKey` says of which key each is. */
export function openSetLoad(
  port: number,
  outstanding: number,
  nextKey: () => number,
): Promise<Load> {
  return openClosedLoop(port, 1, outstanding, () => {
    const scanner = new ReplyScanner();
    const beganMs: number[] = [];
    return {
      requests: (count, nowMs) => {
        for (let i = 0; i < count; i++) beganMs.push(nowMs);
        return { bytes: setRequests(count, nextKey), count };
      },
      receive: (chunk, answered) => {
        scanner.scan(chunk, (bytes, start, end) => {
          if (end - start !== okReplyBytes || bytes[start] !== plus) {
            throw new Error(`SET: ${JSON.stringify(replyAt(bytes, start, end))}`);
          }
          answered(beganMs.shift()!);
        });
        return undefined;
      },
    };
  });
}

/** So many SETs of the next keys, each of at most twelve digits, in one block. */
export function setRequests(count: number, nextKey: () => number): Uint8Array {
  const bytes = new Uint8Array(count * request.length);
  for (let at = 0; at < bytes.length; at += request.length) {
    bytes.set(request, at);
    let left = nextKey();
    for (let digit = at + keyAt + keyBytes - 1; left > 0; digit--) {
      bytes[digit] = zero + (left % 10);
      left = Math.floor(left / 10);
    }
  }
  return bytes;
}
