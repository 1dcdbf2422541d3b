/** Load in the Redis protocol: requests made beforehand, over as many connections as wanted. */
import { type LoadProtocol, openClosedLoop } from './closedLoop.js';
import { concatenate } from './grpcMessage.js';
import type { Generator } from './load.js';
import { ReplyScanner, replyAt } from './respReply.js';
import { type Kind, RequestBlock, value, valueBytes } from './workload.js';

const encoder = new TextEncoder();

/** At most `connections` at once, each with its share of what is outstanding, pipelined. */
export function respGenerator(connections: number): Generator {
  return {
    name: `RESP over node:net, ${connections} connection${connections === 1 ? '' : 's'}`,
    async open(port, kind, outstanding) {
      const block = new RequestBlock((key) => encodeKind(kind, key));
      return openClosedLoop(port, connections, outstanding, () => new RespProtocol(kind, block));
    },
  };
}

/** A command as an array of bulk strings. */
export function encodeCommand(...words: readonly string[]): Uint8Array {
  const parts = words.map((word) => {
    const bytes = encoder.encode(word);
    return concatenate([encoder.encode(`$${bytes.length}\r\n`), bytes, encoder.encode('\r\n')]);
  });
  return concatenate([encoder.encode(`*${words.length}\r\n`), ...parts]);
}

function encodeKind(kind: Kind, key: string): Uint8Array {
  return kind === 'set' ? encodeCommand('SET', key, value) : encodeCommand('GET', key);
}

/** Replies come in the order of the requests: who began first is answered first. */
class RespProtocol implements LoadProtocol {
  readonly #kind: Kind;
  readonly #block: RequestBlock;
  readonly #scanner = new ReplyScanner();
  readonly #beganMs: number[] = [];

  constructor(kind: Kind, block: RequestBlock) {
    this.#kind = kind;
    this.#block = block;
  }

  requests(count: number, nowMs: number): { bytes: Uint8Array; count: number } {
    const bytes = this.#block.take(count);
    const taken = bytes.length / this.#block.requestBytes;
    for (let i = 0; i < taken; i++) this.#beganMs.push(nowMs);
    return { bytes, count: taken };
  }

  receive(chunk: Uint8Array, answered: (beganMs: number) => void): undefined {
    this.#scanner.scan(chunk, (bytes, start, end) => {
      if (!this.#isExpected(bytes, start, end)) {
        const reply = replyAt(bytes, start, end);
        throw new Error(`${this.#kind}: an unexpected reply: ${JSON.stringify(reply)}`);
      }
      answered(this.#beganMs.shift()!);
    });
  }

  /** `+OK`, or a bulk of the length that was stored. */
  #isExpected(bytes: Uint8Array, start: number, end: number): boolean {
    const length = this.#kind === 'set' ? okReplyBytes : valueReplyBytes;
    return end - start === length && bytes[start] === (this.#kind === 'set' ? plus : dollar);
  }
}

const plus = 43;
const dollar = 36;
const okReplyBytes = '+OK\r\n'.length;
const valueReplyBytes = `$${valueBytes}\r\n`.length + valueBytes + 2;
