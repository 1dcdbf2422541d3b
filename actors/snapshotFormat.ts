/**
 * The content of a snapshot as a stream of bytes that checks itself: the same on disk and in
 * InstallSnapshot (§7). A stream that is cut off, rotten, doubled, or put together from two is
 * noticed by whoever reads it.
 *
 * | field          | length  | value                       |
 * | -------------- | ------- | --------------------------- |
 * | magic          | 4       | the bytes `RSNP`            |
 * | format version | u32     | 1                           |
 * | _then frames:_ |         |                             |
 * | length         | u32     | of the body: at most 65,536 |
 * | section        | u8      | as below                    |
 * | CRC-32         | u32     | see below                   |
 * | body           | as many |                             |
 *
 * The sections come in this order. Those marked * are cut into frames anywhere, or into none.
 *
 * | section           | body                                                                     |
 * | ----------------- | ------------------------------------------------------------------------ |
 * | 1 head            | group u32; index, term, stampMs of the base u53; configuration index u53 |
 * | 2 configuration * | as in its entry; 1 MiB at most                                           |
 * | 3 sessions *      | as in `sessionsFormat.ts`                                                |
 * | 4 state *         | what the state machine wrote                                             |
 * | 5 end             | number of bytes before this frame, u53; nothing follows it               |
 *
 * The CRC of a frame is over length, section and body, and begins with the CRC of the frame before
 * (the first with that of magic and version). So each frame vouches for its place in the stream as
 * well: one that is missing or comes twice is as wrong as one whose bits have turned.
 */
import { type Configuration, encodeConfiguration } from '../machines/configuration.js';
import type { LogBase } from '../machines/log.js';
import { ByteWriter, storeU32 } from './bytes.js';
import { crc32 } from './crc32.js';
import type { Session } from './sessions.js';
import { encodeSessions } from './sessionsFormat.js';

/** What a snapshot says before the state itself. */
export interface SnapshotHead {
  readonly group: number;
  /** The last entry that it covers. */
  readonly base: LogBase;
  /** The latest configuration up to there. */
  readonly configuration: Configuration;
  readonly sessions: readonly Session[];
}

export interface SnapshotContent extends SnapshotHead {
  /** What the state machine's `snapshot` gave. */
  readonly state: Iterable<Uint8Array>;
}

/** What its bytes are made of, for the two that read and write them. */
export const snapshotFormat = {
  magic: [0x52, 0x53, 0x4e, 0x50], // RSNP
  version: 1,
  prologueBytes: 8,
  frameHeadBytes: 4 + 1 + 4,
  bodyBytesMax: 64 * 1024,
  configurationBytesMax: 1024 * 1024,
} as const;

export const section = { head: 1, configuration: 2, sessions: 3, state: 4, end: 5 } as const;

const { magic, version, prologueBytes, frameHeadBytes, bodyBytesMax } = snapshotFormat;

/**
 * A snapshot in pieces of at most 64 KiB and a few bytes. Each is made when it is taken, and so are
 * the slices of the state; each has storage of its own.
 */
export function* encodeSnapshot(content: SnapshotContent): Generator<Uint8Array> {
  const frames = new FrameWriter();
  yield frames.prologue();
  yield* frames.section(section.head, [encodeHead(content)]);
  yield* frames.section(section.configuration, [encodeConfiguration(content.configuration)]);
  yield* frames.section(section.sessions, encodeSessions(content.sessions));
  yield* frames.section(section.state, content.state);
  const total = new ByteWriter(8);
  total.u53(frames.written);
  yield* frames.section(section.end, [total.finish()]);
}

function encodeHead({ group, base, configuration }: SnapshotHead): Uint8Array {
  const writer = new ByteWriter(64);
  writer.u32(group);
  writer.u53(base.index);
  writer.u53(base.term);
  writer.u53(base.stampMs);
  writer.u53(configuration.index);
  return writer.finish();
}

/** Cuts sections into frames. */
class FrameWriter {
  readonly #frame = new Uint8Array(frameHeadBytes + bodyBytesMax);
  #crc = 0;
  /** Bytes that were handed out. */
  written = 0;

  prologue(): Uint8Array {
    const prologue = new Uint8Array(prologueBytes);
    prologue.set(magic);
    storeU32(prologue, magic.length, version);
    this.#crc = crc32(prologue);
    this.written = prologueBytes;
    return prologue;
  }

  /** Small chunks share a frame, and large ones are divided among several. */
  *section(code: number, chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
    const frame = this.#frame;
    let end = frameHeadBytes;
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) {
        const to = Math.min(chunk.length, from + frame.length - end);
        frame.set(chunk.subarray(from, to), end);
        end += to - from;
        from = to;
        if (end < frame.length) break;
        yield this.#sealed(code, end);
        end = frameHeadBytes;
      }
    }
    if (end > frameHeadBytes) yield this.#sealed(code, end);
  }

  #sealed(code: number, end: number): Uint8Array {
    const frame = this.#frame.slice(0, end);
    storeU32(frame, 0, end - frameHeadBytes);
    frame[4] = code;
    this.#crc = frameCrc(frame, frame.subarray(frameHeadBytes), this.#crc);
    storeU32(frame, 5, this.#crc);
    this.written += end;
    return frame;
  }
}

/** The CRC of a frame with this head and body; `before` is that of the frame before. */
export function frameCrc(head: Uint8Array, body: Uint8Array, before: number): number {
  return crc32(body, 0, body.length, crc32(head, 0, 5, before));
}
