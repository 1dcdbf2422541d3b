import { describe, expect, it } from 'vitest';
import { fromReducer } from '../actors/fromReducer.js';
import { traceText } from './format/traceFormat.js';
import { record } from './recording.js';
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
    const lines = traceText({ seed: 4, servers: [] }, record(options).trace);
    expect(traceText({ seed: 4, servers: [] }, record(options).trace)).toBe(lines);
    expect(lines.split('\n').length).toBeGreaterThan(100);
  });

  it('tells how a leader came about: by a timer, and by votes that others caused', () => {
    const { trace } = record({ schedule: benign(3, 1_000), seed: 4, stateMachine });
    const steps = trace.filter((event) => event.type === 'step');
    const elected = steps.find(({ role }) => role === 'leader')!;
    expect(elected.event).toBe('RequestVoteResponse');
    const story: string[] = [];
    for (let at = steps.find(({ number }) => number === elected.cause); at !== undefined; ) {
      story.unshift(`${at.server} ${at.event}`);
      const { cause } = at;
      at = steps.find(({ number }) => number === cause);
    }
    expect(story).toEqual([
      's2 Restart',
      's2 timer.election',
      's1 PreVoteRequest',
      's2 PreVoteResponse',
      's2 persisted',
      's3 RequestVoteRequest',
      's3 persisted',
    ]);
  });
});
