import { describe, expect, it } from 'vitest';
import { parseOptions } from './killOptions.js';

describe('the options', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({
      rounds: 20,
      repeats: 3,
      seconds: 3,
      seed: 1,
      pauseMs: 5,
      plot: undefined,
    });
  });

  it('are taken as they are given', () => {
    const words = ['--rounds', '2', '--repeats=0', '--seconds=1', '--seed=7', '--pause=0'];
    expect(parseOptions([...words, '--plot', 'pictures'])).toEqual({
      rounds: 2,
      repeats: 0,
      seconds: 1,
      seed: 7,
      pauseMs: 0,
      plot: 'pictures',
    });
  });

  it('are refused in one line, with what would be taken', () => {
    expect(parseOptions(['--rounds=many'])).toBe(
      "--rounds takes a whole number from 0 to 1000, not 'many'",
    );
    expect(parseOptions(['--seconds=0'])).toMatch(/^--seconds takes/u);
    expect(parseOptions(['--round=3'])).toMatch(/--round/u);
    expect(parseOptions(['--rounds=0', '--plot=pictures'])).toMatch(/^--plot draws kills/u);
  });
});
