import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CheckOptions, check } from './check.js';

let folder = '';
let printed: string[] = [];
let complaints: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  printed = [];
  complaints = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void complaints.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const kv: CheckOptions = { model: 'kv' };

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
    expect(await check(fileOf(first, open, good), kv)).toBe(0);
    expect(printed).toEqual(['linearizable: 3 operations, 1 of them unknown']);
  });

  it('ends with 1 for one that does not, and says why', async () => {
    expect(await check(fileOf(first, { ...good, output: null }), kv)).toBe(1);
    expect(printed[0]).toBe(
      'violated: Key "x": {"type":"get","key":"x"} of client 1 from 2 to 3 ms answered null. ' +
        'After the longest order found, 1 of 2 operations, it would be "a", ' +
        'and nothing that may still come before it explains its answer.',
    );
    expect(printed.slice(1).join()).toMatch(/line 1: .*put.*What does not fit.*line 2: .*get/u);
  });

  it('ends with 2 for a file that is no history, in one line', async () => {
    const path = fileOf(first, { ...good, outcome: 'ok' });
    expect(await check(path, kv)).toBe(2);
    const where = `raftchart: ${path}, line 2, outcome: "ok" is not known here:`;
    expect(complaints).toEqual([`${where} write "done", "notDone" or "unknown"`]);
    expect(printed).toEqual([]);
  });

  it('ends with 2 for a file that is not there, or is no text', async () => {
    expect(await check(join(folder, 'none'), kv)).toBe(2);
    expect(complaints[0]).toMatch(/none: it cannot be read \(ENOENT\): give a file/u);
    expect(await check(folder, kv)).toBe(2);
    expect(complaints[1]).toContain('EISDIR');
    writeFileSync(join(folder, 'bytes'), new Uint8Array([0xff, 0xfe, 0x00]));
    expect(await check(join(folder, 'bytes'), kv)).toBe(2);
    expect(complaints[2]).toContain('no text in UTF-8');
  });

  it('ends with 3 where it was given up', async () => {
    expect(await check(fileOf(first, good), { ...kv, states: 1 })).toBe(3);
    expect(printed[0]).toContain('undecided: given up after 1 configurations');
  });

  it('prints the verdict as JSON where it is asked to', async () => {
    await check(fileOf(first, good), { ...kv, json: true });
    expect(JSON.parse(printed[0]!)).toEqual({ verdict: 'linearizable', order: [0, 1] });
  });

  it('checks registers as well', async () => {
    const read = { ...good, input: { type: 'read' }, output: 1 };
    const write = { ...first, input: { type: 'write', value: 1 } };
    expect(await check(fileOf(write, read), { model: 'register' })).toBe(0);
    expect(await check(fileOf(write, { ...read, output: 2 }), { model: 'register' })).toBe(1);
  });
});
