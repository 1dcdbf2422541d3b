/** Many agreements at once over a bad network (row R18). */
import type { Scenario } from './scenario.js';

/** Rounds of five agreements at once, then one of all servers when the network is good again. */
export const unreliableAgree: Scenario = {
  row: 'R18',
  name: 'UnreliableAgree',
  servers: 5,
  unreliable: true,
  run(lab) {
    const beside = [];
    for (let round = 1; round < 50; round++) {
      for (const j of [0, 1, 2, 3]) beside.push(lab.spawn(lab.agreement(100 * round + j, 1, true)));
      lab.one(round, 1, true);
    }
    lab.setUnreliable(false);
    lab.join(beside, 15_000);
    lab.one(100, 5, true);
  },
};
