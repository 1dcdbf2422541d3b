/**
 * What processes and the whole machine have used of the processors, as Linux counts it under /proc.
 */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second on every platform that Node runs on. */
const ticksPerSecond = 100;

/** Processor time (user and system, seconds) of all threads of these processes since they began. */
export function processorSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8')), 0);
}

/** The same of the children of this process that have ended and were waited for. */
export function endedChildrenSeconds(): number {
  const fields = fieldsAfterName(readFileSync('/proc/self/stat', 'utf8'));
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/**
 * User and system time in a line of /proc/<pid>/stat; a process may have any name, even with spaces
 * and brackets.
 */
export function secondsOf(stat: string): number {
  const fields = fieldsAfterName(stat);
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/**
 * Seconds during which the processors of this machine worked, all together, since it was started.
 */
export function machineSeconds(): number {
  const [user, nice, system, , , interrupts, softInterrupts] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user! + nice! + system! + interrupts! + softInterrupts!) / ticksPerSecond;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** The third field of the line (the state) is the first here. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
