/**
 * `npm run search`: looks for a schedule that breaks a law, with fresh seeds, until it finds one or
 * its time is over. What it finds is shrunk and saved under `properties/counterexamples`, where
 * `npm test` plays it from then on.
 *
 * Arguments: minutes (10), and the first seed (from the clock).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, search } from '../properties/assertLaws.js';

const runsPerRound = 200;
const folder = join('properties', 'counterexamples');

function main(minutes: number, firstSeed: number): number {
  const begun = Date.now();
  const endsAt = begun + minutes * 60_000;
  let runs = 0;
  let events = 0;
  for (let seed = firstSeed; Date.now() < endsAt; seed++) {
    const result = search({ runs: runsPerRound, seed });
    runs += result.runs;
    events += result.events;
    if (result.found !== undefined) return report(result.found, seed);
    const rate = Math.round(events / ((Date.now() - begun) / 1_000));
    process.stderr.write(
      `\r${runs} runs, ${events} events, ${rate} a second; seed ${seed}; nothing found `,
    );
  }
  process.stdout.write(`\n${runs} runs, ${events} events: no law was broken.\n`);
  return 0;
}

function report({ violation, case: one }: Found, seed: number): number {
  const name = violation.law.toLowerCase().replaceAll(/[^a-z]+/gu, '-');
  const file = join(folder, `${name}-${seed}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(one, undefined, 2)}\n`);
  process.stdout.write(
    `\n${violation.law}: ${violation.sentence}\n` +
      `Broken at ${violation.at} ms by ${violation.server}: ${violation.detail}\n` +
      `Saved, shrunk, as ${file}; npm test plays it from now on.\n`,
  );
  return 1;
}

const [minutes = '10', seed = String(Date.now() % 2 ** 30)] = process.argv.slice(2);
if (!(Number(minutes) > 0) || !Number.isInteger(Number(seed))) {
  process.stderr.write('usage: npm run search -- [MINUTES] [SEED], both numbers\n');
  process.exitCode = 2;
} else {
  process.exitCode = main(Number(minutes), Number(seed));
}
