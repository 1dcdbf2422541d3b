/** Tests of harm to what is on a disk: the server that finds it stays down, and nothing is lost. */
import { describe, expect, it } from 'vitest';
import { clientLaws } from '../../properties/clientLaws.js';
import { raftLaws } from '../../properties/raftLaws.js';
import { load, stateMachine } from '../../properties/support/busyRun.js';
import type { FaultWindow } from '../fault.js';
import type { Run, ServerView } from '../run.js';
import { benign, type LoadItem, type Schedule } from '../schedule.js';
import { Simulation } from '../simulation.js';

const laws = [...raftLaws, ...clientLaws];
const late: readonly LoadItem<number>[] = [{ at: 2_500, client: 0, command: 1 }];

const harms = ['bitRot', 'misdirected', 'loseFile', 'truncateFile'] as const;

function play(seed: number, windows: readonly FaultWindow[], settings: Schedule['settings'] = {}) {
  const schedule = { ...benign(3, 3_000), load: [...load, ...late], windows, settings };
  const simulation = new Simulation<number, number>({
    schedule: { ...schedule, segmentBytes: 2_048 },
    seed,
    stateMachine,
    laws,
  });
  simulation.runUntil(3_000);
  return { run: simulation.result(), servers: simulation.view() };
}

function down(servers: readonly ServerView[]): string[] {
  return servers.flatMap(({ id, isUp }) => (isUp ? [] : [id]));
}

function outcomeOf({ history }: Run): string {
  return history.find(({ called }) => called >= 2_500)!.outcome;
}

describe('harm to a disk', () => {
  for (const kind of harms) {
    it(`is found when its server starts, or hides nothing, and the others go on: ${kind}`, () => {
      let found = 0;
      for (let seed = 1; seed <= 8; seed++) {
        const settings = seed % 2 === 0 ? {} : { snapshotAfterEntries: 5, trailingEntriesMax: 2 };
        const window = { at: 1_200, dur: 200, fault: { kind, server: 1 } } as const;
        const { run, servers } = play(seed, [window], settings);
        expect(run.violations).toEqual([]);
        expect(outcomeOf(run)).toBe('done');
        for (const { server, code } of run.detected)
          expect([server, code]).toEqual(['s2', 'RAFT_STORE_DAMAGED']);
        expect(down(servers)).toEqual(run.detected.map(({ server }) => server));
        expect(run.faults[kind]).toEqual({ fired: 1, mattered: run.detected.length });
        found += run.detected.length;
      }
      expect(found).toBeGreaterThan(2);
    });
  }

  it('that takes the identity of a folder just founded may look like half a founding', () => {
    const codes = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const fault = { kind: 'loseFile', server: 1 } as const;
      const { run, servers } = play(seed, [{ at: 15, dur: 20, fault }]);
      expect(run.violations).toEqual([]);
      for (const { code } of run.detected) codes.add(code);
      expect(down(servers)).toEqual(run.detected.map(({ server }) => server));
    }
    expect([...codes]).toEqual(['RAFT_NOT_FOUNDED']);
  });

  it('strikes nobody else while one of three is harmed', () => {
    const windows = [0, 1, 2].map((server) => ({
      at: 1_000 + 100 * server,
      dur: 50,
      fault: { kind: harms[server]!, server },
    }));
    const { run } = play(1, windows);
    expect(run.faults).toMatchObject({ bitRot: { fired: 1 } });
    expect(Object.keys(run.faults)).toEqual(['bitRot']);
    expect(run.violations).toEqual([]);
  });
});
