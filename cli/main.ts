/**
 * The command line: runs the program with the arguments of this process, and decides its exit code.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { CommanderError } from 'commander';
import { check } from './check.js';
import { explore } from './explore.js';
import { init } from './init.js';
import { getKey, setKey } from './keyCommands.js';
import { merge } from './merge.js';
import { program } from './program.js';
import { Refusal } from './refusal.js';
import { replay } from './replay.js';
import { serve } from './serve.js';
import { simulate } from './simulate.js';
import { snapshot } from './snapshot.js';
import { startCluster } from './startCluster.js';
import { status } from './status.js';
import { transfer } from './transfer.js';

const exitCode = { failed: 1, badUsage: 2 } as const;

/** Of the package: this file is compiled to dist/cli. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function failed(error: unknown): void {
  if (error instanceof CommanderError) {
    // It has printed what there is to say; --help and --version are errors of code 0.
    process.exitCode = error.exitCode === 0 ? 0 : exitCode.badUsage;
    return;
  }
  process.exitCode = exitCode.failed;
  if (error instanceof Refusal) {
    process.exitCode = error.exitCode;
    console.error(`raftchart: ${error.message}`);
    return;
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  // The line that says what it is comes last: it is the one that `start` shows of a server.
  console.error(`${stack}\nraftchart: a fault of its own, please report it: ${message}`);
}

function main(): void {
  // Whoever read the output may have gone; a server goes on all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('uncaughtException', (error) => {
    failed(error);
    process.exit();
  });
  const keys = { get: getKey, set: setKey };
  const operating = { start: startCluster, init, serve, status, transfer, snapshot };
  const simulating = { simulate, replay, merge, explore, check };
  const actions = { ...operating, ...keys, ...simulating };
  program(version(), actions).parseAsync().catch(failed);
}

main();
