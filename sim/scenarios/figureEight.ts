/** Leaders that fail as soon as they have taken something (Figure 8; rows R17 and R19). */
import type { Lab } from './lab.js';
import type { Scenario } from './scenario.js';

const iterations = 1_000;

/** Leaders crash; what was committed stays so, and in the end all agree. */
export const figure8: Scenario = {
  row: 'R17',
  name: 'Figure8',
  servers: 5,
  run(lab) {
    lab.one(lab.draw(10_000), 1, true);
    for (let i = 0; i < iterations; i++) {
      const leader = submitEverywhere(lab);
      lab.sleep(pauseMs(lab));
      if (leader !== undefined) lab.crash(leader);
      const back = lab.draw(5);
      if (lab.numbers.filter((server) => lab.isUp(server)).length < 3) lab.restart(back);
    }
    lab.restart(...lab.numbers);
    lab.one(lab.draw(10_000), 5, true);
  },
};

/**
 * Leaders are cut off, every other time, and after a while answers arrive in any order. In the end
 * the network is still as bad.
 */
export const figure8Unreliable: Scenario = {
  row: 'R19',
  name: 'Figure8Unreliable',
  servers: 5,
  unreliable: true,
  run(lab) {
    lab.one(lab.draw(10_000), 1, true);
    for (let i = 0; i < iterations; i++) {
      if (i === 200) lab.setReordering(true);
      const leader = submitEverywhere(lab);
      lab.sleep(pauseMs(lab));
      if (leader !== undefined && lab.isConnected(leader) && lab.draw(1_000) < 500)
        lab.disconnect(leader);
      const back = lab.draw(5);
      const connected = lab.numbers.filter((server) => lab.isConnected(server));
      if (connected.length < 3) lab.connect(back);
    }
    lab.connect(...lab.numbers);
    lab.one(lab.draw(10_000), 5, true);
  },
};

/** Answers the last one that took it, if any did. */
function submitEverywhere(lab: Lab): number | undefined {
  const command = lab.draw(10_000);
  return lab.numbers.filter((server) => lab.start(server, command) !== undefined).pop();
}

/** Mostly a few ms; one time in ten up to half an election timeout of the labs. */
function pauseMs(lab: Lab): number {
  return lab.draw(1_000) < 100 ? lab.draw(500) : lab.draw(13);
}
