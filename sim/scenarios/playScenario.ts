/** Plays a row of the scenario table on one seed. */
import type { server as serverMachine } from '../../machines/server.js';
import type { Law, Violation } from '../law.js';
import { Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { ScenarioFailed } from './scenarioFailed.js';

/** The labs allow a test so many seconds; here they are virtual. */
const durationMaxMs = 120_000;

export interface ScenarioResult {
  readonly row: string;
  readonly name: string;
  readonly seed: number;
  readonly ok: boolean;
  /** What did not hold. */
  readonly failure: string | undefined;
  readonly violations: readonly Violation[];
  readonly virtualMs: number;
  /** Messages, timers and disk completions handed to a server. */
  readonly events: number;
  /** Messages between servers, and their bytes. */
  readonly messages: number;
  readonly bytes: number;
  /** Commands that were applied. */
  readonly commands: number;
  readonly digest: string;
}

/**
 * Plays a scenario under these laws, and under the one that all apply the same in order. A failure
 * is in the result; `machine` takes the place of the server's: a mutant.
 */
export function playScenario(
  scenario: Scenario,
  seed: number,
  laws: readonly Law[] = [],
  machine?: typeof serverMachine,
): ScenarioResult {
  const lab = new Lab({ scenario, seed, laws, machine });
  const failure = failureOf(scenario, lab);
  const { violations, virtualMs, events, digest } = lab.result();
  const { row, name } = scenario;
  const ok = failure === undefined;
  const commands = lab.applied.count;
  const counts = { virtualMs, events, ...lab.sent, commands, digest };
  return { row, name, seed, ok, failure, violations, ...counts };
}

function failureOf(scenario: Scenario, lab: Lab): string | undefined {
  try {
    scenario.run(lab);
    lab.sleep(0);
  } catch (error) {
    if (error instanceof ScenarioFailed) return error.message;
    throw error;
  }
  if (lab.nowMs <= durationMaxMs) return undefined;
  return `it took ${lab.nowMs} virtual ms, and may take ${durationMaxMs}`;
}
