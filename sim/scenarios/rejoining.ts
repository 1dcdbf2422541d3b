/** Servers that come back with entries that were never committed (rows R11 and R12). */
import type { Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/** What a leader was given while it was cut off is in the way of nobody, and vanishes. */
export const rejoin: Scenario = {
  row: 'R11',
  name: 'Rejoin',
  servers: 3,
  run(lab) {
    lab.one(101, 3, true);
    const first = lab.checkOneLeader();
    lab.disconnect(first);
    for (const orphan of [102, 103, 104]) lab.mustStart(first, orphan);
    lab.one(103, 2, true);
    const second = lab.checkOneLeader();
    lab.disconnect(second);
    lab.connect(first);
    lab.one(104, 2, true);
    lab.connect(second);
    lab.one(105, 3, true);
    const committed = lab.applied.commands;
    assertThat(committed.join(' ') === '101 103 104 105', `committed: ${committed.join(' ')}`);
  },
};

/** Logs that differ by many entries of several terms are made one again, and soon. */
export const backup: Scenario = {
  row: 'R12',
  name: 'Backup',
  servers: 5,
  run(lab) {
    agree(lab, 1, 5);
    const first = lab.checkOneLeader();
    const [follower, ...others] = [1, 2, 3, 4].map((by) => lab.after(first, by));
    lab.disconnect(...others);
    submit(lab, first, 50);
    lab.sleep(500);
    lab.disconnect(first, follower!);
    lab.connect(...others);
    agree(lab, 50, 3);
    const second = lab.checkOneLeader();
    const third = others.find((server) => server !== second)!;
    lab.disconnect(third);
    submit(lab, second, 50);
    lab.sleep(500);
    lab.disconnect(...lab.numbers);
    lab.connect(first, follower!, third);
    agree(lab, 50, 3);
    lab.connect(...lab.numbers);
    agree(lab, 1, 5);
  },
};

function agree(lab: Lab, times: number, servers: number): void {
  for (let i = 0; i < times; i++) lab.one(lab.draw(2 ** 31), servers, true);
}

/** Gives commands to a leader that cannot commit them. */
function submit(lab: Lab, leader: number, times: number): void {
  for (let i = 0; i < times; i++) lab.mustStart(leader, lab.draw(2 ** 31));
}
