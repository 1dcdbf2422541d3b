/** `raftchart status`: what servers say of themselves, once or again and again. */
import process from 'node:process';
import { LinesInPlace } from './linesInPlace.js';
import { answersOf, refusalAmong, type ServerAnswer, type ServersOptions } from './serverAnswer.js';
import { statusDocument, statusTable } from './statusTable.js';

/** Which servers are asked, and how it is shown. */
export interface StatusOptions extends ServersOptions {
  /** One JSON document instead of a table. */
  readonly json?: boolean;
  /** Every second, until a signal comes. */
  readonly watch?: boolean;
}

/** So often `--watch` asks, ms; a server that takes longer to answer is shown as down. */
const watchMs = 1_000;

/**
 * Prints a line for each server. Rejects with a Refusal if one does not answer, unless it watches:
 * then it ends well, with a signal.
 */
export async function status(options: StatusOptions): Promise<void> {
  if (options.watch === true) return watch(options);
  const answers = await answersOf(options);
  for (const line of linesOf(options, answers)) console.log(line);
  const refusal = refusalAmong(answers);
  if (refusal !== undefined) throw refusal;
}

async function watch(options: StatusOptions): Promise<void> {
  const place =
    process.stdout.isTTY && options.json !== true ? new LinesInPlace(process.stdout) : undefined;
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stopped.abort());
  }
  for (let round = 0; !stopped.signal.aborted; round++) {
    const answers = await answersOf(options, watchMs);
    const lines = linesOf(options, answers);
    if (place !== undefined) place.draw(lines.map((line) => line.slice(0, place.width)));
    // Whoever reads lines wants the header once.
    else
      for (const line of lines.slice(round > 0 && options.json !== true ? 1 : 0)) console.log(line);
    await pause(watchMs, stopped.signal);
  }
}

function linesOf({ json }: StatusOptions, answers: readonly ServerAnswer[]): string[] {
  return json === true ? [JSON.stringify(statusDocument(answers))] : statusTable(answers);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
