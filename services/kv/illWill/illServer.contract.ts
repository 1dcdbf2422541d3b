/** One server as a process of its own, whose world can be made worse from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** What is compiled: tests of processes build it before they begin. */
const mainPath = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const faultsUrl = new URL('nodeFaults.mjs', import.meta.url).href;
/** The longest that anything may take for which no bound is stated, ms; the machine may be busy. */
const patienceMs = 20_000;

/** What a disk is like from now on. */
export type DiskFault =
  | { readonly type: 'well' }
  /** Each write and sync takes so much longer. */
  | { readonly type: 'slow'; readonly ms: number }
  /** Writes and syncs are not begun until it is otherwise again. */
  | { readonly type: 'hanging' }
  /** No new file can be filled; what is allocated can be written. */
  | { readonly type: 'full' }
  /** Writes to the log fail, and nothing of them is written. */
  | { readonly type: 'failingWrites'; readonly code: string }
  /** Writes to the log are written, and fail all the same. */
  | { readonly type: 'failingSyncs'; readonly code: string };

/** What befalls a process. */
export type Fault =
  | { readonly type: 'disk'; readonly disk: DiskFault }
  /** The event loop stands still once. */
  | { readonly type: 'stall'; readonly ms: number }
  /** The wall clock is off by so much from now on. */
  | { readonly type: 'clock'; readonly shiftMs: number };

/** How to run a command in a world that is worse already: what comes before `node`. */
export type Wrapping = readonly string[];

/** A process of `raftchart serve`, from its start to its end. */
export class IllServer {
  stdout = '';
  stderr = '';
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  isRunning = true;
  readonly #child: ChildProcess;
  #faults = 0;

  /** Runs `raftchart serve` with further words. */
  constructor(words: readonly string[], wrapping: Wrapping = []) {
    // Without the variables that test runners set.
    const { NODE_ENV: _, FORCE_COLOR: __, ...env } = process.env;
    const node = [process.execPath, '--import', faultsUrl, mainPath, 'serve', ...words];
    const [command = '', ...rest] = [...wrapping, ...node];
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    const child = spawn(command, rest, { stdio: [...stdio], env });
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    child.on('error', () => {});
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.isRunning = false;
        resolve(code ?? signal!);
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Answers when the fault is in force; after a stall, when that is over. */
  suffers(fault: Fault): Promise<void> {
    const number = ++this.#faults;
    return new Promise((resolve, reject) => {
      const heard = (answer: unknown): void => {
        if ((answer as { number: number }).number !== number) return;
        this.#child.off('message', heard);
        resolve();
      };
      this.#child.on('message', heard);
      this.#child.send({ number, fault }, (error) => error === null || reject(error));
    });
  }

  disk(disk: DiskFault): Promise<void> {
    return this.suffers({ type: 'disk', disk });
  }

  /** Waits until it is up. */
  listens(): Promise<void> {
    return eventually(() => {
      if (!this.isRunning) throw new Error(`it ended: ${this.stderr}`);
      if (!/: up; /u.test(this.stdout)) throw new Error(`not up: ${this.stdout}${this.stderr}`);
    });
  }
}

/** Asks until it answers without throwing; gives up with what it threw last. */
export function eventually<T>(ask: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(ask, { timeout: patienceMs, interval: 20 });
}
