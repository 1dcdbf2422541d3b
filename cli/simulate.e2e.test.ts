import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandRun } from './commandRun.contract.js';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'raftchart-simulate-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs a command to its end. */
async function run(folder: string, ...words: string[]) {
  const command = new CommandRun(folder, words);
  const code = await command.ended;
  const { stdout, stderr } = command;
  return { code, stdout, stderr };
}

/** A follower whose disk forgets what it has promised, while the leader is away. */
const forgetful = JSON.stringify({
  servers: 3,
  windows: [
    { at: 700, dur: 500, fault: { kind: 'restoreCopy', server: 1 } },
    { at: 700, dur: 500, fault: { kind: 'isolate', server: 2 } },
    { at: 1_200, dur: 800, fault: { kind: 'isolate', server: 0 } },
  ],
  load: Array.from({ length: 20 }, (_, n) => ({ at: 750 + 20 * n, client: 0, command: 1 })),
});

describe('raftchart simulate', () => {
  it('plays many runs, says what was tried, and makes the same of the same seed', async () => {
    const folder = newFolder();
    const words = ['simulate', '--runs', '6', '--seed', '3', '--json'];
    const [one, other] = [await run(folder, ...words), await run(folder, ...words)];
    expect(one.code).toBe(0);
    const [first, second] = [one, other].map(({ stdout }) => JSON.parse(stdout));
    expect(first).toMatchObject({ ok: true, seed: 3, runs: 6, violations: [] });
    expect({ ...second, wallMs: 0 }).toEqual({ ...first, wallMs: 0 });
    const text = await run(folder, 'simulate', '--runs', '6', '--seed', '3');
    expect(text.stdout).toContain(`digest ${first.digest}`);
    expect(text.stdout).toContain('Every law held.');
  });

  it('is spread over shards, which merge to what one machine finds', async () => {
    const folder = newFolder();
    const words = ['simulate', '--runs', '6', '--seed', '3', '--json'];
    const whole = await run(folder, ...words);
    for (const shard of ['0/2', '1/2']) {
      const { stdout } = await run(folder, ...words, '--shard', shard);
      writeFileSync(path.join(folder, `${shard[0]}.json`), stdout);
    }
    const merged = await run(folder, 'merge', '0.json', '1.json', '--json');
    expect(merged.code).toBe(0);
    const [expected, got] = [whole, merged].map(({ stdout }) => JSON.parse(stdout));
    expect({ ...got, wallMs: 0 }).toEqual({ ...expected, wallMs: 0 });
  });

  it('shows a broken law, shrunk and drawn, and the command that plays it again', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'forgetful.json'), forgetful);
    const found = await run(
      folder,
      'simulate',
      '--schedule',
      'forgetful.json',
      '--runs',
      '20',
      '--seed',
      '1',
    );
    expect(found.code).toBe(1);
    const [, replay] = /npx raftchart (replay \S+)/u.exec(found.stdout)!;
    expect(found.stdout).toContain('Broken at');
    expect(found.stdout).toContain('restoreCopy');
    expect(found.stdout).toMatch(/ms {2}s1 {3}s2 {3}s3/u);
    const out = path.join(folder, path.dirname(replay!.split(' ')[1]!));
    expect(readdirSync(out).sort()).toEqual(['history.jsonl', 'schedule.json', 'trace.jsonl']);
    const again = await run(folder, ...replay!.split(' '), '--json');
    expect(again.code).toBe(1);
    const lines = again.stdout.trim().split('\n');
    expect(`${lines.slice(0, -1).join('\n')}\n`).toBe(
      readFileSync(path.join(out, 'trace.jsonl'), 'utf8'),
    );
    const result = JSON.parse(lines.at(-1)!);
    expect(found.stdout).toContain(result.violations[0].sentence);
  });

  it('writes histories that check reads', async () => {
    const folder = newFolder();
    const add = { client: 0, input: { type: 'add', value: 3 }, called: 1, outcome: 'done' };
    const checked = async (output: number) => {
      const lines = `${JSON.stringify({ ...add, output, returned: 2 })}\n`;
      writeFileSync(path.join(folder, 'history.jsonl'), lines);
      return (await run(folder, 'check', 'history.jsonl', '--model', 'sum')).code;
    };
    expect([await checked(3), await checked(4)]).toEqual([0, 1]);
  });

  it('refuses bad input in one line that names the place, with exit code 2', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'bad.json'), '{\n"servers": 3,\n"windows": [{"at": 1}]}');
    const bad: readonly (readonly [string[], string])[] = [
      [['replay', 'bad.json'], 'bad.json, line 3: windows[0].dur is missing'],
      [['replay', 'none.json'], 'none.json: there is no such file'],
      [['simulate', '--schedule', 'bad.json'], 'bad.json, line 3'],
      [['merge', 'bad.json'], 'bad.json, line 1: ok is missing'],
      [['simulate', '--faults', 'rain'], '"rain" is no kind of fault'],
      [['simulate', '--shard', '4/4'], 'Give the number of a part'],
    ];
    for (const [words, said] of bad) {
      const { code, stderr, stdout } = await run(folder, ...words);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(said);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(existsSync(path.join(folder, 'raftchart-failures'))).toBe(false);
  });
});

describe('raftchart replay', () => {
  it('draws a run up to an instant', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'calm.json'), '{"servers": 3, "seed": 4}');
    const { code, stdout } = await run(
      folder,
      'replay',
      'calm.json',
      '--until',
      '300',
      '--lines',
      '3',
    );
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/ms {2}s1 {3}s2 {3}s3/u);
    expect(stdout).toContain('every law held; 300 virtual ms');
    expect(lines.filter((line) => /^ +\d+\.\d /u.test(line))).toHaveLength(3);
  });
});
