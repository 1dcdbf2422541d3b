/** Snapshots of the store: they are sent, and they are small (rows K21 and K22). */
import { limitedLog, raftStateBytesMax } from './clerkRounds.js';
import { Clerks } from './clerks.js';
import { kvMachine } from './kvMachine.js';
import { electionMs, type Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

const common = { servers: 3, stateMachine: kvMachine, ...limitedLog } as const;

/** A server that was cut off gets a snapshot, and makes a majority with one that has all. */
export const snapshotRpc: Scenario = {
  ...common,
  row: 'K21',
  name: 'SnapshotRPC',
  run(lab) {
    const clerks = new Clerks(lab);
    const clerk = clerks.clerk(0);
    clerks.perform(clerk.put('a', 'A'));
    clerks.checkValue(clerk, 'a', 'A');
    lab.partition([2]);
    for (let i = 0; i < 50; i++) clerks.perform(clerk.put(String(i), String(i)));
    lab.sleep(electionMs);
    clerks.perform(clerk.put('b', 'B'));
    lab.checkRaftState(raftStateBytesMax);
    lab.partition([1]);
    clerks.perform(clerk.put('c', 'C'));
    clerks.perform(clerk.put('d', 'D'));
    const values = { a: 'A', b: 'B', 1: '1', 49: '49' };
    for (const [key, value] of Object.entries(values)) clerks.checkValue(clerk, key, value);
    lab.heal();
    clerks.perform(clerk.put('e', 'E'));
    const later = { c: 'C', d: 'D', e: 'E', 1: '1' };
    for (const [key, value] of Object.entries(later)) clerks.checkValue(clerk, key, value);
    clerks.checkHistory();
  },
};

/** A snapshot is as large as what is in the store, and not as what was. */
export const snapshotSize: Scenario = {
  ...common,
  row: 'K22',
  name: 'SnapshotSize',
  run(lab) {
    const largest = { bytes: 0 };
    watchSnapshots(lab, largest);
    const clerks = new Clerks(lab);
    const clerk = clerks.clerk();
    for (let i = 0; i < 200; i++) {
      for (const value of ['0', '1']) {
        clerks.perform(clerk.put('x', value));
        clerks.checkValue(clerk, 'x', value);
      }
    }
    lab.checkRaftState(raftStateBytesMax);
    assertThat(largest.bytes > 0 && largest.bytes <= 500, `a snapshot has ${largest.bytes} bytes`);
    clerks.checkHistory();
  },
};

/** Notes the size of the largest snapshot that any server takes. */
function watchSnapshots(lab: Lab, largest: { bytes: number }): void {
  lab.checkOneLeader();
  for (const server of lab.numbers) {
    lab.actor(server)!.events$.subscribe((event) => {
      if (event.type === 'snapshotTaken') largest.bytes = Math.max(largest.bytes, event.bytes);
    });
  }
}
