/** Tests of the session table: what is asked twice is applied once, and answered twice. */
import { describe, expect, it } from 'vitest';
import { answerOverheadBytes, type SessionLimits, Sessions } from './sessions.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

/** A table, and a log for it that counts by itself. */
function table(limits: Partial<SessionLimits> = {}) {
  const sessions = new Sessions([], limits);
  let index = 0;
  const entry = (stampMs: number) => ({ index: ++index, stampMs });
  return {
    sessions,
    open: (stampMs = 0): number => {
      sessions.open(entry(stampMs));
      return index;
    },
    close: (sessionId: number, stampMs = 0) => sessions.close({ sessionId, stampMs }),
    /** Applies a command if it is fresh, with `answer`; says what came of it. */
    command: (sessionId: number, sequence: number, more: CommandOptions = {}): string => {
      const { firstUnacknowledged = 0, stampMs = 0, answer = 'ok', threw = false } = more;
      const command = { ...entry(stampMs), sessionId, sequence, firstUnacknowledged };
      const admission = sessions.admit(command);
      if (admission.type === 'answered') {
        const { index: at, threw: didThrow, bytes: remembered } = admission.answer;
        return `${at}${didThrow ? ' threw' : ''} ${text(remembered)}`;
      }
      if (admission.type === 'fresh') sessions.remember(command, { threw, bytes: bytes(answer) });
      return admission.type;
    },
    ids: () => sessions.freeze().map(({ id }) => id),
  };
}

interface CommandOptions {
  readonly firstUnacknowledged?: number;
  readonly stampMs?: number;
  readonly answer?: string;
  readonly threw?: boolean;
}

describe('a session', () => {
  it('is named by the index of the entry that opened it', () => {
    const { open, ids } = table();
    expect([open(), open()]).toEqual([1, 2]);
    expect(ids()).toEqual([1, 2]);
  });

  it('applies a command once, and answers its duplicates as the first was answered (§8)', () => {
    const { open, command } = table();
    const id = open();
    expect(command(id, 1, { answer: 'first' })).toBe('fresh');
    expect(command(id, 1, { answer: 'second' })).toBe('2 first');
    expect(command(id, 1)).toBe('2 first');
  });

  it('remembers what the state machine threw as well', () => {
    const { open, command } = table();
    const id = open();
    command(id, 1, { answer: 'no such account', threw: true });
    expect(command(id, 1)).toBe('2 threw no such account');
  });

  it('applies commands in whatever order they come', () => {
    const { open, command } = table();
    const id = open();
    for (const sequence of [3, 1, 256, 2]) expect(command(id, sequence)).toBe('fresh');
    for (const sequence of [1, 2, 3, 256]) expect(command(id, sequence)).toMatch(/ ok$/);
  });

  it('knows nothing of the commands of another one', () => {
    const { open, command } = table();
    const [one, other] = [open(), open()];
    expect(command(one, 1)).toBe('fresh');
    expect(command(other, 1)).toBe('fresh');
  });

  it('forgets an answer once its client has it, and never applies the command again', () => {
    const { sessions, open, command } = table();
    const id = open();
    for (const sequence of [1, 2, 3]) command(id, sequence);
    expect(command(id, 4, { firstUnacknowledged: 3 })).toBe('fresh');
    expect(sessions.answerBytes).toBe(2 * ('ok'.length + answerOverheadBytes));
    expect([1, 2].map((sequence) => command(id, sequence))).toEqual(['forgotten', 'forgotten']);
    expect(command(id, 3)).toBe('4 ok');
  });

  it('takes back no acknowledgement for an entry that comes late', () => {
    const { open, command } = table();
    const id = open();
    command(id, 1);
    command(id, 2, { firstUnacknowledged: 2 });
    expect(command(id, 1, { firstUnacknowledged: 1 })).toBe('forgotten');
  });

  it('has no sequence 0', () => {
    const { open, command } = table();
    expect(command(open(), 0)).toBe('forgotten');
  });

  it('refuses what is 256 or more beyond the first that is not acknowledged', () => {
    const { open, command } = table();
    const id = open();
    expect(command(id, 257)).toBe('tooFar');
    expect(command(id, 256)).toBe('fresh');
    expect(command(id, 257, { firstUnacknowledged: 2 })).toBe('fresh');
    expect(command(id, 258)).toBe('tooFar');
  });

  it('forgets all that was acknowledged, also when that is further than it ever counted', () => {
    const { sessions, open, command } = table();
    const id = open();
    for (let sequence = 1; sequence <= 256; sequence++) command(id, sequence);
    expect(command(id, 9_000, { firstUnacknowledged: 9_000 })).toBe('fresh');
    expect(sessions.answerBytes).toBe('ok'.length + answerOverheadBytes);
  });

  it('is over once it is closed, and closing it again changes nothing', () => {
    const { sessions, open, close, command } = table();
    const id = open();
    command(id, 1);
    close(id);
    close(id);
    expect(command(id, 1)).toBe('expired');
    expect([sessions.size, sessions.answerBytes]).toEqual([0, 0]);
  });

  it('keeps its answers in storage of their own', () => {
    const { sessions, open } = table();
    const id = open();
    const command = { index: 2, stampMs: 0, sessionId: id, sequence: 1, firstUnacknowledged: 0 };
    const given = Buffer.from('kept');
    sessions.admit(command);
    sessions.remember(command, { threw: false, bytes: given });
    given.fill(0);
    expect(sessions.admit(command)).toMatchObject({ answer: { bytes: bytes('kept') } });
  });

  it('never has two answers to one command', () => {
    const { sessions, open, command } = table();
    command(open(), 1);
    const entry = { index: 3, sessionId: 1, sequence: 1 };
    const answer = { threw: false, bytes: bytes('other') };
    expect(() => sessions.remember(entry, answer)).toThrow('Exactly Once');
    expect(() => sessions.remember({ ...entry, sessionId: 9 }, answer)).toThrow('Exactly Once');
  });
});

describe('a full table', () => {
  it('expires sessions that log time has left behind, and never opens them again', () => {
    const { open, command, ids } = table({ sessionExpiryMs: 100 });
    const [idle, busy] = [open(0), open(0)];
    command(busy, 1, { stampMs: 100 });
    expect(ids()).toEqual([idle, busy]);
    command(busy, 2, { stampMs: 101 });
    expect(ids()).toEqual([busy]);
    expect(command(idle, 1, { stampMs: 101 })).toBe('expired');
    expect(command(busy, 3, { stampMs: 202 })).toBe('expired');
    expect(ids()).toEqual([]);
  });

  it('looks for expired sessions when one is opened or closed, too', () => {
    const { open, close, ids } = table({ sessionExpiryMs: 100 });
    open(0);
    const second = open(101);
    expect(ids()).toEqual([second]);
    close(9, 202);
    expect(ids()).toEqual([]);
  });

  it('gives up the session that was applied least recently, by log position', () => {
    const { open, command, ids } = table({ sessionsMax: 2 });
    const [one, two] = [open(), open()];
    command(one, 1);
    const three = open();
    expect(ids()).toEqual([one, three]);
    expect(command(two, 1)).toBe('expired');
  });

  it('counts a duplicate as use: its client is there', () => {
    const { open, command, ids } = table({ sessionsMax: 2 });
    const one = open();
    command(one, 1);
    open();
    command(one, 1);
    const three = open();
    expect(ids()).toEqual([one, three]);
  });

  it('keeps answers whole, and gives up whole sessions where they are too large together', () => {
    const answerBytesMax = 2 * (100 + answerOverheadBytes);
    const { sessions, open, command, ids } = table({ answerBytesMax });
    const [one, two, three] = [open(), open(), open()];
    const answer = 'x'.repeat(100);
    command(one, 1, { answer });
    command(two, 1, { answer });
    expect(ids()).toEqual([three, one, two]);
    command(two, 2, { answer: '' });
    expect(ids()).toEqual([two]);
    expect(command(two, 1)).toBe(`5 ${answer}`);
    expect(sessions.answerBytes).toBeLessThanOrEqual(answerBytesMax);
  });

  it('gives up a session whose own answers are too large, at the one that was too much', () => {
    const { sessions, open, command } = table({ answerBytesMax: 1_000 });
    const id = open();
    expect(command(id, 1, { answer: 'x'.repeat(1_000) })).toBe('fresh');
    expect(command(id, 1)).toBe('expired');
    expect([sessions.size, sessions.answerBytes]).toEqual([0, 0]);
  });

  it('has the limits that are documented', () => {
    const { open, command, ids } = table();
    const first = open();
    for (let left = 4_095; left > 0; left--) open();
    expect(ids()).toHaveLength(4_096);
    open();
    expect(ids()).toHaveLength(4_096);
    expect(command(first, 1)).toBe('expired');
    const hourMs = 60 * 60 * 1000;
    expect(command(4_096, 1, { stampMs: hourMs })).toBe('fresh');
    expect(command(4_095, 1, { stampMs: hourMs + 1 })).toBe('expired');
  });
});
