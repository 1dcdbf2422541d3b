import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { server } from '../machines/server.js';
import { type ChartTransition, chartOf } from './chart.js';
import { edgesOf, labelOf, outerEdgesOf } from './edges.js';

const ends = (edges: readonly { from: string; to: string }[]) =>
  edges.map(({ from, to }) => `${from} > ${to}`);

describe('the edges of a chart', () => {
  it('are one for each two states, and none for what stays inside a state', () => {
    expect(ends(edgesOf(chartOf(server)))).toEqual([
      'raft.follower > raft.preCandidate',
      'raft.follower > raft.candidate',
      'raft.preCandidate > raft.candidate',
      'raft.preCandidate > raft.preCandidate',
      'raft.preCandidate > raft.follower',
      'raft.candidate > raft.preCandidate',
      'raft.candidate > raft.follower',
      'raft.candidate.campaigning > raft.leader',
      'raft.candidate.campaigning > raft.candidate.lost',
      'raft.leader > raft.follower',
      'raft.leader.establishing > raft.leader.serving',
      'raft.leader.serving > raft.leader.transferring',
      'raft.leader.serving > raft.follower',
      'raft.leader.transferring > raft.follower',
      'raft.leader.transferring > raft.leader.serving',
    ]);
  });

  it('lead from every state what the root itself leads to, which is entered anew', () => {
    const states = { a: {}, b: {}, c: {} };
    const machine = createMachine({ id: 'm', initial: 'a', on: { stop: '.c' }, states });
    expect(ends(edgesOf(chartOf(machine)))).toEqual(['m.a > m.c', 'm.b > m.c', 'm.c > m.c']);
  });
});

describe('the outer edges of a chart', () => {
  it('begin and end at the outermost states', () => {
    expect(ends(outerEdgesOf(chartOf(server)))).toEqual([
      'raft.follower > raft.preCandidate',
      'raft.follower > raft.candidate',
      'raft.preCandidate > raft.candidate',
      'raft.preCandidate > raft.preCandidate',
      'raft.preCandidate > raft.follower',
      'raft.candidate > raft.preCandidate',
      'raft.candidate > raft.follower',
      'raft.candidate > raft.leader',
      'raft.leader > raft.follower',
    ]);
  });
});

describe('the label of an edge', () => {
  const labelled = (...lines: readonly (readonly [string, string?])[]) => {
    const transitions = lines.map(
      ([event, guard]): ChartTransition => ({
        event,
        guard,
        rules: [],
        targets: ['b'],
        isInternal: false,
      }),
    );
    return labelOf({ transitions }).map((line) => line.map(({ text }) => text).join(' '));
  };

  it('has a line for each event, with its guard', () => {
    expect(labelled(['go'], ['run', 'isFit'])).toEqual(['go', 'run [isFit]']);
  });

  it('counts the events of a guard that has more than two', () => {
    expect(labelled(['a', 'isNew'], ['b', 'isNew'])).toEqual(['a [isNew]', 'b [isNew]']);
    expect(labelled(['a', 'isNew'], ['b', 'isNew'], ['c', 'isNew'])).toEqual(['3 events [isNew]']);
  });

  it('is the guard alone where there is no event', () => {
    expect(labelled(['always', 'isDone'])).toEqual(['[isDone]']);
    expect(labelled(['always'])).toEqual(['always']);
  });
});
