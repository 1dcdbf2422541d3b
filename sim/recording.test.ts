import { describe, expect, it } from 'vitest';
import { fromReducer } from '../actors/fromReducer.js';
import { record, toJsonLines } from './recording.js';
import { benign } from './schedule.js';
import { simulate } from './simulation.js';

const stateMachine = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

describe('a recording', () => {
  it('changes nothing about the run', () => {
    const options = { schedule: benign(3, 1_000), seed: 4, stateMachine };
    expect(record(options).run.digest).toBe(simulate(options).digest);
  });

  it('is the same, line for line, for the same schedule and seed', () => {
    const options = { schedule: benign(3, 1_000), seed: 4, stateMachine };
    const lines = toJsonLines(record(options).trace);
    expect(toJsonLines(record(options).trace)).toBe(lines);
    expect(lines.split('\n').length).toBeGreaterThan(100);
  });

  it('tells how a leader came about: by a timer, and by votes that others caused', () => {
    const { trace } = record({ schedule: benign(3, 1_000), seed: 4, stateMachine });
    const elected = trace.find((event) => event.role === 'leader')!;
    expect(elected.type).toBe('RequestVoteResponse');
    const cause = trace.find((event) => event.number === elected.cause);
    expect(cause === undefined || cause.at <= elected.at).toBe(true);
  });
});
