/**
 * What becomes of one mutant: hunted in a process of its own, and where no law can show it, run
 * through the unit test that does.
 */
import { fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Found, play } from '../properties/assertLaws.js';
import type { Catch, Hunted, HuntOptions } from '../properties/mutants/hunt.js';
import type { Mutant } from '../properties/mutants/mutant.js';
import { mutantVariable } from '../properties/mutants/nodeMutantTests.js';
import { changeText, type TextChange } from '../properties/mutants/textChange.js';
import type { HuntOrder } from './huntMutant.js';

/** How a mutant was killed, or that it was not. */
export type MutantVerdict =
  /** By random search: with so many of the seeds, and medians of those. */
  | {
      readonly by: 'search';
      readonly laws: readonly string[];
      readonly caught: number;
      readonly seeds: number;
      readonly runs: number;
      readonly seconds: number;
      readonly size: ScheduleSize;
    }
  /** By the schedule that is made for it. */
  | { readonly by: 'pinned'; readonly laws: readonly string[]; readonly size: ScheduleSize }
  /** By tests: so many failed. */
  | { readonly by: 'unitTest'; readonly file: string; readonly failed: number }
  /** By nothing. */
  | { readonly by: undefined; readonly why: string };

/** What is left of a schedule when it is shrunk. */
export interface ScheduleSize {
  readonly faults: number;
  readonly requests: number;
}

const dist = fileURLToPath(new URL('..', import.meta.url));
const project = path.dirname(path.resolve(dist));
/** Beyond its time for searching a mutant has so long to shrink what it found, ms. */
const extraMs = 120_000;
const testsMs = 120_000;

/**
 * The built files that a mutant changes, as it has them, by URL. Throws a RangeError that names the
 * mutant if a change does not fit exactly once.
 */
export function mutantSources({ id, text = [] }: Mutant): Record<string, string> {
  const sources: Record<string, string> = {};
  for (const change of text) {
    const file = path.join(dist, change.file.replace(/\.ts$/u, '.js'));
    const url = pathToFileURL(file).href;
    try {
      sources[url] = changeText(sources[url] ?? readFileSync(file, 'utf8'), change);
    } catch (error) {
      throw new RangeError(`mutant ${id}: ${(error as Error).message}`);
    }
  }
  return sources;
}

/** How long a mutant is searched for. */
export type SearchEffort = Omit<HuntOptions, 'nowMs'>;

/** Kills a mutant, if that can be done: by search, else by its schedule, else by its test. */
export async function judgeMutant(mutant: Mutant, effort: SearchEffort): Promise<MutantVerdict> {
  const verdict = await huntVerdict(mutant, effort);
  const { unitTest } = mutant;
  return verdict.by !== undefined || unitTest === undefined
    ? verdict
    : testVerdict(unitTest, mutant);
}

const quickly: SearchEffort = { seeds: [1], runsMax: 300, msMax: 30_000, shrinkRunsMax: 0 };

/** The same in a few seconds, and without search where there is something better. */
export function judgeQuickly(mutant: Mutant): Promise<MutantVerdict> {
  const { pinned, unitTest } = mutant;
  if (pinned !== undefined) return huntVerdict(mutant, { ...quickly, seeds: [] });
  if (unitTest !== undefined) return testVerdict(unitTest, mutant);
  return huntVerdict(mutant, quickly);
}

async function huntVerdict(mutant: Mutant, effort: SearchEffort): Promise<MutantVerdict> {
  const order = { id: mutant.id, sources: mutantSources(mutant), search: effort };
  const answer = await huntApart(order, effort.seeds.length * effort.msMax + extraMs);
  if (typeof answer === 'string') return { by: undefined, why: answer };
  const { catches, pinned } = answer;
  const found = catches.filter((one) => one !== undefined);
  if (found.length > 0) return searched(found, catches.length);
  if (pinned === undefined) return { by: undefined, why: 'missed' };
  const laws = [pinned.violation.law];
  return healthyFlaw(pinned) ?? { by: 'pinned', laws, size: sizeOf(pinned) };
}

function searched(found: readonly Catch[], seeds: number): MutantVerdict {
  const flaw = found.map(healthyFlaw).find((one) => one !== undefined);
  if (flaw !== undefined) return flaw;
  const [least] = found.map(sizeOf).sort((a, b) => total(a) - total(b));
  return {
    by: 'search',
    laws: [...new Set(found.map(({ violation }) => violation.law))].sort(),
    caught: found.length,
    seeds,
    runs: median(found.map(({ runs }) => runs)),
    seconds: median(found.map(({ ms }) => ms)) / 1_000,
    size: least!,
  };
}

/** The same case breaks nothing without the mutant: it is the mutant that was found. */
function healthyFlaw(found: Found): MutantVerdict | undefined {
  const [violation] = play(found.case).violations;
  if (violation === undefined) return undefined;
  return { by: undefined, why: `${violation.law} is broken without it as well` };
}

function sizeOf({ case: { schedule } }: Found): ScheduleSize {
  return { faults: schedule.windows.length, requests: schedule.load.length };
}

function total({ faults, requests }: ScheduleSize): number {
  return faults + requests;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** Answers in words if the process ends without an answer. */
function huntApart(order: HuntOrder, timeoutMs: number): Promise<Hunted | string> {
  return new Promise((resolve) => {
    const child = fork(path.join(dist, 'cli', 'huntMutant.js'), {
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    });
    const timer = setTimeout(() => {
      resolve('a run that does not end');
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('message', (answer: Hunted) => resolve(answer));
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => {
      clearTimeout(timer);
      resolve('its process ended without an answer');
    });
    child.send(order);
  });
}

/** Where each part of each statechart is taken away in turn, and some case has to fail then. */
export const removalTests = [
  'machines/removal.test.ts',
  'machines/progress.test.ts',
  'machines/installation.test.ts',
];

/** Whether the removals are all noticed; a line of why not. */
export async function removalsFlaw(): Promise<string | undefined> {
  const failed = await failedTests(removalTests, []);
  if (failed === 0) return undefined;
  return `${removalTests.join(', ')}: ${failed === undefined ? 'no test ran' : `${failed} failed`}`;
}

/** Runs a file of unit tests on the sources as the mutant has them. */
async function testVerdict(file: string, { text = [] }: Mutant): Promise<MutantVerdict> {
  const failed = await failedTests([file], text);
  if (failed === undefined) return { by: undefined, why: `${file} did not run` };
  return failed > 0
    ? { by: 'unitTest', file, failed }
    : { by: undefined, why: `missed, and ${file} passes` };
}

/** How many tests of these files fail with these changes; undefined if none ran. */
async function failedTests(
  files: readonly string[],
  changes: readonly TextChange[],
): Promise<number | undefined> {
  const vitest = path.join(project, 'node_modules', 'vitest', 'vitest.mjs');
  const config = path.join(dist, 'properties', 'mutants', 'nodeMutantTests.js');
  const options = ['--root', project, '--config', config, '--reporter', 'json'];
  const child = spawn(process.execPath, [vitest, 'run', ...options, ...files], {
    env: { ...process.env, [mutantVariable]: JSON.stringify(changes) },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: testsMs,
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  try {
    const { numTotalTests, numFailedTests } = JSON.parse(output.slice(output.indexOf('{')));
    return numTotalTests > 0 ? numFailedTests : undefined;
  } catch {
    return undefined;
  }
}
