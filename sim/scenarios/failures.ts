/** Agreement while servers are cut off: with a majority, and without (rows R6 to R9). */
import { electionMs } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/** Two of three agree; one alone takes a command, and never commits it. */
export const followerFailure: Scenario = {
  row: 'R6',
  name: 'FollowerFailure',
  servers: 3,
  run(lab) {
    lab.one(101, 3);
    const leader = lab.checkOneLeader();
    lab.disconnect(lab.after(leader));
    lab.one(102, 2);
    lab.sleep(electionMs);
    lab.one(103, 2);
    const last = lab.checkOneLeader();
    lab.disconnect(lab.after(last), lab.after(last, 2));
    const { index } = lab.mustStart(last, 104);
    assertThat(index === 4, `the command went to ${index}, not 4`);
    lab.sleep(2 * electionMs);
    lab.checkUncommitted(4);
  },
};

/** The same where leaders are lost. */
export const leaderFailure: Scenario = {
  row: 'R7',
  name: 'LeaderFailure',
  servers: 3,
  run(lab) {
    lab.one(101, 3);
    lab.disconnect(lab.checkOneLeader());
    lab.one(102, 2);
    lab.sleep(electionMs);
    lab.one(103, 2);
    lab.disconnect(lab.checkOneLeader());
    for (const server of lab.numbers) lab.start(server, 104);
    lab.sleep(2 * electionMs);
    lab.checkUncommitted(4);
  },
};

/** A follower that comes back takes part again. */
export const failAgree: Scenario = {
  row: 'R8',
  name: 'FailAgree',
  servers: 3,
  run(lab) {
    lab.one(101, 3);
    const follower = lab.after(lab.checkOneLeader());
    lab.disconnect(follower);
    lab.one(102, 2);
    lab.one(103, 2);
    lab.sleep(electionMs);
    lab.one(104, 2);
    lab.one(105, 2);
    lab.connect(follower);
    lab.one(106, 3, true);
    lab.sleep(electionMs);
    lab.one(107, 3, true);
  },
};

/** Two of five commit nothing; when the others come back, their entry may stay or be replaced. */
export const failNoAgree: Scenario = {
  row: 'R9',
  name: 'FailNoAgree',
  servers: 5,
  run(lab) {
    lab.one(10, 5);
    const leader = lab.checkOneLeader();
    const away = [1, 2, 3].map((by) => lab.after(leader, by));
    lab.disconnect(...away);
    const { index } = lab.mustStart(leader, 20);
    assertThat(index === 2, `the command went to ${index}, not 2`);
    lab.sleep(2 * electionMs);
    lab.checkUncommitted(2);
    lab.connect(...away);
    const next = lab.mustStart(lab.checkOneLeader(), 30).index;
    assertThat(next === 2 || next === 3, `the command went to ${next}, not 2 or 3`);
    lab.one(1_000, 5, true);
  },
};
