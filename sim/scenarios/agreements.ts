/** Agreement where nothing goes wrong, and what it costs (rows R4, R5, R10 and R13). */
import { electionMs, type Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';

/** Commands land at indexes 1, 2 and 3, and nothing is there before. */
export const basicAgree: Scenario = {
  row: 'R4',
  name: 'BasicAgree',
  servers: 3,
  run(lab) {
    for (const index of [1, 2, 3]) {
      lab.checkUncommitted(index);
      agreeAt(lab, index, index * 100);
    }
  },
};

/** A command crosses the network once for each follower: all bytes, those of answers too, count. */
export const rpcBytes: Scenario = {
  row: 'R5',
  name: 'RPCBytes',
  servers: 3,
  run(lab) {
    agreeAt(lab, 1, 99);
    const before = lab.sent.bytes;
    for (let index = 2; index <= 11; index++) agreeAt(lab, index, textOf(lab, 5_000));
    const bytes = lab.sent.bytes - before;
    assertThat(bytes <= 200_000, `ten commands of 5,000 bytes took ${bytes} bytes`);
  },
};

/** Commands that a leader gets at the same time are all committed, if it stays in office. */
export const concurrentStarts: Scenario = {
  row: 'R10',
  name: 'ConcurrentStarts',
  servers: 3,
  run(lab) {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (attempt > 0) lab.sleep(3 * electionMs);
      const leader = lab.checkOneLeader();
      const first = lab.start(leader, 1);
      if (first === undefined) continue;
      const started = [100, 101, 102, 103, 104].map((command) => lab.mustStart(leader, command));
      const found = started.map(({ index }) => lab.wait(index, lab.servers, first.term));
      if (lab.numbers.some((server) => lab.term(server) !== first.term)) continue;
      const missing = [100, 101, 102, 103, 104].filter((command) => !found.includes(command));
      assertThat(missing.length === 0, `${missing.join(', ')} is not committed`);
      return;
    }
    assertThat(false, 'no term lasted');
  },
};

/**
 * Elections, agreement and idleness take few messages. A request and its answer are one RPC, as in
 * the labs; for agreement both count here. The labs want ten heartbeats a second to each follower;
 * our default is twenty, and still within what they allow.
 */
export const rpcCount: Scenario = {
  row: 'R13',
  name: 'Count',
  servers: 3,
  run(lab) {
    lab.checkOneLeader();
    const { rpcs } = lab;
    assertThat(rpcs >= 1 && rpcs <= 30, `an election took ${rpcs} RPCs`);
    assertThat(agreeInOneTerm(lab), 'no term lasted');
    const before = lab.rpcs;
    lab.sleep(electionMs);
    const idle = lab.rpcs - before;
    assertThat(idle <= 60, `a second of idleness took ${idle} RPCs`);
  },
};

/** One command, and eleven of which ten are looked for. Answers whether a term lasted so long. */
function agreeInOneTerm(lab: Lab): boolean {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (attempt > 0) lab.sleep(3 * electionMs);
    const leader = lab.checkOneLeader();
    const before = lab.sent.messages;
    const first = lab.start(leader, 1);
    if (first === undefined) continue;
    const commands = Array.from({ length: 11 }, () => lab.draw(2 ** 31));
    const started = commands.map((command) => lab.start(leader, command));
    if (started.some((one) => one === undefined || one.term !== first.term)) continue;
    for (let i = 0; i < 10; i++) {
      const { index } = started[i]!;
      assertThat(index === first.index + 1 + i, `command ${i} was put at ${index}`);
      const found = lab.wait(index, lab.servers, first.term);
      if (found === undefined) break;
      assertThat(found === commands[i], `another command is at ${index}`);
    }
    if (lab.numbers.some((server) => lab.term(server) !== first.term)) continue;
    const messages = lab.sent.messages - before;
    assertThat(messages <= (10 + 1 + 3) * 3, `twelve commands took ${messages} messages`);
    return true;
  }
  return false;
}

/** All servers agree at the first attempt, and at this index. */
function agreeAt(lab: Lab, index: number, command: unknown): void {
  const found = lab.one(command, lab.servers);
  assertThat(found === index, `a command went to ${found}, not ${index}`);
}

function textOf(lab: Lab, length: number): string {
  let text = '';
  while (text.length < length) text += lab.draw(2 ** 32).toString(36);
  return text.slice(0, length);
}
