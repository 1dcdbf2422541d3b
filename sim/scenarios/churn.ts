/** Clients that submit everywhere, while servers come and go (rows R20 and R21). */
import { electionMs, type Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';
import type { Task } from './task.js';

/** What a client has seen committed is in the log in the end. */
export const reliableChurn: Scenario = {
  row: 'R20',
  name: 'ReliableChurn',
  servers: 5,
  run: churn,
};

/** The same over a bad network. */
export const unreliableChurn: Scenario = {
  row: 'R21',
  name: 'UnreliableChurn',
  servers: 5,
  unreliable: true,
  run: churn,
};

function churn(lab: Lab): void {
  const seen: number[] = [];
  const crowd = { isOver: false };
  const clients = [0, 1, 2].map((client) => lab.spawn(submitting(lab, client, seen, crowd)));
  for (let i = 0; i < 20; i++) {
    if (lab.draw(1_000) < 200) lab.disconnect(lab.draw(5));
    if (lab.draw(1_000) < 500) lab.restart(lab.draw(5));
    if (lab.draw(1_000) < 200) lab.crash(lab.draw(5));
    lab.sleep(700);
  }
  lab.sleep(electionMs);
  lab.setUnreliable(false);
  lab.restart(...lab.numbers);
  crowd.isOver = true;
  lab.join(clients, electionMs);
  lab.sleep(electionMs);
  const last = lab.one(lab.draw(2 ** 31), 5, true);
  assertThat(lab.applied.serversAt(last) === 5, 'some server has not applied all');
  const final = new Set(lab.applied.commands.slice(0, last));
  const lost = seen.filter((command) => !final.has(command));
  assertThat(seen.length > 0, 'no client has seen anything committed');
  assertThat(lost.length === 0, `${lost.length} of ${seen.length} committed commands are lost`);
}

/** Submits to all, and looks for a while whether it is committed where the last one put it. */
function* submitting(
  lab: Lab,
  client: number,
  seen: number[],
  crowd: { readonly isOver: boolean },
): Task {
  while (!crowd.isOver) {
    const command = lab.draw(2 ** 31);
    const started = lab.numbers.map((server) => lab.start(server, command));
    const index = started.findLast((one) => one !== undefined)?.index;
    if (index === undefined) {
      yield 79 + client * 17;
      continue;
    }
    for (const ms of [10, 20, 50, 100, 200]) {
      if (lab.applied.serversAt(index) > 0) {
        if (lab.applied.commandAt(index) === command) seen.push(command);
        break;
      }
      yield ms;
    }
  }
}
