/**
 * The processes and folders of the bench: whatever happens to the bench (its end, an error,
 * Ctrl-C), no process that it started and no folder that it made stays behind. Only `kill -9` of
 * the bench itself is beyond this.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const running = new Set<ChildProcess>();
const folders = new Set<string>();
let watching = false;
/** How much of a log an error quotes. */
const lastLinesMax = 8;

/** A process that the bench started. */
export class BenchProcess {
  readonly #command: string;
  readonly #logPath: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  /**
   * What it writes is appended to `logPath`; `environment` is added to that of the bench. Throws
   * where the command cannot be started.
   */
  constructor(
    command: string,
    commandArguments: readonly string[],
    logPath: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    watchForTheEnd();
    this.#command = command;
    this.#logPath = logPath;
    const log = openSync(logPath, 'a');
    // In a process group of its own: Ctrl-C in the terminal is for the bench, which then ends its
    // processes.
    this.#child = spawn(command, commandArguments, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, ...environment },
    });
    closeSync(log);
    this.#child.on('error', () => {});
    if (this.#child.pid === undefined) throw new Error(`${command} could not be started`);
    running.add(this.#child);
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => {
        running.delete(this.#child);
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it has written so far. */
  log(): string {
    return readFileSync(this.#logPath, 'utf8');
  }

  /** Throws, with the last lines that the process wrote, where it has ended by itself. */
  assertRuns(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return;
    const lastLines = this.log().trimEnd().split('\n').slice(-lastLinesMax).join('\n');
    throw new Error(`${this.#command} ended early:\n${lastLines}`);
  }

  /** Sends a signal; answers when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}

/** A new folder under `data/` of the working directory, removed when the bench ends. */
export function makeBenchFolder(): string {
  watchForTheEnd();
  const parent = join(process.cwd(), 'data');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bench-'));
  folders.add(folder);
  return folder;
}

function watchForTheEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', removeAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(130));
  }
}

/** Synchronous, as all that is done while a process exits. */
function removeAll(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    removeIfEmpty(dirname(folder));
  }
}

/** The parent folder may be somebody's: it goes only when nothing is in it. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone already: both are as it should be.
  }
}
