/** Several clients of one key: over a bad network, and on both sides of a split (K19 and K20). */
import { Clerks } from './clerks.js';
import { kvMachine } from './kvMachine.js';
import { electionMs } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';
import { appendTokens, checkTokens, token } from './tokens.js';

/** Several clients append to one key over a bad network; nothing is lost, or there twice. */
export const unreliableOneKey: Scenario = {
  row: 'K19',
  name: 'UnreliableOneKey',
  servers: 3,
  stateMachine: kvMachine,
  unreliable: true,
  run(lab) {
    const clerks = new Clerks(lab);
    const reader = clerks.clerk();
    clerks.perform(reader.put('k', ''));
    const clients = [0, 1, 2, 3, 4];
    const appending = clients.map((client) =>
      lab.spawn(appendTokens(clerks.clerk(), client, 'k', 10)),
    );
    lab.join(appending, 60_000);
    const value = clerks.perform(reader.get('k'));
    for (const client of clients) checkTokens(client, value, 10);
    const all = clients.flatMap((client) => [...Array(10).keys()].map((i) => token(client, i)));
    assertThat(value?.length === all.join('').length, 'there is more than was appended');
    clerks.checkHistory(true);
  },
};

/** A majority works on; what was asked in the minority waits until all are one again. */
export const onePartition: Scenario = {
  row: 'K20',
  name: 'OnePartition',
  servers: 5,
  stateMachine: kvMachine,
  run(lab) {
    const clerks = new Clerks(lab);
    clerks.perform(clerks.clerk().put('1', '13'));
    const leader = lab.checkOneLeader();
    const minority = [leader, lab.after(leader)];
    lab.partition(minority);
    const inside = clerks.clerk(lab.after(leader, 2));
    clerks.perform(inside.put('1', '14'));
    clerks.checkValue(inside, '1', '14');
    const putting = lab.spawn(clerks.clerk(minority[0]).put('1', '15'));
    const getting = lab.spawn(clerks.clerk(minority[1]).get('1'));
    lab.sleep(electionMs);
    assertThat(!putting.isOver && !getting.isOver, 'a minority has answered');
    clerks.checkValue(inside, '1', '14');
    clerks.perform(inside.put('1', '16'));
    clerks.checkValue(inside, '1', '16');
    assertThat(!putting.isOver && !getting.isOver, 'a minority has answered');
    lab.heal();
    lab.sleep(electionMs);
    lab.join([putting, getting], 3_000);
    clerks.checkValue(clerks.clerk(), '1', '15');
    clerks.checkHistory(true);
  },
};
