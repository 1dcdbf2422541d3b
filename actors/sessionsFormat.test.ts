/** Tests of the session table as bytes: cut anywhere, and in the hands of somebody hostile. */
import { describe, expect, it } from 'vitest';
import { ByteFeed } from './byteFeed.js';
import { ByteWriter } from './bytes.js';
import { type Session, sessionLimits } from './sessions.js';
import { decodeSessions, encodeSessions } from './sessionsFormat.js';

const large = new Uint8Array(66_000).fill(7);

function session(id: number, answers: Session['answers'] = new Map()): Session {
  return { id, touchedMs: 1_700_000_000_000, firstUnacknowledged: 5, answers };
}

const frozen: readonly Session[] = [
  session(12),
  session(
    3,
    new Map([
      [9, { index: 40, threw: true, bytes: new TextEncoder().encode('no') }],
      [5, { index: 41, threw: false, bytes: large }],
      [6, { index: 42, threw: false, bytes: new Uint8Array(0) }],
    ]),
  ),
];

/** A table by hand: what is said of it, and then its sessions and answers. */
function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

function writeSession(writer: ByteWriter, id: number, answers: number): void {
  for (const value of [id, 0, 1]) writer.u53(value);
  writer.u32(answers);
}

function writeAnswer(writer: ByteWriter, sequence: number, threw: number, length: number): void {
  writer.u53(sequence);
  writer.u53(1);
  writer.u8(threw);
  writer.u32(length);
}

function read(snapshot: Uint8Array, pieceBytes = snapshot.length): Session[] | undefined {
  const feed = new ByteFeed(decodeSessions());
  for (let at = 0; at < snapshot.length; at += pieceBytes)
    feed.push(snapshot.subarray(at, at + pieceBytes));
  return feed.result;
}

function joined(slices: Iterable<Uint8Array>): Uint8Array {
  return written((writer) => {
    for (const slice of slices) writer.bytes(slice);
  });
}

describe('sessions as bytes', () => {
  it('are read as they were written, however they are cut', () => {
    const snapshot = joined(encodeSessions(frozen));
    expect(read(snapshot)).toEqual(frozen);
    for (const pieceBytes of [1, 7, 4_096]) {
      const again = joined(encodeSessions(read(snapshot, pieceBytes)!));
      expect(Buffer.compare(again, snapshot)).toBe(0);
    }
  });

  it('keep the order of sessions and of answers', () => {
    const [first, second] = read(joined(encodeSessions(frozen)))!;
    expect([first!.id, second!.id]).toEqual([12, 3]);
    expect([...second!.answers.keys()]).toEqual([9, 5, 6]);
  });

  it('come in slices of about 64 KiB, apart from an answer that is larger itself', () => {
    const answer = { index: 1, threw: false, bytes: new Uint8Array(1_000) };
    const answers = new Map(Array.from({ length: 256 }, (_, at) => [5 + at, answer]));
    const slices = [...encodeSessions([session(1, answers), session(2, answers)])];
    expect(slices.length).toBeGreaterThan(5);
    for (const { length } of slices) expect(length).toBeLessThan(64 * 1024 + 2_000);
    expect([...encodeSessions(frozen)].some((slice) => slice === large)).toBe(true);
  });

  it('come as they are taken: what nobody takes is not made', () => {
    let made = 0;
    const counting = new Proxy(frozen, {
      get: (target, key) => (made++, Reflect.get(target, key)),
    });
    const slices = encodeSessions(counting);
    expect(made).toBe(0);
    expect([...slices].length).toBeGreaterThan(1);
  });

  it('have no end before all of them are there', () => {
    const snapshot = joined(encodeSessions(frozen));
    expect(read(snapshot.subarray(0, -1))).toBeUndefined();
    expect(() => read(joined([snapshot, Uint8Array.of(0)]))).toThrow('1 bytes after the end');
  });

  it('keep answers in storage of their own', () => {
    const snapshot = joined(encodeSessions(frozen));
    const sessions = read(snapshot)!;
    const before = Buffer.from(snapshot);
    snapshot.fill(0);
    expect(Buffer.compare(joined(encodeSessions(sessions)), before)).toBe(0);
  });
});

describe('sessions that no server has written', () => {
  const { sessionsMax, requestsInFlightMax, answerBytesMax } = sessionLimits;
  const hostile: Readonly<Record<string, (writer: ByteWriter) => void>> = {
    [`${sessionsMax + 1} sessions, where ${sessionsMax} are allowed`](writer) {
      writer.u32(sessionsMax + 1);
    },
    [`${requestsInFlightMax + 1} answers of a session`](writer) {
      writer.u32(1);
      writeSession(writer, 1, requestsInFlightMax + 1);
    },
    [`bytes of answers, where ${answerBytesMax} are allowed`](writer) {
      writer.u32(1);
      writeSession(writer, 1, 1);
      writeAnswer(writer, 1, 0, answerBytesMax);
    },
    'an answer is marked 2': (writer) => {
      writer.u32(1);
      writeSession(writer, 1, 1);
      writeAnswer(writer, 1, 2, 0);
    },
    'session 1 is there twice': (writer) => {
      writer.u32(2);
      writeSession(writer, 1, 0);
      writeSession(writer, 1, 0);
    },
    'session 1 cannot have an answer to 0': (writer) => {
      writer.u32(1);
      writeSession(writer, 1, 1);
      writeAnswer(writer, 0, 0, 0);
    },
    [`session 1 cannot have an answer to ${requestsInFlightMax + 1}`](writer) {
      writer.u32(1);
      writeSession(writer, 1, 1);
      writeAnswer(writer, requestsInFlightMax + 1, 0, 0);
    },
    'session 1 cannot have an answer to 1': (writer) => {
      writer.u32(1);
      writeSession(writer, 1, 2);
      writeAnswer(writer, 1, 0, 0);
      writeAnswer(writer, 1, 0, 0);
    },
  };

  it.each(Object.entries(hostile))('are refused: %s', (message, write) => {
    expect(() => read(written(write))).toThrow(RangeError);
    expect(() => read(written(write))).toThrow(message);
  });

  it('are refused where all answers together are too large, though none is alone', () => {
    const most = answerBytesMax - 128 - 100;
    const feed = new ByteFeed(decodeSessions());
    const push = (write: (writer: ByteWriter) => void) => feed.push(written(write));
    push((writer) => {
      writer.u32(1);
      writeSession(writer, 1, 2);
      writeAnswer(writer, 1, 0, most);
    });
    feed.push(new Uint8Array(most));
    expect(() => push((writer) => writeAnswer(writer, 2, 0, 0))).toThrow('where 100 are allowed');
  });
});
