/**
 * Snapshots of instances: the same bytes on every server that has applied the same entries, in
 * slices of about 64 KiB. Lines of UTF-8:
 *
 * - `{"format":"raftchart instances","formatVersion":1,"version":…,"timerNumber":…,"size":…}`
 * - a line for each instance: address, version and timers as JSON, a tab, and its state as JSON
 * - `{"digest":"…"}`, of all instances; nothing follows it
 */
import type { Restoring } from '../../actors/stateMachine.js';
import type { HostedMachine } from './hostedMachine.js';
import {
  createInstance,
  digestText,
  headOf,
  type Instance,
  partsOf,
  type Timer,
} from './instance.js';
import { LineReader } from './lineReader.js';
import { type FrozenPopulation, Population } from './population.js';

const format = 'raftchart instances';
const formatVersion = 1;
const sliceLength = 64 * 1024;
/** A state in UTF-8, and what stands before it: timers above all, whose events are commands. */
const lineBytesMax = 512 * 1024 * 1024;

const encoder = new TextEncoder();

/** A snapshot, made as its slices are pulled. A slice is longer where a single instance is. */
export function writeSnapshot(view: FrozenPopulation): Iterable<Uint8Array> {
  return { [Symbol.iterator]: () => slices(view) };
}

function* slices(view: FrozenPopulation): Generator<Uint8Array> {
  let slice = '';
  for (const line of lines(view)) {
    slice += line;
    if (slice.length < sliceLength) continue;
    yield encoder.encode(slice);
    slice = '';
  }
  yield encoder.encode(slice);
}

function* lines({ table, version, timerNumber }: FrozenPopulation): Generator<string> {
  const { size } = table;
  yield `${JSON.stringify({ format, formatVersion, version, timerNumber, size })}\n`;
  for (const instance of table.instances()) yield `${headOf(instance)}\t${instance.text}\n`;
  yield `${JSON.stringify({ digest: digestText(table.digest) })}\n`;
}

interface Head {
  readonly format: unknown;
  readonly formatVersion: unknown;
  readonly version: number;
  readonly timerNumber: number;
  readonly size: number;
}

/** Thrown for a snapshot that cannot be read. */
export class UnreadableInstances extends Error {
  constructor(what: string) {
    super(`The snapshot of the instances cannot be read: ${what}.`);
    this.name = 'UnreadableInstances';
  }
}

/**
 * Reads a snapshot, however it is cut. Each error is thrown again by every call that follows.
 */
export class SnapshotReader implements Restoring {
  readonly #machines: ReadonlyMap<string, HostedMachine>;
  readonly #finish: (population: Population) => void;
  readonly #lines = new LineReader(lineBytesMax, (line) => this.#read(line));
  #head: Head | undefined;
  #population = new Population();
  #isWhole = false;
  #error: Error | undefined;

  /** `finish` is given the population once it is whole. */
  constructor(
    machines: ReadonlyMap<string, HostedMachine>,
    finish: (population: Population) => void,
  ) {
    this.#machines = machines;
    this.#finish = finish;
  }

  push(chunk: Uint8Array): void {
    this.#orFail(() => this.#lines.push(chunk));
  }

  finish(): void {
    this.#orFail(() => {
      if (!this.#isWhole || this.#lines.hasRest)
        throw new UnreadableInstances('its end is missing');
    });
    this.#error = new Error('The restore is finished.');
    this.#finish(this.#population);
  }

  #orFail(step: () => void): void {
    if (this.#error !== undefined) throw this.#error;
    try {
      step();
    } catch (error) {
      this.#error = error as Error;
      throw error;
    }
  }

  #read(line: string): void {
    if (this.#isWhole) throw new UnreadableInstances('something follows its end');
    if (this.#head === undefined) return this.#readHead(line);
    const tab = line.indexOf('\t');
    if (tab < 0) return this.#readEnd(line);
    const { address, version, timers } = readInstanceHead(line.slice(0, tab));
    const { machine: name } = partsOf(address);
    const machine = this.#machines.get(name);
    if (machine === undefined) {
      const remedy = 'which this server does not replicate; add the machine';
      throw new UnreadableInstances(`it has instances of ${name}, ${remedy}`);
    }
    const text = line.slice(tab + 1);
    this.#population.put(createInstance({ machine, address, version, text, timers }));
  }

  #readHead(line: string): void {
    const head = parsed(line) as Head;
    if (head.format !== format) throw new UnreadableInstances('it is none of instances');
    if (head.formatVersion !== formatVersion) {
      const versions = `${String(head.formatVersion)}, and this release reads ${formatVersion}`;
      throw new UnreadableInstances(`its format is ${versions}; use a newer release`);
    }
    const { version, timerNumber, size } = head;
    if (![version, timerNumber, size].every(isCount)) {
      throw new UnreadableInstances('its first line counts wrong');
    }
    this.#head = head;
    this.#population = new Population(version, timerNumber);
  }

  #readEnd(line: string): void {
    const { digest } = parsed(line) as { readonly digest?: unknown };
    const { size } = this.#head!;
    const { instances } = this.#population;
    if (instances !== size) {
      throw new UnreadableInstances(`it has ${instances} instances where ${size} were written`);
    }
    const own = digestText(this.#population.digest);
    if (own !== digest) {
      throw new UnreadableInstances(
        `its state digest is ${own}, and ${String(digest)} was written`,
      );
    }
    this.#isWhole = true;
  }
}

function readInstanceHead(json: string): Pick<Instance, 'address' | 'version' | 'timers'> {
  const head = parsed(json);
  const [address, version, timers = []] = Array.isArray(head) ? (head as unknown[]) : [];
  const areTimers = Array.isArray(timers) && timers.every(isTimer);
  if (typeof address !== 'string' || !isCount(version) || !areTimers) {
    throw new UnreadableInstances(`${json.slice(0, 60)} is no instance`);
  }
  return { address, version, timers };
}

function parsed(json: string): object {
  try {
    return Object(JSON.parse(json)) as object;
  } catch {
    throw new UnreadableInstances(`${json.slice(0, 60)} is no JSON`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTimer(value: unknown): value is Timer {
  const { dueMs, number, id } = Object(value) as Partial<Timer>;
  return isCount(dueMs) && isCount(number) && (id === undefined || typeof id === 'string');
}
