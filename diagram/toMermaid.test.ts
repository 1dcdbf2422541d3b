import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { progressMachine } from '../machines/progress.js';
import { server } from '../machines/server.js';
import { chartOf, statesOf } from './chart.js';
import { toMermaid } from './toMermaid.js';

describe('the Mermaid text of a chart', () => {
  it('is a state diagram that can be read as it is', () => {
    expect(toMermaid(chartOf(progressMachine))).toBe(`stateDiagram-v2
  [*] --> progress_probing
  state "probing" as progress_probing
  progress_probing : sent / sent
  progress_probing : refused [isCurrentRefusal] / refused
  state "replicating" as progress_replicating
  progress_replicating : sent / sent
  progress_replicating : accepted / accepted
  state "snapshotting" as progress_snapshotting
  progress_snapshotting : chunkSent / chunkSent
  progress_snapshotting : accepted / accepted
  progress_probing --> progress_snapshotting : compacted / compacted
  progress_replicating --> progress_snapshotting : compacted / compacted
  progress_snapshotting --> progress_snapshotting : compacted / compacted
  progress_probing --> progress_replicating : accepted / accepted
  progress_replicating --> progress_probing : refused [isCurrentRefusal] / refused
  progress_snapshotting --> progress_replicating : accepted [coversSnapshot] / accepted
`);
  });

  it('puts what is done in every state into a note beside them all', () => {
    const text = toMermaid(chartOf(server));
    const begin = text.indexOf('note right of raft\n');
    const note = text.slice(begin, text.indexOf('end note', begin));
    for (const { event } of chartOf(server).transitions) expect(note).toContain(event);
  });

  it('names every event, guard and rule of the server', () => {
    const text = toMermaid(chartOf(server));
    for (const state of statesOf(chartOf(server))) {
      for (const name of [...state.entry, ...state.exit]) expect(text).toContain(name);
      for (const { event, guard, rules } of state.transitions) {
        for (const name of [event, guard ?? '', ...rules]) expect(text).toContain(name);
      }
    }
  });

  it('names together the events that differ in nothing else', () => {
    expect(toMermaid(chartOf(server))).toContain(
      'RequestVoteResponse, AppendEntriesRequest, InstallSnapshotRequest, RequestVoteRequest, ' +
        'PreVoteResponse, AppendEntriesResponse, InstallSnapshotResponse, TimeoutNowRequest ' +
        '[isNewerTerm] / updateTerm, readAgain',
    );
  });

  it('keeps the regions of a parallel state apart', () => {
    const region = { initial: 'a', states: { a: {} } };
    const states = { left: region, right: region };
    const text = toMermaid(chartOf(createMachine({ id: 'm', type: 'parallel', states })));
    expect(text.split('\n').filter((line) => line.trim() === '--')).toHaveLength(1);
  });

  it('gives no name that means something to Mermaid, and none twice', () => {
    const states = { a: { id: 'end' }, b: { id: 'x.y' }, c: { id: 'x_y' } };
    const text = toMermaid(chartOf(createMachine({ id: 'm', initial: 'a', states })));
    expect(text).toContain('state "a" as end_\n');
    expect(text).toContain('state "b" as x_y\n');
    expect(text).toContain('state "c" as x_y_\n');
  });

  it('lets no name end its line or its quotes', () => {
    const states = { 'a"\n--> b': { on: { 'x:y;': { actions: 'act' } } } };
    const machine = createMachine({ id: 'm', initial: 'a"\n--> b', states } as never);
    const lines = toMermaid(chartOf(machine)).trimEnd().split('\n');
    expect(lines).toEqual([
      'stateDiagram-v2',
      '  [*] --> m_a______b',
      '  state "a#34;?--#62; b" as m_a______b',
      '  m_a______b : x#58;y#59; / act',
    ]);
  });
});
