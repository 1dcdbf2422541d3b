import { describe, expect, it } from 'vitest';
import type { Applied } from '../../actors/serverActor.js';
import { jsonCodec } from '../../actors/stateMachine.js';
import { type EntryKind, proposal } from '../../machines/entry.js';
import { AppliedCommands } from './appliedCommands.js';

function applied(index: number, command: unknown, value: unknown, kind: EntryKind = 'command') {
  const entry = { ...proposal(kind, jsonCodec.encode(command)), index, term: 1, stampMs: 0 };
  return { entry, outcome: { type: 'done', index, value } } satisfies Applied;
}

function started(index: number) {
  return { after: { context: { snapshot: { base: { index } } } } } as never;
}

describe('what servers of a lab apply', () => {
  it('has lab indexes, which only commands take', () => {
    const told: unknown[] = [];
    const commands = new AppliedCommands(true, (...what) => told.push(what));
    commands.started('s1', started(0));
    expect(commands.applied('s1', applied(1, undefined, undefined, 'noOp'))).toBeUndefined();
    expect(commands.applied('s1', applied(2, 'a', 1))).toBeUndefined();
    expect(commands.applied('s1', applied(3, 'b', 2))).toBeUndefined();
    expect(told).toEqual([
      ['s1', 1],
      ['s1', 2],
    ]);
    expect([commands.serversAt(2), commands.commandAt(2), commands.countAt(2)]).toEqual([
      1,
      'b',
      1,
    ]);
  });

  it('is the same everywhere, in order, and without a gap', () => {
    const commands = new AppliedCommands(false, () => {});
    for (const server of ['s1', 's2', 's3']) commands.started(server, started(0));
    expect(commands.applied('s1', applied(1, 'a', null))).toBeUndefined();
    expect(commands.applied('s2', applied(1, 'b', null))).toMatch(/what others did not/u);
    expect(commands.applied('s3', applied(2, 'a', null))).toMatch(/entry 2 after entry 0/u);
    expect(commands.applied('s1', applied(1, 'a', null))).toMatch(/entry 1 after entry 1/u);
  });

  it('begins behind a snapshot, which must be of what somebody has applied', () => {
    const commands = new AppliedCommands(true, () => {});
    commands.started('s1', started(0));
    commands.applied('s1', applied(1, 'a', 1));
    commands.applied('s1', applied(2, 'b', 2));
    expect(commands.started('s2', started(1))).toBeUndefined();
    expect(commands.serversAt(1)).toBe(2);
    expect(commands.applied('s2', applied(2, 'b', 2))).toBeUndefined();
    expect(commands.started('s3', started(3))).toMatch(/which nobody has applied/u);
  });

  it('shows a state that has not had each command once', () => {
    const commands = new AppliedCommands(true, () => {});
    commands.started('s1', started(0));
    expect(commands.applied('s1', applied(1, 'a', 2))).toMatch(/has had 2 commands, not 1/u);
  });
});
