/** Prints the ten slowest test files at the end of a run, so that the suite stays fast. */
import type { Reporter, TestModule } from 'vitest/node';

const shown = 10;

export default class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length <= shown) return;
    const slowest = modules
      .map((module) => ({ name: module.relativeModuleId, ms: module.diagnostic().duration }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, shown);
    process.stdout.write(`\n The ${shown} slowest test files\n`);
    for (const { name, ms } of slowest) {
      process.stdout.write(`${(ms / 1_000).toFixed(1).padStart(8)} s  ${name}\n`);
    }
  }
}
