import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, entryKinds } from '../machines/entry.js';
import type { AppendEntriesRequest, Message } from '../machines/messages.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { decodeMessage, encodeMessage, mayCarryEntries } from './wire.js';
import { WireError } from './wireError.js';

const number = fc.maxSafeNat();

const entries = fc.array(
  fc.record({
    index: fc.constant(0),
    term: number,
    kind: fc.constantFrom(...entryKinds),
    stampMs: number,
    sessionId: number,
    sequence: number,
    firstUnacknowledged: number,
    bytes: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 8 },
);

const envelope = { from: fc.constant('s1'), atMs: fc.constant(0), term: number };

const appendEntriesRequest = fc
  .record({
    ...envelope,
    type: fc.constant('AppendEntriesRequest' as const),
    prevLogIndex: fc.nat(),
    prevLogTerm: number,
    entries,
    leaderCommit: number,
    round: number,
    sentMs: number,
  })
  .map((message) => ({ ...message, entries: numbered(message.entries, message.prevLogIndex + 1) }));

/** Entries that follow one another, as those of a leader do. */
function numbered(entries: readonly Entry[], first: number): Entry[] {
  return entries.map((entry, i) => ({ ...entry, index: first + i }));
}

const messages: fc.Arbitrary<Message> = fc.oneof(
  appendEntriesRequest,
  fc.record({
    ...envelope,
    type: fc.constant('AppendEntriesResponse' as const),
    success: fc.boolean(),
    matchIndex: number,
    conflictTerm: number,
    conflictIndex: number,
    round: number,
    sentMs: number,
    configurationIndex: number,
  }),
  fc.record({
    ...envelope,
    type: fc.constant('InstallSnapshotRequest' as const),
    base: fc.record({ index: number, term: number, stampMs: number }),
    offset: number,
    bytes: fc.uint8Array({ maxLength: 300, size: 'max' }),
    isLast: fc.boolean(),
    sentMs: number,
  }),
  fc.record({
    ...envelope,
    type: fc.constant('InstallSnapshotResponse' as const),
    baseIndex: number,
    offset: number,
    isInstalled: fc.boolean(),
    sentMs: number,
  }),
  fc.record({ ...envelope, type: fc.constant('TimeoutNowRequest' as const) }),
  fc.record({
    ...envelope,
    type: fc.constant('PreVoteRequest' as const),
    lastLogIndex: number,
    lastLogTerm: number,
  }),
  fc.record({
    ...envelope,
    type: fc.constant('PreVoteResponse' as const),
    forTerm: number,
    voteGranted: fc.boolean(),
  }),
  fc.record({
    ...envelope,
    type: fc.constant('RequestVoteRequest' as const),
    lastLogIndex: number,
    lastLogTerm: number,
    isTransfer: fc.boolean(),
  }),
  fc.record({
    ...envelope,
    type: fc.constant('RequestVoteResponse' as const),
    voteGranted: fc.boolean(),
  }),
);

function encoded(message: Message, group = 0): Uint8Array {
  const writer = new ByteWriter();
  encodeMessage(writer, group, message);
  return writer.finish();
}

function decoded(bytes: Uint8Array): Message {
  return decodeMessage(new ByteReader(bytes), 's1');
}

/** The message in `bytes`, or undefined if they were refused as they must be. */
function decodedOrRefused(bytes: Uint8Array): Message | undefined {
  try {
    return decoded(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return undefined;
  }
}

const heartbeat: AppendEntriesRequest = {
  type: 'AppendEntriesRequest',
  from: 's1',
  atMs: 0,
  term: 3,
  prevLogIndex: 2 ** 40,
  prevLogTerm: 2,
  entries: [],
  leaderCommit: 258,
  round: 1,
  sentMs: 1_027,
};

const entry: Entry = {
  index: 2 ** 40 + 1,
  term: 3,
  kind: 'command',
  stampMs: 1,
  sessionId: 0,
  sequence: 0,
  firstUnacknowledged: 0,
  bytes: Uint8Array.of(1, 2, 3),
};

describe('messages on the wire', () => {
  it('come back as they were, but for who sent them and when they were taken up', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(decoded(encoded(message))).toEqual(message);
      }),
      { seed: 1, numRuns: 500 },
    );
    const elsewhere = { ...heartbeat, from: 'someone else', atMs: 99 };
    expect(decoded(encoded(elsewhere))).toEqual(heartbeat);
  });

  it('have the layout that is documented', () => {
    const bytes = encoded(heartbeat);
    const eight = (low: number, high = 0) => [
      low & 255,
      low >> 8,
      0,
      0,
      high & 255,
      high >> 8,
      0,
      0,
    ];
    const four = [0, 0, 0, 0];
    expect([...bytes]).toEqual([
      1, //                    version
      5, //                    type
      ...four, //              group
      ...eight(3), //          term
      ...eight(0, 256), //     prevLogIndex
      ...eight(2), //          prevLogTerm
      ...eight(258), //        leaderCommit
      ...eight(1), //          round
      ...eight(1_027), //      sentMs
      ...four, //              number of entries
    ]);
  });

  it('of a snapshot hold a view of what was received', () => {
    const piece: Message = {
      type: 'InstallSnapshotRequest',
      from: 's1',
      atMs: 0,
      term: 3,
      base: { index: 2 ** 40, term: 2, stampMs: 7 },
      offset: 65_536,
      bytes: Uint8Array.of(7, 8, 9),
      isLast: true,
      sentMs: 11,
    };
    const bytes = encoded(piece);
    const message = decoded(bytes);
    expect(message).toEqual(piece);
    expect('bytes' in message && message.bytes.buffer).toBe(bytes.buffer);
    const tooLong = bytes.with(bytes.length - 4, 255); // 4 GiB announced, 3 bytes there
    expect(() => decoded(tooLong)).toThrow(WireError);
  });

  it('end with their entries, whose bytes are views of what was received', () => {
    const bytes = encoded({ ...heartbeat, entries: [entry] });
    const message = decoded(bytes);
    expect(message.type === 'AppendEntriesRequest' && message.entries[0]!.bytes.buffer).toBe(
      bytes.buffer,
    );
    expect([...bytes.subarray(-3)]).toEqual([1, 2, 3]);
  });

  it('are known by their length when they may carry entries', () => {
    const empty = { ...entry, bytes: new Uint8Array(0) };
    expect(mayCarryEntries(encoded({ ...heartbeat, entries: [empty] }))).toBe(true);
    fc.assert(
      fc.property(messages, (message) => {
        const carriesEntries = 'entries' in message && message.entries.length > 0;
        if (carriesEntries) expect(mayCarryEntries(encoded(message))).toBe(true);
        // A piece of a snapshot may be as long; nothing else is.
        else if (message.type !== 'InstallSnapshotRequest') {
          expect(mayCarryEntries(encoded(message))).toBe(false);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('hostile bytes on the wire', () => {
  it('are refused wherever a message is cut off', () => {
    fc.assert(
      fc.property(messages, fc.double({ min: 0, max: 1, maxExcluded: true }), (message, part) => {
        const bytes = encoded(message);
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        expect(decodedOrRefused(cut)).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('are refused, or are some message, when bytes of one are changed', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(
        messages,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (message, changes) => {
          const bytes = encoded(message);
          for (const [at, by] of changes) bytes[at % bytes.length]! ^= by;
          const other = decodedOrRefused(bytes);
          // What is let through must mean what its bytes say, and nothing must have been skipped.
          if (other !== undefined) expect(encoded(other)).toEqual(bytes);
        },
      ),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it('are refused when they are random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodedOrRefused(bytes)),
      { seed: 1, numRuns: 500 },
    );
  });

  const refused: readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp][] = [
    ['another version', (bytes) => bytes.with(0, 2), /version 2/],
    ['a type that there is not', (bytes) => bytes.with(1, 10), /type 10/],
    ['a group that lives elsewhere', (bytes) => bytes.with(2, 9), /group 9/],
    ['more entries than its bytes can hold', (bytes) => bytes.with(57, 255), /entries announced/],
    ['a number above 2^53', (bytes) => bytes.with(13, 255), /2\^53/],
    ['something after its end', (bytes) => Uint8Array.of(...bytes, 0), /1 bytes after/],
    ['an entry that does not follow', (bytes) => bytes.with(58, 9), /index 1099511627785/],
  ];
  it.each(refused)('are refused when a message has %s', (_, change, what) => {
    const bytes = change(encoded({ ...heartbeat, entries: [entry] }));
    expect(() => decoded(bytes)).toThrow(WireError);
    expect(() => decoded(bytes)).toThrow(what);
  });
});
