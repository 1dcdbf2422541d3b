/** Measures contenders in turn, so that what disturbs the machine disturbs them alike. */
import type { Contender } from './contender.js';
import type { Generator } from './load.js';
import { type Measurement, measure, medianOf, nameOf, type Workload } from './measurement.js';
import { figure, tableLines } from './table.js';

const rounds = 5;
const durations = { warmUpMs: 1000, measureMs: 3000 };

/**
 * The rounds of one workload: A, B, A, B, and so on. Answers the medians, in the order of the
 * contenders.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  generators: ReadonlyMap<Contender, Generator>,
  workload: Workload,
  print: (line: string) => void,
): Promise<Measurement[]> {
  const measured = contenders.map((): Measurement[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      measured[i]!.push(await measure(contender, generators.get(contender)!, workload, durations));
    }
  }
  const rows = contenders.map((contender, i) => [contender.name, ...cells(measured[i]!)]);
  print('');
  print(
    `${nameOf(workload)}: medians of ${rounds} rounds in turn, ` +
      `${durations.measureMs / 1000} s each`,
  );
  for (const line of tableLines(header, rows)) print(line);
  return measured.map(medianOf);
}

/**
 * Processors are those in use on average; `other` is the kernel's own work, and whatever else went
 * on.
 */
const header = [
  '',
  'operations/s',
  'least',
  'most',
  'p50 ms',
  'p99 ms',
  'server CPU',
  'generator CPU',
  'other CPU',
  'per server-CPU-s',
];

function cells(measured: readonly Measurement[]): string[] {
  const middle = medianOf(measured);
  const speeds = measured.map((round) => round.operationsPerSecond);
  const figures = [
    middle.operationsPerSecond,
    Math.min(...speeds),
    Math.max(...speeds),
    middle.p50Ms,
    middle.p99Ms,
    middle.serverCores,
    middle.generatorCores,
    middle.otherCores,
    middle.operationsPerServerSecond,
  ];
  return figures.map(figure);
}
