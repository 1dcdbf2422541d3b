/** The examples, as a user would run them: through the entries of the package. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

describe('the bank', () => {
  it('is tried by the test runner of Node', () => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const words = ['--test', 'bank/bank.node.test.js'];
    const { status, stdout } = spawnSync(process.execPath, words, { cwd: folder, env });
    expect(`${stdout}`).toContain('pass 1');
    expect(status).toBe(0);
  });
});
