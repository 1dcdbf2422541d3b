/**
 * `npm run test:mutants`: puts known bugs back, one after another, and looks whether the search
 * finds them. Prints a line of JSON for each, and a table at the end. Then each part of each
 * statechart is taken away in turn, and some unit test has to fail.
 *
 * Options: `--fast` (each by its schedule or its test, where it has one), `--ids B8,B16`, `--seeds
 * N` (3), `--runs N` and `--seconds N` of searching for each seed (1,000 and 20), `--at-once N` (2:
 * so many have a process each), `--check` (only whether each change fits), `--write` (the table to
 * docs/mutants.md). Exit codes: 0 all are killed, 1 one is not, 2 bad input.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { allMutants } from '../properties/mutants/allMutants.js';
import type { Mutant } from '../properties/mutants/mutant.js';
import { mutantPage, mutantTable } from './mutantTable.js';
import {
  judgeMutant,
  judgeQuickly,
  type MutantVerdict,
  mutantSources,
  removalsFlaw,
} from './mutantVerdict.js';

/** What is done, as it was asked for. */
export interface MutantsOptions {
  readonly mutants: readonly Mutant[];
  readonly seeds: number;
  readonly runs: number;
  readonly seconds: number;
  readonly atOnce: number;
  readonly isFast: boolean;
  readonly isCheck: boolean;
  readonly writes: boolean;
  /** All of them; then parts of statecharts are taken away as well. */
  readonly isWhole: boolean;
}

const page = path.join('docs', 'mutants.md');
/** So many runs may go into shrinking what each seed has found. */
const shrinkRunsMax = 100;

async function main(options: MutantsOptions): Promise<number> {
  const { mutants, seeds, runs, seconds, isFast } = options;
  for (const mutant of mutants) mutantSources(mutant);
  if (options.isCheck) {
    process.stdout.write(`${mutants.length} mutants: each change fits exactly once.\n`);
    return 0;
  }
  const effort = {
    seeds: Array.from({ length: seeds }, (_, n) => n + 1),
    runsMax: runs,
    msMax: seconds * 1_000,
    shrinkRunsMax,
  };
  const judge = (mutant: Mutant) => (isFast ? judgeQuickly(mutant) : judgeMutant(mutant, effort));
  const verdicts = await judgeAll(mutants, options.atOnce, judge);
  const alive = [...verdicts].flatMap(([id, { by }]) => (by === undefined ? id : []));
  if (options.writes) writeFileSync(page, mutantPage(verdicts, { seeds, runs, seconds }));
  else process.stderr.write(`\n${mutantTable(mutants, verdicts)}\n`);
  const flaw = options.isWhole ? await removalsFlaw() : undefined;
  if (flaw !== undefined) process.stderr.write(`Parts of charts that nobody misses: ${flaw}\n`);
  if (alive.length === 0) process.stderr.write(`${mutants.length} mutants, all killed.\n`);
  else process.stderr.write(`Not killed: ${alive.join(', ')}\n`);
  return alive.length === 0 && flaw === undefined ? 0 : 1;
}

/** Judges so many at a time, each in a process of its own; tells of each as soon as it is known. */
async function judgeAll(
  mutants: readonly Mutant[],
  atOnce: number,
  judge: (mutant: Mutant) => Promise<MutantVerdict>,
): Promise<ReadonlyMap<string, MutantVerdict>> {
  const verdicts = new Map<string, MutantVerdict>();
  const waiting = mutants.values();
  const judgeNext = async (): Promise<void> => {
    // All that are at work take from the same row.
    for (const mutant of waiting) {
      const verdict = await judge(mutant);
      verdicts.set(mutant.id, verdict);
      const { id, bug } = mutant;
      process.stderr.write(
        `${verdicts.size} of ${mutants.length}: ${id} ${verdictWords(verdict)}. ${bug}\n`,
      );
      process.stdout.write(`${JSON.stringify({ id, ...verdict })}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, judgeNext));
  return verdicts;
}

function verdictWords(verdict: MutantVerdict): string {
  switch (verdict.by) {
    case 'search':
      return `found with ${verdict.caught} of ${verdict.seeds} seeds by ${verdict.laws.join(', ')}`;
    case 'pinned':
      return `pinned by ${verdict.laws.join(', ')}`;
    case 'unitTest':
      return `left to ${verdict.file}`;
    default:
      return `LIVES (${verdict.why})`;
  }
}

/** Throws an Error that says what cannot be understood. */
function optionsOf(args: string[]): MutantsOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      ids: text,
      seeds: text,
      runs: text,
      seconds: text,
      'at-once': text,
      fast: flag,
      check: flag,
      write: flag,
    },
  });
  const mutants = mutantsOf(values.ids);
  if (values.write && (values.fast || values.ids !== undefined)) {
    throw new RangeError('--write: the page is of all mutants, searched for; leave the rest out');
  }
  return {
    mutants,
    seeds: numberOf('seeds', values.seeds, 3),
    runs: numberOf('runs', values.runs, 1_000),
    seconds: numberOf('seconds', values.seconds, 20),
    atOnce: numberOf('at-once', values['at-once'], 2),
    isFast: values.fast,
    isCheck: values.check,
    writes: values.write,
    isWhole: values.ids === undefined,
  };
}

function mutantsOf(ids: string | undefined): readonly Mutant[] {
  if (ids === undefined) return allMutants;
  return ids.split(',').map((id) => {
    const mutant = allMutants.find((one) => one.id === id);
    if (mutant === undefined) throw new RangeError(`--ids: no mutant has the number ${id}`);
    return mutant;
  });
}

function numberOf(name: string, given: string | undefined, otherwise: number): number {
  const number = given === undefined ? otherwise : Number(given);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`--${name}: ${given} is no whole number from 1 on`);
}

function begin(): Promise<number> {
  try {
    return main(optionsOf(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`mutants: ${(error as Error).message}\n`);
    return Promise.resolve(2);
  }
}

begin().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`mutants: ${error.message}\n`);
    process.exitCode = 2;
  },
);
