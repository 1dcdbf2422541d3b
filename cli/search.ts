/**
 * `npm run search`: looks for a schedule that breaks a law, with fresh seeds, until it finds one or
 * its time is over. What it finds is shrunk and saved under `properties/counterexamples`, where
 * `npm test` plays it from then on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { type Campaign, campaign, type Failure } from '../properties/campaign.js';
import { assertCampaignCovered } from '../properties/coverage.js';
import { countedBy, play } from '../properties/play.js';
import { schedules } from '../properties/schedules.js';
import { TransitionCounter } from '../properties/transitionCounter.js';
import { NotCovered } from '../properties/unreachable.js';
import { scheduleText } from '../sim/format/scheduleFormat.js';
import { campaignLines, progressLine, verdictCodes, violationLines } from './campaignReport.js';
import { amountValue, seedValue, shardValue } from './optionValues.js';

interface SearchOptions {
  readonly minutes: number;
  readonly seed?: number;
  readonly shard?: { readonly index: number; readonly of: number };
}

const folder = join('properties', 'counterexamples');

/** What is required happens within so many runs; fewer prove nothing if it does not. */
const runsEnough = 3_000;

const sayMs = 5_000;

function search({ minutes, seed = Date.now() % 2 ** 30, shard }: SearchOptions): void {
  const startedMs = performance.now();
  const endsMs = startedMs + minutes * 60_000;
  const counter = new TransitionCounter();
  const counting = countedBy(counter);
  const steps = campaign({
    schedules: schedules(),
    play: (one) => play(one, counting),
    transitions: () => counter.result,
    runs: Number.POSITIVE_INFINITY,
    seed,
    failuresMax: 1,
    ...(shard && { shard }),
  });
  let shownMs = startedMs;
  for (const soFar of steps) {
    const nowMs = performance.now();
    const isOver = nowMs >= endsMs || !soFar.ok;
    if (nowMs - shownMs >= sayMs) {
      shownMs = nowMs;
      process.stderr.write(`${progressLine(soFar, undefined, nowMs - startedMs)}; seed ${seed}\n`);
    }
    if (isOver) return ended(soFar, nowMs - startedMs);
  }
}

function ended(campaign: Campaign, wallMs: number): void {
  const [failure] = campaign.failures;
  for (const line of campaignLines(campaign, wallMs)) console.log(line);
  if (failure !== undefined) save(failure, campaign.seed);
  const isTried = wasTried(campaign);
  process.exitCode = campaign.ok && isTried ? verdictCodes.held : verdictCodes.broken;
}

/** Whether so many runs have seen what they must: all that is required, and every line. */
function wasTried(campaign: Campaign): boolean {
  try {
    assertCampaignCovered(campaign);
  } catch (error) {
    if (!(error instanceof NotCovered)) throw error;
    console.log(error.message);
    return false;
  }
  if (campaign.missed.length === 0 || campaign.runs < runsEnough) return true;
  console.log('This campaign has not tried what it must: see "Never seen".');
  return false;
}

function save({ run, violation, case: one }: Failure, seed: number): void {
  const name = violation.law.toLowerCase().replaceAll(/[^a-z]+/gu, '-');
  const file = join(folder, `${name}-${seed}-${run}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, scheduleText(one));
  for (const line of violationLines(violation)) console.log(line);
  console.log(`Saved, shrunk, as ${file}; npm test plays it from now on. To see it:`);
  console.log(`  npx raftchart replay ${file}`);
}

const command = new Command('npm run search --')
  .description('look for a schedule that breaks a law, with fresh seeds')
  .option('--minutes <number>', 'for so long', amountValue, 10)
  .option('--seed <number>', 'from the clock, if not given', seedValue)
  .option('--shard <i/n>', 'play only the ith of n parts, from 0 on', shardValue)
  .allowExcessArguments(false)
  .exitOverride()
  .action(search);

try {
  command.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : verdictCodes.badInput;
}
