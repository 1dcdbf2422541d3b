/**
 * The table of sessions as bytes: the same on every server that has applied the same entries.
 *
 * | field                                                       | length        |
 * | ----------------------------------------------------------- | ------------- |
 * | number of sessions                                          | u32           |
 * | _for each, the least recently applied first:_               |               |
 * | id, touchedMs, firstUnacknowledged                          | u53 each      |
 * | number of answers                                           | u32           |
 * | _for each, in the order in which they were applied:_        |               |
 * | sequence, index of its entry                                | u53, u53      |
 * | threw: 1 or 0                                               | u8            |
 * | length of bytes                                             | u32           |
 * | bytes                                                       | as many       |
 */
import type { WantingBytes } from './byteFeed.js';
import { ByteReader, ByteWriter } from './bytes.js';
import {
  answerOverheadBytes,
  type Session,
  type SessionAnswer,
  type SessionLimits,
  sessionLimits,
} from './sessions.js';

/** Slices are about this long; a larger answer is one of its own. */
const sliceBytes = 64 * 1024;
const sessionHeadBytes = 3 * 8 + 4;
const answerHeadBytes = 2 * 8 + 1 + 4;

/** A frozen table in slices, made as they are taken. They are not to be changed. */
export function encodeSessions(sessions: readonly Session[]): Iterable<Uint8Array> {
  return { [Symbol.iterator]: () => slicesOf(sessions) };
}

function* slicesOf(sessions: readonly Session[]): Generator<Uint8Array> {
  const writer = new ByteWriter(sliceBytes);
  writer.u32(sessions.length);
  for (const session of sessions) {
    writer.u53(session.id);
    writer.u53(session.touchedMs);
    writer.u53(session.firstUnacknowledged);
    writer.u32(session.answers.size);
    for (const [sequence, { index, threw, bytes }] of session.answers) {
      writer.u53(sequence);
      writer.u53(index);
      writer.u8(threw ? 1 : 0);
      writer.u32(bytes.length);
      const isLarge = bytes.length >= sliceBytes;
      if (!isLarge) writer.bytes(bytes);
      if (isLarge || writer.length >= sliceBytes) yield taken(writer);
      if (isLarge) yield bytes;
    }
    if (writer.length >= sliceBytes) yield taken(writer);
  }
  yield taken(writer);
}

function taken(writer: ByteWriter): Uint8Array {
  const slice = writer.finish().slice();
  writer.reset();
  return slice;
}

/**
 * Reads a table from slices, however they are cut; a `ByteFeed` gives them. Answers are in storage
 * of their own. Throws a RangeError for more than a table within `limits` can hold, before it
 * allocates anything, and for what no table looks like.
 */
export function* decodeSessions(limits: SessionLimits = sessionLimits): WantingBytes<Session[]> {
  const count = new ByteReader(yield 4).u32();
  refuseAbove('sessions', count, limits.sessionsMax);
  const sessions: Session[] = [];
  const ids = new Set<number>();
  let bytesLeft = limits.answerBytesMax;
  while (sessions.length < count) {
    const head = new ByteReader(yield sessionHeadBytes);
    const id = head.u53();
    if (ids.has(id)) throw new RangeError(`session ${id} is there twice`);
    ids.add(id);
    const touchedMs = head.u53();
    const firstUnacknowledged = head.u53();
    const answerCount = head.u32();
    refuseAbove('answers of a session', answerCount, limits.requestsInFlightMax);
    const answers = new Map<number, SessionAnswer>();
    for (let left = answerCount; left > 0; left--) {
      const [sequence, answer] = yield* decodeAnswer(bytesLeft);
      const offset = sequence - firstUnacknowledged;
      if (!(offset >= 0 && offset < limits.requestsInFlightMax) || answers.has(sequence))
        throw new RangeError(`session ${id} cannot have an answer to ${sequence}`);
      bytesLeft -= answer.bytes.length + answerOverheadBytes;
      answers.set(sequence, answer);
    }
    sessions.push({ id, touchedMs, firstUnacknowledged, answers });
  }
  return sessions;
}

function* decodeAnswer(bytesLeft: number): WantingBytes<[number, SessionAnswer]> {
  const head = new ByteReader(yield answerHeadBytes);
  const sequence = head.u53();
  const index = head.u53();
  const threw = head.u8();
  if (threw > 1) throw new RangeError(`an answer is marked ${threw}, where only 0 and 1 exist`);
  const length = head.u32();
  refuseAbove('bytes of answers', length + answerOverheadBytes, bytesLeft);
  const bytes = new Uint8Array(yield length);
  return [sequence, { index, threw: threw === 1, bytes }];
}

function refuseAbove(what: string, count: number, max: number): void {
  if (count > max) throw new RangeError(`${count} ${what}, where ${max} are allowed`);
}
