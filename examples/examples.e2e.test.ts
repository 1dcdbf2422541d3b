/** The examples, as a user would run them: through the entries of the package. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

describe('the bank', () => {
  it('is tried by the test runner of Node', () => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const words = ['--test', 'bank/bankUnderNode.test.js'];
    const options = { cwd: folder, env, encoding: 'utf8' } as const;
    const { status, stdout } = spawnSync(process.execPath, words, options);
    expect(stdout).toContain('pass 1');
    expect(status).toBe(0);
  });
});
