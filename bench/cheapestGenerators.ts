/**
 * Chooses the generator that leaves a contender the most of the processors, and shows the choice.
 */
import type { Contender } from './contender.js';
import type { Generator } from './load.js';
import { measure, nameOf, type Workload } from './measurement.js';
import { figure, tableLines } from './table.js';

const workload: Workload = { kind: 'set', outstanding: 64 };
const durations = { warmUpMs: 500, measureMs: 1500 };

/** For each contender, the generator that takes the least processor time an operation. */
export async function cheapestGenerators(
  contenders: readonly Contender[],
  print: (line: string) => void,
): Promise<Map<Contender, Generator>> {
  const cheapest = new Map<Contender, Generator>();
  const rows: string[][] = [];
  for (const contender of contenders) {
    let least = Number.POSITIVE_INFINITY;
    for (const generator of contender.generators) {
      const measured = await measure(contender, generator, workload, durations);
      const { generatorMicroseconds, operationsPerSecond, operationsPerServerSecond } = measured;
      const figures = [generatorMicroseconds, operationsPerSecond, operationsPerServerSecond];
      rows.push([contender.name, generator.name, ...figures.map(figure)]);
      if (generatorMicroseconds >= least) continue;
      least = generatorMicroseconds;
      cheapest.set(contender, generator);
    }
  }
  print('');
  print(`Which generator takes the least processor time: ${nameOf(workload)}`);
  const header = ['', 'generator', 'generator µs/operation', 'operations/s', 'per server-CPU-s'];
  for (const line of tableLines(header, rows)) print(line);
  return cheapest;
}
