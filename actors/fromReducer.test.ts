/** Tests of state machines that are made of a state and a function. */
import { describe, expect, it } from 'vitest';
import { fromReducer } from './fromReducer.js';
import type { AppliedEntry } from './stateMachine.js';

const at = (index: number): AppliedEntry => ({
  index,
  term: 1,
  at: 1_000 * index,
  random: () => 0.5,
});

const counter = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: `at ${total}` }),
});

const shelf = fromReducer({
  initial: { books: [] as readonly string[] },
  apply: ({ books }, title: string, { index }: AppliedEntry) => {
    if (title === '') throw new Error('a book has a title');
    return { state: { books: [...books, `${title} ${index}`] }, result: books.length };
  },
});

describe('a reducer as a state machine', () => {
  it('answers each command with its result, and each query with the state', () => {
    const machine = counter('a');
    expect(machine.query!()).toBe(0);
    expect(machine.apply(41, at(1))).toBe('at 0');
    expect(machine.apply(1, at(2))).toBe('at 41');
    expect(machine.query!()).toBe(42);
  });

  it('begins anew on every server', () => {
    const [a, b] = [shelf('a'), shelf('b')];
    a.apply('Ilias', at(1));
    expect(b.query!()).toEqual({ books: [] });
    expect(shelf('a').query!()).toEqual({ books: [] });
  });

  it('hands the entry on', () => {
    const machine = shelf('a');
    machine.apply('Ilias', at(7));
    expect(machine.query!()).toEqual({ books: ['Ilias 7'] });
  });

  it('stays as it was when a command throws', () => {
    const machine = shelf('a');
    machine.apply('Ilias', at(1));
    expect(() => machine.apply('', at(2))).toThrow('a book has a title');
    expect(machine.query!()).toEqual({ books: ['Ilias 1'] });
  });

  it('is the same after its snapshot was restored elsewhere, however the bytes are cut', () => {
    const machine = shelf('a');
    machine.apply('Οδύσσεια', at(1));
    const snapshot = [...machine.snapshot()];
    machine.apply('Ilias', at(2));
    const whole = Uint8Array.from(snapshot.flatMap((chunk) => [...chunk]));
    for (const cut of [0, 1, 12, whole.length]) {
      const other = shelf('b');
      other.apply('gone', at(1));
      other.restore([whole.subarray(0, cut), whole.subarray(cut)]);
      expect(other.query!()).toEqual({ books: ['Οδύσσεια 1'] });
    }
  });

  it('is in its snapshot as it was when that was taken, though it is encoded later', () => {
    const machine = shelf('a');
    machine.apply('Ilias', at(1));
    const snapshot = machine.snapshot();
    machine.apply('Odyssee', at(2));
    const other = shelf('b');
    other.restore(snapshot);
    expect(other.query!()).toEqual({ books: ['Ilias 1'] });
  });

  it('restores a state of nothing', () => {
    const nothing = fromReducer({
      initial: undefined as number | undefined,
      apply: (_state, to: number | undefined) => ({ state: to, result: to }),
    });
    const machine = nothing('a');
    const snapshot = [...machine.snapshot()];
    machine.apply(1, at(1));
    machine.restore(snapshot);
    expect(machine.query!()).toBeUndefined();
  });
});
