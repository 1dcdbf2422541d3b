/** Tests of a user's state machine that is fed with bytes. */
import { describe, expect, it } from 'vitest';
import { onBytes } from './bytesStateMachine.js';
import { type AppliedEntry, jsonCodec, type StateMachine } from './stateMachine.js';

type Words = StateMachine<string, number, string, boolean>;

const entry: AppliedEntry = { index: 1, term: 1, at: 5, random: () => 0.5 };

function startWords(parts: Partial<Words> = {}) {
  const words: string[] = [];
  const machine: Words = {
    apply: (word) => words.push(word),
    query: (word) => words.includes(word),
    snapshot: () => [jsonCodec.encode(words)],
    restore: (chunks) => void words.splice(0, Infinity, ...[...chunks].map(String)),
    ...parts,
  };
  return { words, bytes: onBytes(machine, jsonCodec) };
}

describe('a state machine on bytes', () => {
  it('gets its commands and queries as they were before they were encoded', () => {
    const { words, bytes } = startWords();
    expect(bytes.apply(jsonCodec.encode('Ilias'), entry)).toBe(1);
    expect(bytes.query!(jsonCodec.encode('Ilias'))).toBe(true);
    expect(bytes.query!(jsonCodec.encode('Aeneis'))).toBe(false);
    expect(words).toEqual(['Ilias']);
  });

  it('needs neither queries nor time', () => {
    const machine = { apply: () => 0, snapshot: () => [], restore: () => {} };
    const bytes = onBytes(machine, jsonCodec);
    expect(bytes.query!(jsonCodec.encode('x'))).toBeUndefined();
    expect(bytes.dueMs!()).toBeUndefined();
    bytes.tick!(7);
  });

  it('hears of time, and says what is due', () => {
    const ticks: number[] = [];
    const { bytes } = startWords({ tick: (at) => ticks.push(at), dueMs: () => 9 });
    bytes.tick!(7);
    expect([ticks, bytes.dueMs!()]).toEqual([[7], 9]);
  });

  it('restores in steps where it can, and only there', () => {
    expect('beginRestore' in startWords().bytes).toBe(false);
    const steps: string[] = [];
    const { bytes } = startWords({
      beginRestore: () => ({ push: () => steps.push('push'), finish: () => steps.push('finish') }),
    });
    const restoring = bytes.beginRestore!();
    restoring.push(Uint8Array.of(1));
    restoring.finish();
    expect(steps).toEqual(['push', 'finish']);
  });

  it('lets what cannot be decoded out as an error of its command', () => {
    const { words, bytes } = startWords();
    expect(() => bytes.apply(Uint8Array.of(123), entry)).toThrow(SyntaxError);
    expect(words).toEqual([]);
  });
});
