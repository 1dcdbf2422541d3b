/** The loader and the runner of mutants, with one of each kind. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../dist/cli/mutants.js', import.meta.url));

function run(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...options], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

describe('the mutants', () => {
  it('each fit what was built exactly once', () => {
    const { status, stdout } = run('--check');
    expect(stdout).toMatch(/^\d+ mutants: each change fits exactly once\.\n$/u);
    expect(status).toBe(0);
  });

  it('die by the search, by a schedule, and by a test', () => {
    const { status, stdout } = run('--fast', '--ids', 'B11,B16,B3,wire-count');
    const verdicts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    // Several are judged at once: whichever is known first is told first.
    expect(verdicts.sort((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { id: 'B11', by: 'search', laws: ['Progress'] },
      { id: 'B16', by: 'pinned', laws: ['Leader Completeness'] },
      { id: 'B3', by: 'pinned', laws: ['Whole Recovery'] },
      { id: 'wire-count', by: 'unitTest', file: 'actors/wire.test.ts' },
    ]);
    expect(status).toBe(0);
  });

  it.each([
    [['--ids', 'B999'], 'mutants: --ids: no mutant has the number B999\n'],
    [['--seeds', '0'], 'mutants: --seeds: 0 is no whole number from 1 on\n'],
    [['--write', '--fast'], /--write: the page is of all mutants/u],
  ])('are not begun with %j', (options, message) => {
    const { status, stderr } = run(...options);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
