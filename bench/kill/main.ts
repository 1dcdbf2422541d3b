/**
 * Kills, stops and restarts the servers of a cluster under load, and verifies that nothing
 * acknowledged is lost. docs/kill.md says what is promised; a broken promise makes it exit with 1.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { addAppenders } from './addAppenders.js';
import { countsPerBin } from './gaps.js';
import { History } from './history.js';
import { KillCluster } from './killCluster.js';
import { type KillOptions, parseOptions, usage } from './killOptions.js';
import { type KillRun, killRun } from './killRun.js';
import { plotKills } from './plotKills.js';
import { themes } from './plotTheme.js';
import { gapsOfRounds, type RoundGaps, verifyGaps } from './roundGaps.js';
import type { Round } from './rounds.js';
import { roundLine, summaryLines } from './summary.js';
import { verifyOutages } from './verifyOutages.js';
import { verifyReadings } from './verifyReadings.js';
import { Workers } from './workers.js';

/** Answers the lines of the promises that were broken. */
async function run(options: KillOptions, cluster: KillCluster): Promise<readonly string[]> {
  const nowMs = () => performance.now();
  const history = new History(nowMs);
  const { acknowledgedMs } = history;
  const workers = new Workers({ history, seed: options.seed, pauseMs: options.pauseMs });
  const who = addAppenders(workers, cluster, options.seed);
  print(`${who}; seed ${options.seed}`);
  const onRound = (round: Round) => {
    for (const gaps of gapsOfRounds([round], acknowledgedMs)) {
      const [count] = countsPerBin(acknowledgedMs, round.beganMs, round.endedMs - round.beganMs, 1);
      print(roundLine(gaps, count!));
    }
  };
  const played = await killRun({ cluster, workers, nowMs, onRound }, options);
  const gaps = gapsOfRounds(played.rounds, acknowledgedMs);
  for (const line of ['', ...summaryLines(history, gaps)]) print(line);
  const load = loadavg()[0]!.toFixed(1);
  print(`Machine: ${availableParallelism()} processors, load average ${load} in the last minute`);
  if (options.plot !== undefined) writePlots(options.plot, acknowledgedMs, gaps);
  return verdict(history, played, gaps);
}

function verdict(history: History, { rounds, readings }: KillRun, gaps: readonly RoundGaps[]) {
  const outages = rounds.flatMap(({ outage }) => outage ?? []);
  return [
    ...verifyReadings(history.sent, readings),
    ...verifyOutages(history.sent, outages),
    ...verifyGaps(gaps),
  ];
}

function writePlots(
  folder: string,
  acknowledgedMs: readonly number[],
  gaps: readonly RoundGaps[],
): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, theme] of Object.entries(themes)) {
    const path = join(folder, `kill-${name}.svg`);
    writeFileSync(path, plotKills(acknowledgedMs, gaps, theme));
    print(`Plot: ${path}`);
  }
}

async function main(words: readonly string[]): Promise<number> {
  const options = words.includes('--help') ? usage : parseOptions(words);
  if (typeof options === 'string') {
    print(options);
    return options === usage ? 0 : 2;
  }
  const parent = join(process.cwd(), 'data');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'kill-'));
  let hasFailed = false;
  const cluster = await KillCluster.make(folder);
  const founding = cluster.found();
  // After the first process is started, or it would still write there: processes end before.
  process.on('exit', () => {
    if (!hasFailed) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  let broken: readonly string[];
  try {
    await founding;
    broken = await run(options, cluster);
    await cluster.end();
  } catch (error) {
    broken = [(error as Error).message];
  }
  hasFailed = broken.length > 0;
  print('');
  for (const line of broken) print(`BROKEN  ${line}`);
  print(hasFailed ? `Data and logs of the servers: ${folder}` : 'All promises were kept.');
  return hasFailed ? 1 : 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// No top-level await: Node 20 reports an unsettled one as a mere warning.
void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
