/**
 * What the tests of the command line build on: commands as processes, their own ports, their own
 * folders.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { raftPortOffset } from './optionValues.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What is compiled: tests of processes build it before they begin. */
export const mainPath = path.join(root, 'dist', 'cli', 'main.js');
/** The longest that anything here may take, ms; the machine may be busy. */
export const patienceMs = 30_000;

/** A command that runs in a process group of its own, as a terminal would start it. */
export class CommandRun {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;

  constructor(folder: string, words: readonly string[], script = mainPath) {
    // Without the variables that test runners set.
    const { NODE_ENV: _, FORCE_COLOR: __, ...env } = process.env;
    const child = spawn(process.execPath, [script, ...words], { cwd: folder, detached: true, env });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  /** To this process alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** To this process and all that it started, as a terminal's Ctrl-C does. */
  signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal);
    } catch {
      // All of them have ended.
    }
  }

  /** Waits until stdout holds a match, and answers it. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(() => {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      throw new Error(`no ${pattern} in ${this.stdout}${this.stderr}`);
    });
  }
}

/** Asks until it answers without throwing. */
export function eventually<T>(ask: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(ask, { timeout: patienceMs, interval: 50 });
}

/** Runs commands in a new folder; `remove` leaves none of them, and nothing of the folder. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'raftchart-'));
  readonly #runs: CommandRun[] = [];

  run(...words: readonly string[]): CommandRun {
    return this.runScript(mainPath, ...words);
  }

  runScript(script: string, ...words: readonly string[]): CommandRun {
    const run = new CommandRun(this.folder, words, script);
    this.#runs.push(run);
    return run;
  }

  async remove(): Promise<void> {
    for (const run of this.#runs) run.signalGroup('SIGKILL');
    await Promise.all(this.#runs.map((run) => run.ended));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A port from which on `start` finds free all that it needs for three servers. */
export async function freeBasePort(): Promise<number> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    const needed = [0, 1, 2].flatMap((i) => [port + i, port + i + raftPortOffset]);
    if (Math.max(...needed) > 65_535) continue;
    if ((await Promise.all(needed.map(isFree))).every(Boolean)) return port;
  }
}

/** Different ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            resolve((server.address() as { port: number }).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
