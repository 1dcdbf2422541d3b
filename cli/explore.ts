/**
 * `raftchart explore`: sees every world that a small cluster can come to, within bounds, and shows
 * the shortest way to one that breaks a law.
 */
import process from 'node:process';
import type { Bounds } from '../sim/explore/bounds.js';
import { type Exploration, explore as search } from '../sim/explore/explore.js';
import { PrefixError } from '../sim/explore/prefix.js';
import { depthLine, explorationDocument, explorationLines } from './explorationReport.js';
import { inputText } from './inputFile.js';
import { LinesInPlace } from './linesInPlace.js';
import { Refusal } from './refusal.js';

/** How the cluster begins, and how far it goes; see {@link Bounds} for the bounds. */
export interface ExploreOptions extends Partial<Omit<Bounds, 'milliseconds'>> {
  readonly servers: number;
  /** A file with the actions that come first, a line each, as a trace has them. */
  readonly prefix?: string;
  /** Writes take their time. */
  readonly slowDisk?: boolean;
  /** So long it may take. */
  readonly seconds: number;
  readonly json?: boolean;
}

/** Prints what it finds; exit code 1 if a law broke. Rejects with a Refusal of a bad prefix. */
export async function explore(options: ExploreOptions): Promise<void> {
  const exploration = explored(options);
  if (options.json === true) console.log(JSON.stringify(explorationDocument(exploration)));
  else for (const line of explorationLines(exploration)) console.log(line);
  process.exitCode = exploration.violation === undefined ? 0 : 1;
}

function explored(options: ExploreOptions): Exploration {
  const { servers, prefix: file, slowDisk, seconds, json: _, ...bounds } = options;
  const prefix = file === undefined ? [] : inputText(file).split('\n');
  const place = process.stderr.isTTY ? new LinesInPlace(process.stderr) : undefined;
  try {
    return search({
      servers,
      prefix,
      disk: slowDisk === true ? 'slow' : 'instant',
      bounds: { ...bounds, milliseconds: seconds * 1_000 },
      nowMs: () => performance.now(),
      onDepth: (progress) => place?.draw([depthLine(progress)]),
    });
  } catch (error) {
    if (!(error instanceof PrefixError)) throw error;
    throw new Refusal(`${file}: ${error.message}`, { exitCode: 2, cause: error });
  } finally {
    place?.draw([]);
  }
}
