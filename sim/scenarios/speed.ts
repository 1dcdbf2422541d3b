/** Appends one after the other (row K18): none of them waits for a heartbeat. */
import { limitedLog } from './clerkRounds.js';
import { Clerks } from './clerks.js';
import { kvMachine } from './kvMachine.js';
import type { Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';
import { appendTokens, checkTokens } from './tokens.js';

const common = { servers: 3, stateMachine: kvMachine } as const;

/** An append does not wait for heartbeats: a thousand, one after the other, in 33.3 s. */
export const speed: Scenario = { ...common, row: 'K18', name: 'Speed', run: appendOften };

/** The same with a limited log. */
export const speedWithSnapshots: Scenario = {
  ...common,
  ...limitedLog,
  row: 'K18B',
  name: 'SpeedWithSnapshots',
  run: appendOften,
};

function appendOften(lab: Lab): void {
  const clerks = new Clerks(lab);
  const clerk = clerks.clerk();
  clerks.perform(clerk.put('x', ''));
  const from = lab.nowMs;
  const appending = lab.spawn(appendTokens(clerk, 0, 'x', 1_000));
  lab.join([appending], 1_000 * (100 / 3));
  const tookMs = lab.nowMs - from;
  assertThat(tookMs <= 1_000 * (100 / 3), `a thousand appends took ${tookMs} ms`);
  checkTokens(0, clerks.perform(clerk.get('x')), 1_000);
  clerks.checkHistory();
}
