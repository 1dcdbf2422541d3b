import { describe, expect, it } from 'vitest';
import type { Exploration } from '../sim/explore/explore.js';
import { explorationDocument, explorationLines } from './explorationReport.js';

const held: Exploration = {
  end: 'exhausted',
  cuts: {},
  violation: undefined,
  states: 83_389,
  steps: 1_520_590,
  depth: 40,
  milliseconds: 1_250,
  statesPerSecond: 66_711,
  serverStates: 178,
  messages: 71,
  tableBytes: 83_389 * 28,
  frontierBytes: 1_000,
  sometimes: { 'a leader was elected': 1, 'an entry was committed': 3 },
};

describe('the report of an exploration', () => {
  it('says that all was seen, and what that was', () => {
    expect(explorationLines(held)).toEqual([
      'No law was broken in 83,389 worlds: all there are within the bounds.',
      '83,389 worlds of 178 server states and 71 messages, by 1,520,590 actions, depth 40; ' +
        '1.3 s, 66,711 worlds a second, 28 bytes a world, 3 MiB in all.',
    ]);
  });

  it('says which bound ended it, which left worlds out, and what never happened', () => {
    const lines = explorationLines({
      ...held,
      end: 'states',
      cuts: { newTerms: 1_200, messages: 7 },
      sometimes: { 'a leader was elected': 0, 'an entry was committed': 0 },
    });
    expect(lines[0]).toBe('No law was broken in 83,389 worlds: then the bound on states ended it.');
    expect(lines[1]).toBe('Left out, beyond a bound: 1,200 by newTerms, 7 by messages.');
    expect(lines[3]).toBe(
      'It never happened that a leader was elected, or that an entry was committed.',
    );
  });

  it('shows a broken law with the actions that lead to it', () => {
    const trace = ['Timeout S1', 'Receive S1 -> S2 PreVoteRequest term 2, log to 1@1'];
    const violation = { law: 'Election Safety', detail: 'S1 and S2 were both elected', trace };
    const broken = { ...held, end: 'broken', violation } as const;
    expect(explorationLines(broken).slice(0, 3)).toEqual([
      'Election Safety is broken: S1 and S2 were both elected.',
      '  1 Timeout S1',
      '  2 Receive S1 -> S2 PreVoteRequest term 2, log to 1@1',
    ]);
    expect(explorationDocument(broken)).toMatchObject({ ok: false, wallMs: 1_250, violation });
  });
});
