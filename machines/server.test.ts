/**
 * Tests that every chart can be built: a line that leads to a state that is not there shows here.
 */
import { describe, expect, it } from 'vitest';
import { start } from '../properties/support/cases.js';
import { progressMachine } from './progress.js';
import { raft } from './raft.js';
import { type Role, roleMachine, server } from './server.js';

const roles: readonly Role[] = ['follower', 'preCandidate', 'candidate', 'leader'];

describe('the charts', () => {
  it('are the four roles in the chart of a server, which starts as a follower (Figure 4)', () => {
    expect(Object.keys(server.states)).toEqual(roles);
    expect(server.config.initial).toBe('follower');
  });

  it('are built for each role alone as well, where the other roles are ends', () => {
    for (const role of roles) {
      const machine = roleMachine(role);
      expect(machine.config.initial).toBe(role);
      for (const other of roles) {
        expect(machine.states[other]!.type === 'final').toBe(other !== role);
      }
    }
  });

  it('have a chart of a follower’s progress among them', () => {
    expect(Object.keys(progressMachine.states)).toEqual(['probing', 'replicating', 'snapshotting']);
  });

  it('are not built at all when a line leads nowhere', () => {
    const follower = { on: { 'timer.election': 'nowhere' } };
    const chart = { initial: 'follower', states: { follower } } as never;
    expect(() => raft.createMachine(chart)).toThrow('nowhere');
  });

  it('tell which role a server is in, whichever state of the role that is', () => {
    expect(start().role).toBe('follower');
    expect(start().asPreCandidate().role).toBe('preCandidate');
    expect(start().asCandidate().role).toBe('candidate');
    expect(start().asLeader().role).toBe('leader');
    expect(start().asServing().role).toBe('leader');
  });
});
