/** Tests of the laws about the names of requests: each must break on a run that breaks it. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '../machines/entry.js';
import type { ClientHappening, CommandName, Law, Watch } from '../sim/law.js';
import { honestAcknowledgements } from './honestAcknowledgements.js';
import { oncePerRequest } from './oncePerRequest.js';
import { entry } from './support/script.js';

function executes(watch: Watch, one: Entry): string | undefined {
  watch.executed?.('a', one.index, one.term);
  return applies(watch, one);
}

function applies(watch: Watch, one: Entry): string | undefined {
  return watch.applied?.('a', {
    entry: one,
    outcome: { type: 'done', index: one.index, value: 0 },
  });
}

function command(index: number, sequence: number, firstUnacknowledged = 1): Entry {
  return { ...entry(index, 1), sessionId: 2, sequence, firstUnacknowledged };
}

function settled(...names: CommandName[]): ClientHappening {
  return { type: 'settled', client: 7, outcome: 'done', names, index: 5 };
}

function name(sequence: number): CommandName {
  return { sessionId: 2, sequence };
}

describe('Once Per Request', () => {
  const law: Law = oncePerRequest;

  it('breaks when one request is executed under two names, known before or after', () => {
    const before = law.watch();
    executes(before, command(5, 1));
    executes(before, command(6, 2));
    expect(before.client?.(settled(name(1), name(2)))).toContain('command 1 of session 2 and as');
    const after = law.watch();
    executes(after, command(5, 1));
    expect(after.client?.(settled(name(1), name(2)))).toBeUndefined();
    expect(executes(after, command(6, 2))).toContain('command 2 of session 2');
  });

  it('holds where two requests have a name each, and where a copy is not executed', () => {
    const watch = law.watch();
    for (const sequence of [1, 2]) {
      expect(executes(watch, command(4 + sequence, sequence))).toBeUndefined();
      expect(watch.client?.(settled(name(sequence)))).toBeUndefined();
    }
    executes(watch, command(8, 3));
    applies(watch, command(9, 4));
    expect(watch.client?.(settled(name(3), name(4)))).toBeUndefined();
    expect(watch.sometimes).toEqual({ 'a request of a session was executed': 3 });
  });
});

describe('Honest Acknowledgements', () => {
  it('breaks when a client has said that it has an answer that it waits for', () => {
    const watch = honestAcknowledgements.watch();
    applies(watch, command(5, 3, 2));
    expect(watch.client?.(settled(name(2)))).toBeUndefined();
    expect(watch.client?.(settled(name(1)))).toContain('waits from 2 on');
  });

  it('holds where the answer came before', () => {
    const watch = honestAcknowledgements.watch();
    expect(watch.client?.(settled(name(1)))).toBeUndefined();
    applies(watch, command(5, 2, 2));
    expect(watch.client?.(settled(name(2)))).toBeUndefined();
    expect(watch.sometimes).toEqual({ 'a client acknowledged an answer': 1 });
  });
});
