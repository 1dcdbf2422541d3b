/** Logs that are cut behind snapshots, and servers that have missed what is gone (R22 to R28). */
import type { Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/** Snapshots are taken when the index of the next command is a multiple of this. */
const snapshotEvery = 10;
const raftStateBytesMax = 2_000;

/** Nothing stays in the log behind a snapshot. */
const common = { servers: 3, snapshotEvery, settings: { trailingEntriesMax: 0 } } as const;

type Trouble = 'none' | 'cut' | 'crash';

/** The log stays short. */
export const snapshotBasic = withTrouble('R22', 'SnapshotBasic', 'none');
/** A server that was cut off gets a snapshot. */
export const snapshotInstall = withTrouble('R23', 'SnapshotInstall', 'cut');
export const snapshotInstallUnreliable = withTrouble(
  'R24',
  'SnapshotInstallUnreliable',
  'cut',
  true,
);
/** A server that was down gets a snapshot. */
export const snapshotInstallCrash = withTrouble('R25', 'SnapshotInstallCrash', 'crash');
export const snapshotInstallUnCrash = withTrouble('R26', 'SnapshotInstallUnCrash', 'crash', true);

/** Nothing is lost when all servers crash. */
export const snapshotAllCrash: Scenario = {
  ...common,
  row: 'R27',
  name: 'SnapshotAllCrash',
  run(lab) {
    agree(lab, 3);
    for (let i = 0; i < 5; i++) {
      const count = someCommands(lab);
      for (let j = 0; j < count; j++) agree(lab, 3);
      const before = agree(lab, 3);
      lab.crash(...lab.numbers);
      lab.restart(...lab.numbers);
      const after = agree(lab, 3);
      assertThat(after >= before + 1, `index ${after} was given after ${before}`);
    }
  },
};

/** A snapshot is still there when what follows it was saved after a restart. */
export const snapshotInit: Scenario = {
  ...common,
  row: 'R28',
  name: 'SnapshotInit',
  run(lab) {
    for (let i = 0; i < 1 + snapshotEvery + 1; i++) agree(lab, 3);
    for (let restarts = 0; restarts < 2; restarts++) {
      lab.crash(...lab.numbers);
      lab.restart(...lab.numbers);
      agree(lab, 3);
    }
  },
};

function withTrouble(row: string, name: string, trouble: Trouble, unreliable = false): Scenario {
  const run = (lab: Lab) => {
    agree(lab, 3);
    let leader = lab.checkOneLeader();
    for (let i = 0; i < 30; i++) {
      iterate(lab, leader, i, trouble);
      if (trouble !== 'none') leader = lab.checkOneLeader();
    }
    assertThat(lab.applied.snapshots > 0, 'no snapshot was taken');
  };
  return { ...common, row, name, unreliable, run };
}

/** Every third time the leader is the victim, and a follower is asked. */
function iterate(lab: Lab, leader: number, i: number, trouble: Trouble): void {
  const isLeaderVictim = i % 3 === 1;
  const other = lab.after(leader);
  const victim = isLeaderVictim ? leader : other;
  const sender = isLeaderVictim ? other : leader;
  if (trouble === 'cut') lab.disconnect(victim);
  if (trouble === 'crash') lab.crash(victim);
  if (trouble !== 'none') agree(lab, 2);
  const count = someCommands(lab);
  for (let j = 0; j < count; j++) lab.start(sender, lab.draw(2 ** 31));
  agree(lab, trouble === 'none' ? 3 : 2);
  lab.checkRaftState(raftStateBytesMax - 1);
  if (trouble === 'none') return;
  lab.restart(victim);
  agree(lab, 3);
}

function agree(lab: Lab, servers: number): number {
  return lab.one(lab.draw(2 ** 31), servers, true);
}

/** Five to fourteen. */
function someCommands(lab: Lab): number {
  return snapshotEvery / 2 + lab.draw(snapshotEvery);
}
