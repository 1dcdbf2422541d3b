/**
 * Tests of the applier with sessions (§8, thesis §6.3): a command takes effect once, however often
 * it stands in the log, and is answered alike each time; also on a server that has its state from a
 * snapshot.
 */
import { describe, expect, it } from 'vitest';
import { encodeConfiguration } from '../machines/configuration.js';
import { type Entry, type Proposal, proposal } from '../machines/entry.js';
import { Log } from '../machines/log.js';
import { members, threeServers } from '../properties/support/script.js';
import { Applier } from './applier.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { EntryOutcome } from './outcome.js';
import { SnapshotDecoder } from './snapshotDecoder.js';
import { encodeSnapshot, type SnapshotHead } from './snapshotFormat.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hour = 60 * 60 * 1_000;

/** A server's state, which is the sum of all bytes that it was told; 13 it does not like. */
function adder() {
  let sum = 0;
  const ticks: number[] = [];
  const stateMachine: BytesStateMachine = {
    apply([byte = 0]) {
      if (byte === 13) throw new Error('unlucky');
      sum += byte;
      return byte === 99 ? 1n : `${sum}`;
    },
    tick: (at) => ticks.push(at),
    snapshot: () => [encoder.encode(`${sum}`)],
    restore(chunks) {
      sum = Number(decoder.decode(Uint8Array.from([...chunks].flatMap((chunk) => [...chunk]))));
    },
  };
  return { stateMachine, ticks, sum: () => sum };
}

/** An applier over a log that is written as it goes. */
function startApplier(log = Log.empty()) {
  const { stateMachine, ticks, sum } = adder();
  const outcomes: EntryOutcome[] = [];
  const applied: Entry[] = [];
  const applier = new Applier({
    stateMachine,
    encodeValue(value) {
      if (typeof value === 'bigint') throw new TypeError('a BigInt has no bytes');
      return encoder.encode(String(value));
    },
    applied: (entry, outcome) => {
      applied.push(entry);
      outcomes.push(outcome);
    },
    group: 0,
    monotonicMs: () => 0,
  });
  let written = log;
  /** Appends an entry and applies it; answers how it ended. */
  const apply = (what: Partial<Proposal>, stampMs = written.lastStampMs): EntryOutcome => {
    const index = written.lastIndex + 1;
    const entry = { ...proposal('command'), ...what, index, term: 1, stampMs };
    written = written.append([entry]);
    applier.apply(written, index);
    return outcomes.at(-1)!;
  };
  return { applier, apply, outcomes, applied, ticks, sum, stateMachine };
}

/** The request of a session, whose command is one byte. */
function request(sessionId: number, sequence: number, byte: number, firstUnacknowledged = 1) {
  return { sessionId, sequence, firstUnacknowledged, bytes: Uint8Array.of(byte) };
}

/** What an outcome says to its client. */
function textOf(outcome: EntryOutcome): string {
  if (outcome.type !== 'answered') return outcome.type;
  const { threw, index, bytes } = outcome.answer;
  return `${threw ? 'threw' : 'done'} at ${index}: ${decoder.decode(bytes)}`;
}

describe('a command of a session', () => {
  it('that is in the log twice is applied once, and answered both times as the first was', () => {
    const { apply, sum } = startApplier();
    apply({ kind: 'openSession' });
    expect(textOf(apply(request(1, 1, 5)))).toBe('done at 2: 5');
    expect(textOf(apply(request(1, 2, 7)))).toBe('done at 3: 12');
    expect(textOf(apply(request(1, 1, 5)))).toBe('done at 2: 5');
    expect(sum()).toBe(12);
  });

  it('may overtake an earlier one of its session', () => {
    const { apply, sum } = startApplier();
    apply({ kind: 'openSession' });
    apply(request(1, 2, 7));
    apply(request(1, 1, 5));
    expect(textOf(apply(request(1, 2, 7)))).toBe('done at 2: 7');
    expect(sum()).toBe(12);
  });

  it('is not taken for one of another session with the same sequence', () => {
    const { apply, sum, applier } = startApplier();
    apply({ kind: 'openSession' });
    apply({ kind: 'openSession' });
    apply(request(1, 1, 5));
    expect(textOf(apply(request(2, 1, 7)))).toBe('done at 4: 12');
    expect([applier.sessions, sum()]).toEqual([2, 12]);
  });

  it('that threw has thrown for its duplicate as well, and is not tried again', () => {
    const { apply } = startApplier();
    apply({ kind: 'openSession' });
    expect(textOf(apply(request(1, 1, 13)))).toBe('threw at 2: unlucky');
    expect(textOf(apply(request(1, 1, 13)))).toBe('threw at 2: unlucky');
  });

  it('whose answer cannot be encoded is an error to its client, and not to the server', () => {
    const { apply, applier, sum } = startApplier();
    apply({ kind: 'openSession' });
    expect(textOf(apply(request(1, 1, 99)))).toBe('threw at 2: a BigInt has no bytes');
    expect(textOf(apply(request(1, 1, 99)))).toBe('threw at 2: a BigInt has no bytes');
    expect(textOf(apply(request(1, 2, 1)))).toBe('done at 4: 100');
    expect([applier.lastApplied, sum()]).toEqual([4, 100]);
  });

  it('is expired, and has no effect, when its session was closed or never was', () => {
    const { apply, applier, sum } = startApplier();
    apply({ kind: 'openSession' });
    apply(request(1, 1, 5));
    apply({ kind: 'closeSession', sessionId: 1 });
    expect(apply(request(1, 1, 5))).toMatchObject({ type: 'expired' });
    expect(apply(request(77, 1, 5))).toMatchObject({
      type: 'expired',
      reason: expect.stringContaining('77'),
    });
    expect([applier.sessions, sum()]).toEqual([0, 5]);
  });

  it('is expired when its session was not used for an hour of log time', () => {
    const { apply, sum } = startApplier();
    apply({ kind: 'openSession' }, 1_000);
    expect(textOf(apply(request(1, 1, 5), 1_000 + hour))).toBe('done at 2: 5');
    expect(apply(request(1, 2, 5), 1_001 + 2 * hour)).toMatchObject({ type: 'expired' });
    expect(sum()).toBe(5);
  });

  it('that its client waits for no longer is unknown, and has no effect', () => {
    const { apply, sum } = startApplier();
    apply({ kind: 'openSession' });
    apply(request(1, 3, 5, 3));
    expect(apply(request(1, 2, 7))).toMatchObject({ type: 'unknown' });
    expect(sum()).toBe(5);
  });

  it('that is too far ahead of what its client waits for has no effect, and says so', () => {
    const { apply, sum } = startApplier();
    apply({ kind: 'openSession' });
    expect(apply(request(1, 257, 5))).toMatchObject({ type: 'notDone' });
    expect(textOf(apply(request(1, 256, 5)))).toBe('done at 3: 5');
    expect(sum()).toBe(5);
  });

  it('that is not applied still lets log time pass', () => {
    const { apply, ticks } = startApplier();
    apply({ kind: 'openSession' }, 100);
    apply(request(1, 1, 5), 200);
    expect(ticks).toEqual([100]);
    apply(request(1, 1, 5), 300);
    apply(request(8, 1, 5), 400);
    expect(ticks).toEqual([100, 300, 400]);
  });

  it('without a session is applied each time that it is in the log', () => {
    const { apply, sum } = startApplier();
    apply({ bytes: Uint8Array.of(5) });
    expect(apply({ bytes: Uint8Array.of(5) })).toEqual({ type: 'done', index: 2, value: '10' });
    expect(sum()).toBe(10);
  });
});

describe('a snapshot', () => {
  /** Reads a snapshot from its bytes, and makes another applier go on from it. */
  function restored(pieces: Iterable<Uint8Array>) {
    let head: SnapshotHead | undefined;
    const state: Uint8Array[] = [];
    const reader = new SnapshotDecoder({
      head: (read) => {
        head = read;
      },
      state: (chunk) => state.push(chunk.slice()),
    });
    for (const piece of pieces) reader.push(piece);
    reader.finish();
    const other = startApplier(Log.empty(head!.base));
    other.stateMachine.restore(state);
    other.applier.become(head!);
    return other;
  }

  it('holds state, sessions, configuration and log time: another server goes on with it', () => {
    const first = startApplier();
    const configuration = { members: members(threeServers), outgoing: [] };
    first.apply({ kind: 'configuration', bytes: encodeConfiguration(configuration) });
    first.apply({ kind: 'openSession' }, 1_000);
    first.apply(request(2, 1, 5), 2_000);
    first.apply(request(2, 2, 13), 3_000);
    const content = first.applier.freeze();
    expect(content.configuration).toMatchObject({ index: 1, ...configuration });
    const second = restored(encodeSnapshot(content));
    expect(second.applier.lastApplied).toBe(4);
    expect(second.applier.logTimeMs).toBe(3_000);
    expect(second.applier.sessions).toBe(1);
    for (const { apply, sum } of [first, second]) {
      expect(textOf(apply(request(2, 1, 5)))).toBe('done at 3: 5');
      expect(textOf(apply(request(2, 2, 13)))).toBe('threw at 4: unlucky');
      expect(textOf(apply(request(2, 3, 7)))).toBe('done at 7: 12');
      expect(sum()).toBe(12);
    }
    expect(second.applier.freeze().configuration).toEqual(content.configuration);
  });

  it('is of the moment at which it was frozen, whatever is applied after that', () => {
    const first = startApplier();
    first.apply({ kind: 'openSession' });
    first.apply(request(1, 1, 5));
    const content = first.applier.freeze();
    first.apply(request(1, 2, 7));
    first.apply({ kind: 'openSession' });
    const second = restored(encodeSnapshot(content));
    expect([second.applier.lastApplied, second.applier.sessions]).toEqual([2, 1]);
    expect(textOf(second.apply(request(1, 2, 7)))).toBe('done at 3: 12');
  });
});
