/** Elections (rows R1 to R3). */
import { electionMs, type Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/**
 * A leader is elected, all agree on the term, and it stays the leader. The labs only warn if the
 * term changes where nothing goes wrong; here it must not.
 */
export const initialElection: Scenario = {
  row: 'R1',
  name: 'InitialElection',
  servers: 3,
  run(lab) {
    lab.checkOneLeader();
    lab.sleep(50);
    const term = lab.checkTerms();
    assertThat(term >= 1, `the term is ${term}`);
    lab.sleep(2 * electionMs);
    assertThat(lab.checkTerms() === term, `the term was ${term}, and changed without a reason`);
    lab.checkOneLeader();
  },
};

/** A leader is replaced; without a majority nobody leads. */
export const reElection: Scenario = {
  row: 'R2',
  name: 'ReElection',
  servers: 3,
  run(lab) {
    const first = lab.checkOneLeader();
    lab.disconnect(first);
    lab.checkOneLeader();
    lab.connect(first);
    const second = checkOnlyLeader(lab);
    lab.disconnect(second, lab.after(second));
    lab.sleep(2 * electionMs);
    lab.checkNoLeader();
    lab.connect(lab.after(second));
    lab.checkOneLeader();
    lab.connect(second);
    checkOnlyLeader(lab);
  },
};

/** There is a leader whenever a majority is connected. */
export const manyElections: Scenario = {
  row: 'R3',
  name: 'ManyElections',
  servers: 7,
  run(lab) {
    lab.checkOneLeader();
    for (let round = 0; round < 9; round++) {
      const away = [lab.draw(7), lab.draw(7), lab.draw(7)];
      lab.disconnect(...away);
      lab.checkOneLeader();
      lab.connect(...away);
    }
    lab.checkOneLeader();
  },
};

/** One leader, and nobody else who thinks so in whichever term. */
function checkOnlyLeader(lab: Lab): number {
  const leader = lab.checkOneLeader();
  assertThat(lab.leaders.length === 1, `${lab.leaders.length} servers would lead`);
  return leader;
}
