/**
 * Runs the benchmarks: all, or those that are named as arguments. A number among the arguments is
 * the size of those that have one, for a quick try. A target that is missed makes it exit with 1.
 */
import { run as appendEntries } from './appendEntries.js';
import { run as cluster } from './cluster.js';
import { run as kvSize } from './kvSize.js';
import { run as ladder } from './ladder.js';
import { run as linearizability } from './linearizability.js';
import { run as restart } from './restart.js';
import { run as simulator } from './simulator.js';
import { run as stackSize } from './stackSize.js';

/** Prints its tables, and answers whether every target was met. Throws where it cannot tell. */
type Section = (print: (line: string) => void, size?: number) => Promise<boolean>;

const sections: Readonly<Record<string, Section>> = {
  appendEntries,
  simulator,
  linearizability,
  kvSize,
  restart,
  stackSize,
  ladder,
  cluster,
};

async function main(given: readonly string[]): Promise<number> {
  const isSize = (argument: string) => /^[1-9]\d*$/u.test(argument);
  const names = given.filter((argument) => !isSize(argument));
  const size = given.filter(isSize).map(Number).at(-1);
  const unknown = names.find((name) => !Object.hasOwn(sections, name));
  if (unknown !== undefined) {
    print(`No benchmark is called ${unknown}: choose from ${Object.keys(sections).join(', ')}.`);
    return 1;
  }
  let exitCode = 0;
  for (const name of names.length > 0 ? names : Object.keys(sections)) {
    print(`== ${name}`);
    try {
      if (!(await sections[name]!(print, size))) exitCode = 1;
    } catch (error) {
      print((error as Error).message);
      exitCode = 1;
    }
    print('');
  }
  return exitCode;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// No top-level await: Node 20 reports an unsettled one as a mere warning.
void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
