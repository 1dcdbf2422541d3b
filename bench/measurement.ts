/**
 * One measurement: a generator drives a contender for some seconds, and the processors' time is
 * read around it.
 */
import type { Contender } from './contender.js';
import type { Generator } from './load.js';
import { median } from './percentile.js';
import { machineSeconds, processorSeconds } from './processorTime.js';
import type { Kind } from './workload.js';

/** What is asked of a contender, and how much of it at a time. */
export interface Workload {
  readonly kind: Kind;
  readonly outstanding: number;
}

/** As tables and messages call it. */
export function nameOf({ kind, outstanding }: Workload): string {
  return `${kind.toUpperCase()}, ${outstanding} outstanding`;
}

/** How long to drive, in ms: before the measurement begins, and during it. */
export interface Durations {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface Measurement {
  readonly operationsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processors that the three servers used, on average. */
  readonly serverCores: number;
  readonly generatorCores: number;
  /** Processors that everything else on this machine used: the kernel's own work, and strangers. */
  readonly otherCores: number;
  readonly operationsPerServerSecond: number;
  /** Processor time of the generator an operation, in microseconds. */
  readonly generatorMicroseconds: number;
}

/** Drives the leader. Rejects, saying of whom and what it speaks, when an operation is refused. */
export async function measure(
  contender: Contender,
  generator: Generator,
  { kind, outstanding }: Workload,
  { warmUpMs, measureMs }: Durations,
): Promise<Measurement> {
  const load = await generator.open(await contender.leaderPort(), kind, outstanding);
  try {
    await load.drive({ ms: warmUpMs });
    const machineBefore = machineSeconds();
    const serversBefore = processorSeconds(contender.pids());
    const drive = await load.drive({ ms: measureMs });
    const serverSeconds = processorSeconds(contender.pids()) - serversBefore;
    const otherSeconds = machineSeconds() - machineBefore - serverSeconds - drive.cpuSeconds;
    return {
      operationsPerSecond: drive.operations / drive.seconds,
      p50Ms: drive.p50Ms,
      p99Ms: drive.p99Ms,
      serverCores: serverSeconds / drive.seconds,
      generatorCores: drive.cpuSeconds / drive.seconds,
      otherCores: Math.max(otherSeconds, 0) / drive.seconds,
      operationsPerServerSecond: drive.operations / serverSeconds,
      generatorMicroseconds: (drive.cpuSeconds / drive.operations) * 1e6,
    };
  } catch (error) {
    const where = `${contender.name}, ${nameOf({ kind, outstanding })}`;
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
  } finally {
    load.close();
  }
}

/** Each figure's own median over the rounds. */
export function medianOf(rounds: readonly Measurement[]): Measurement {
  const middle = (figure: keyof Measurement) => median(rounds.map((round) => round[figure]));
  return {
    operationsPerSecond: middle('operationsPerSecond'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    serverCores: middle('serverCores'),
    generatorCores: middle('generatorCores'),
    otherCores: middle('otherCores'),
    operationsPerServerSecond: middle('operationsPerServerSecond'),
    generatorMicroseconds: middle('generatorMicroseconds'),
  };
}
