/** Servers that crash and start again (rows R14 to R16). */
import { electionMs } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/** All restart, then the leader, then a leader and a follower that have missed something. */
export const persist1: Scenario = {
  row: 'R14',
  name: 'Persist1',
  servers: 3,
  run(lab) {
    lab.one(11, 3, true);
    lab.crash(...lab.numbers);
    lab.restart(...lab.numbers);
    lab.one(12, 3, true);
    const first = lab.checkOneLeader();
    lab.crash(first);
    lab.restart(first);
    lab.one(13, 3, true);
    const second = lab.checkOneLeader();
    lab.crash(second);
    lab.one(14, 2, true);
    lab.restart(second);
    const found = lab.wait(4, 3);
    assertThat(found === 14, `${String(found)} is at 4, not 14`);
    const follower = lab.after(lab.checkOneLeader());
    lab.crash(follower);
    lab.one(15, 2, true);
    lab.restart(follower);
    lab.one(16, 3, true);
  },
};

/** Majorities that share one server follow each other. What is down is cut off, and crashes. */
export const persist2: Scenario = {
  row: 'R15',
  name: 'Persist2',
  servers: 5,
  run(lab) {
    let command = 10;
    for (let round = 0; round < 5; round++) {
      lab.one(++command, 5, true);
      const leader = lab.checkOneLeader();
      const [a, b, c, d] = [1, 2, 3, 4].map((by) => lab.after(leader, by));
      lab.crash(a!, b!);
      lab.one(++command, 3, true);
      lab.crash(leader, c!, d!);
      lab.restart(a!, b!);
      lab.sleep(electionMs);
      lab.restart(c!);
      lab.one(++command, 3, true);
      lab.restart(d!, leader);
    }
    lab.one(1_000, 5, true);
  },
};

/** A majority of which one has a shorter log elects the other one. */
export const persist3: Scenario = {
  row: 'R16',
  name: 'Persist3',
  servers: 3,
  run(lab) {
    lab.one(101, 3, true);
    const leader = lab.checkOneLeader();
    const [other, away] = [lab.after(leader), lab.after(leader, 2)];
    lab.disconnect(away);
    lab.one(102, 2, true);
    lab.crash(leader, other);
    lab.connect(away);
    lab.restart(leader);
    lab.one(103, 2, true);
    lab.restart(other);
    lab.one(104, 3, true);
  },
};
