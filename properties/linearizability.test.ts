/** Tests of the law that is held against whole histories: it must break, each way by its name. */
import { describe, expect, it } from 'vitest';
import { runningSum } from '../sim/linearizability/runningSum.js';
import type { Operation } from '../sim/run.js';
import { linearizability } from './linearizability.js';

type One = Operation<number, number>;

/** A command of client 1 that adds `input`, and what it was answered. */
function add(input: number, output: number, called: number, returned: number): One {
  return { client: 1, kind: 'command', input, output, called, returned, outcome: 'done' };
}

function read(output: number, called: number, returned: number): One {
  return { client: 2, kind: 'query', input: undefined, output, called, returned, outcome: 'done' };
}

/** What the two laws say of a history. */
function verdict(history: readonly One[], states = 1_000) {
  return linearizability(runningSum, { states }).map((law) => law.watch().ended!(history));
}

describe('Linearizability', () => {
  it('breaks when a read does not see what was answered before it was asked', () => {
    const [violated, undecided] = verdict([add(5, 5, 0, 10), read(0, 20, 30)]);
    expect(violated).toContain('0');
    expect(undecided).toBeUndefined();
  });

  it('breaks when a command was applied twice, or one that was not done is seen', () => {
    expect(verdict([add(5, 10, 0, 10)])[0]).toBeDefined();
    const refused: One = { ...add(5, 5, 0, 10), outcome: 'notDone' };
    expect(verdict([refused, read(5, 20, 30)])[0]).toBeDefined();
    expect(verdict([refused, read(0, 20, 30)])).toEqual([undefined, undefined]);
  });

  it('holds for operations that overlap, in whichever order, and for unknown ones', () => {
    const unknown: One = { client: 3, kind: 'command', input: 2, called: 0, outcome: 'unknown' };
    const asked: One = {
      client: 4,
      kind: 'query',
      input: undefined,
      called: 0,
      outcome: 'unknown',
    };
    const history = [add(5, 5, 0, 10), asked, unknown, read(0, 5, 20), read(7, 30, 40)];
    const [law] = linearizability(runningSum);
    const watch = law!.watch();
    expect(watch.ended?.(history)).toBeUndefined();
    expect(watch.sometimes).toEqual({
      'a history was linearizable': 1,
      'operations overlapped': 1,
      'an answer showed an operation of unknown outcome': 1,
    });
  });

  it('breaks by a name of its own when it cannot be decided', () => {
    const many = [3, 5, 7, 11, 13, 17, 19, 23].map(
      (input): One => ({ client: 3, kind: 'command', input, called: 0, outcome: 'unknown' }),
    );
    const [violated, undecided] = verdict([...many, read(62, 10, 20)], 10);
    expect(violated).toBeUndefined();
    expect(undecided).toContain('given up');
    expect(linearizability(runningSum).map(({ name }) => name)).toEqual([
      'Linearizability',
      'Linearizability (undecided)',
    ]);
  });
});
