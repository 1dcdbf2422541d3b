import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CheckOptions, check } from './check.js';
import { Refusal } from './refusal.js';

let folder = '';
let printed: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const kv: CheckOptions = { model: 'kv' };

/** The exit code that it sets, or that of its refusal, and what that says. */
async function checked(path: string, options = kv): Promise<unknown> {
  try {
    await check(path, options);
    return process.exitCode;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.exitCode, error.message];
  }
}

function fileOf(...operations: unknown[]): string {
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, operations.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return path;
}

const put = { type: 'put', key: 'x', value: 'a' };
const get = { type: 'get', key: 'x' };
const first = { client: 0, input: put, called: 0, returned: 1, outcome: 'done' };
const good = { client: 1, input: get, output: 'a', called: 2, returned: 3, outcome: 'done' };
const open = { client: 2, input: put, called: 2, outcome: 'unknown' };

describe('the command check', () => {
  it('ends with 0 for a history that holds', async () => {
    expect(await checked(fileOf(first, open, good), kv)).toBe(0);
    expect(printed).toEqual(['linearizable: 3 operations, 1 of them unknown']);
  });

  it('ends with 1 for one that does not, and says why', async () => {
    expect(await checked(fileOf(first, { ...good, output: null }), kv)).toBe(1);
    expect(printed[0]).toBe(
      'violated: Key "x": {"type":"get","key":"x"} of client 1 from 2 to 3 ms answered null. ' +
        'After the longest order found, 1 of 2 operations, it would be "a", ' +
        'and nothing that may still come before it explains its answer.',
    );
    expect(printed.slice(1).join()).toMatch(/line 1: .*put.*What does not fit.*line 2: .*get/u);
  });

  it('refuses with 2 a file that is no history, in one line', async () => {
    const path = fileOf(first, { ...good, outcome: 'ok' });
    const flaw = 'outcome is "ok", and has to be one of done, notDone, unknown';
    const line = `${path}, line 2: ${flaw}; docs/simulator.md has the form`;
    expect(await checked(path)).toEqual([2, line]);
    expect(printed).toEqual([]);
  });

  it('refuses with 2 a file that is not there, or is no text', async () => {
    const none = join(folder, 'none');
    const remedy = 'name a file that can be read';
    expect(await checked(none)).toEqual([2, `${none}: there is no such file; ${remedy}`]);
    expect(await checked(folder)).toEqual([2, `${folder}: it is a folder; ${remedy}`]);
    const bytes = join(folder, 'bytes');
    writeFileSync(bytes, new Uint8Array([0xff, 0xfe, 0x00]));
    const line = `${bytes}: it is no text in UTF-8; give a file of JSON`;
    expect(await checked(bytes)).toEqual([2, line]);
  });

  it('refuses with 2 a file that is too large, without reading it', async () => {
    const path = join(folder, 'large');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 33);
    const line = `${path}: it has more than 268435456 bytes; give a part of it`;
    expect(await checked(path)).toEqual([2, line]);
  });

  it('ends with 3 where it was given up', async () => {
    expect(await checked(fileOf(first, good), { ...kv, states: 1 })).toBe(3);
    expect(printed[0]).toContain('undecided: given up after 1 configurations');
  });

  it('prints the verdict as JSON where it is asked to', async () => {
    await checked(fileOf(first, good), { ...kv, json: true });
    expect(JSON.parse(printed[0]!)).toEqual({ verdict: 'linearizable', order: [0, 1] });
  });

  it('checks registers as well', async () => {
    const read = { ...good, input: { type: 'read' }, output: 1 };
    const write = { ...first, input: { type: 'write', value: 1 } };
    expect(await checked(fileOf(write, read), { model: 'register' })).toBe(0);
    expect(await checked(fileOf(write, { ...read, output: 2 }), { model: 'register' })).toBe(1);
  });

  it('checks the sums that the simulator writes', async () => {
    const add = { ...first, input: { type: 'add', value: 3 }, output: 3 };
    const read = { ...good, input: { type: 'read' }, output: 3 };
    expect(await checked(fileOf(add, read), { model: 'sum' })).toBe(0);
    expect(await checked(fileOf(add, { ...read, output: 4 }), { model: 'sum' })).toBe(1);
    expect(printed[1]).toContain('violated: {"type":"read"} of client 1 from 2 to 3 ms answered 4');
  });
});
