import { describe, expect, it } from 'vitest';
import { Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { ScenarioFailed } from './scenarioFailed.js';

function labOf(change: Partial<Scenario> = {}): Lab {
  const scenario: Scenario = { row: 'X', name: 'None', servers: 3, run: () => {}, ...change };
  return new Lab({ scenario, seed: 1, laws: [] });
}

describe('the indexes of a lab', () => {
  it('count commands, and nothing else that is in the log', () => {
    const lab = labOf();
    expect(lab.one('a', 3)).toBe(1);
    lab.crash(...lab.numbers);
    lab.restart(...lab.numbers);
    expect(lab.one('b', 3, true)).toBe(2);
    expect(lab.applied.commands).toEqual(['a', 'b']);
    const { lastIndex } = lab.actor(lab.leaders[0]!)!.snapshot!.context.log;
    expect(lastIndex).toBeGreaterThan(2);
  });

  it('count what is given to a leader before it is written', () => {
    const lab = labOf();
    const leader = lab.checkOneLeader();
    const indexes = ['a', 'b', 'c'].map((command) => lab.mustStart(leader, command).index);
    expect(indexes).toEqual([1, 2, 3]);
    expect(lab.applied.serversAt(1)).toBe(0);
    expect(lab.wait(3, 3)).toBe('c');
  });

  it('go on behind a snapshot', () => {
    const lab = labOf({ snapshotEvery: 10, settings: { trailingEntriesMax: 0 } });
    for (let index = 1; index <= 25; index++) expect(lab.one(index, 3, true)).toBe(index);
    const [leader] = lab.leaders;
    expect(lab.actor(leader!)!.snapshot!.context.log.base.index).toBeGreaterThan(10);
    lab.crash(leader!);
    expect(lab.one(26, 2, true)).toBe(26);
    lab.restart(leader!);
    expect(lab.one(27, 3, true)).toBe(27);
  });
});

describe('what a lab asks', () => {
  it('fails where too few agree', () => {
    const lab = labOf();
    lab.disconnect(lab.checkOneLeader());
    expect(() => lab.one('a', 3)).toThrow(ScenarioFailed);
    expect(() => lab.one('b', 2)).not.toThrow();
  });

  it('fails where nobody can lead, and somebody should', () => {
    const lab = labOf();
    lab.disconnect(0, 1);
    expect(() => lab.checkOneLeader()).toThrow('nobody leads');
    lab.checkNoLeader();
    lab.connect(0);
    const leader = lab.checkOneLeader();
    expect([0, 2]).toContain(leader);
    expect(() => lab.checkNoLeader()).toThrow(ScenarioFailed);
  });

  it('knows who is cut off, and who is down', () => {
    const lab = labOf();
    lab.sleep(100);
    lab.disconnect(0);
    lab.crash(1);
    const known = lab.numbers.map((server) => [lab.isConnected(server), lab.isUp(server)]);
    expect(known).toEqual([
      [false, true],
      [false, false],
      [true, true],
    ]);
    lab.connect(0);
    lab.restart(1);
    expect(lab.numbers.every((server) => lab.isConnected(server))).toBe(true);
  });

  it('counts the Raft state as the log has it on disk', () => {
    const lab = labOf();
    const leader = lab.checkOneLeader();
    lab.one('a', 3);
    const before = lab.raftStateBytes(leader);
    lab.one('b'.repeat(100), 3);
    // The text in quotes, a header of 53 bytes, and 5 of the record.
    expect(lab.raftStateBytes(leader) - before).toBe(102 + 53 + 5);
    lab.crash(leader);
    expect(lab.raftStateBytes(leader)).toBe(0);
  });
});

describe('tasks', () => {
  it('go on beside a scenario, in virtual time', () => {
    const lab = labOf();
    const seen: number[] = [];
    const running = lab.spawn(
      (function* () {
        for (const ms of [10, 20, 30]) {
          seen.push(lab.nowMs);
          yield ms;
        }
      })(),
    );
    lab.sleep(40);
    expect([seen, running.isOver]).toEqual([[0, 10, 30], false]);
    lab.join([running], 100);
    expect(lab.nowMs).toBe(60);
  });

  it('fail the scenario when they throw, and when they are not over in time', () => {
    const lab = labOf();
    const failing = function* () {
      yield 5;
      throw new ScenarioFailed('so it is');
    };
    lab.spawn(failing());
    expect(() => lab.sleep(10)).toThrow('so it is');
    const endless = function* () {
      for (;;) yield 10;
    };
    expect(() => lab.join([lab.spawn(endless())], 100)).toThrow(/not over after 100 ms/u);
  });
});
