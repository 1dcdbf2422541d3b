/**
 * The process in which one mutant is hunted: its parent sends an order, it loads the protocol as
 * the mutant has it, and answers what it has found. Nothing of the protocol may be imported before.
 */
import { register } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Hunted, HuntOptions } from '../properties/mutants/hunt.js';

/** What a mutant's process is told. */
export interface HuntOrder {
  readonly id: string;
  /** Other sources of built files, by URL. */
  readonly sources: Readonly<Record<string, string>>;
  readonly search: Omit<HuntOptions, 'nowMs'>;
}

async function huntMutant({ id, sources, search }: HuntOrder): Promise<Hunted> {
  register('../properties/mutants/nodeMutantLoad.js', import.meta.url, { data: sources });
  const { allMutants } = await import('../properties/mutants/allMutants.js');
  const { hunt } = await import('../properties/mutants/hunt.js');
  const mutant = allMutants.find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`no mutant has the number ${id}`);
  return hunt(mutant, { ...search, nowMs: () => performance.now() });
}

// Nobody waits for an answer when the parent has gone.
process.once('disconnect', () => process.exit());
process.once('message', (order: HuntOrder) => {
  huntMutant(order).then(
    (answer) => process.send!(answer, () => process.disconnect()),
    (error: Error) => {
      process.stderr.write(`${order.id}: ${error.stack ?? error.message}\n`);
      process.exit(1);
    },
  );
});
