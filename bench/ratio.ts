/** Compares one contender's figures with the other's, and both ratios with the target. */
import { type Measurement, nameOf, type Workload } from './measurement.js';

/** A workload, and what is to be done of it, as a multiple of the rival. */
export interface Target extends Workload {
  readonly ratioMin: number;
}

export interface Ratio {
  readonly target: Target;
  /** Of operations a second. */
  readonly bySpeed: number;
  /** Of operations a second of the servers' processor time. */
  readonly byProcessor: number;
  /** What to say where the target is missed, in either of the two. */
  readonly missed: string | undefined;
}

export function ratioOf(target: Target, subject: Measurement, rival: Measurement): Ratio {
  const bySpeed = subject.operationsPerSecond / rival.operationsPerSecond;
  const byProcessor = subject.operationsPerServerSecond / rival.operationsPerServerSecond;
  const isMet = bySpeed >= target.ratioMin && byProcessor >= target.ratioMin;
  const sentence =
    `missed: ${nameOf(target)}: ${bySpeed.toFixed(2)} times the operations/s and ` +
    `${byProcessor.toFixed(2)} times those per server-CPU-s, where both are to be ` +
    `at least ${target.ratioMin}`;
  return { target, bySpeed, byProcessor, missed: isMet ? undefined : sentence };
}
