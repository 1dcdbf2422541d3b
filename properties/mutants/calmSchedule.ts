/** The calm schedule that those for mutants begin with, and what is put into it. */
import { type LoadItem, type Schedule, sessionClientsFrom } from '../../sim/schedule.js';

type FaultWindow = Schedule['windows'][number];

/** Three servers, and nothing goes wrong. */
export const calm: Schedule<number> = {
  servers: 3,
  forMs: 2_600,
  windows: [],
  load: [],
  deviations: [],
};

/** Commands, one every so many ms. */
export function commands(from: number, until: number, everyMs: number): LoadItem<number>[] {
  const count = Math.ceil((until - from) / everyMs);
  return Array.from({ length: count }, (_, n) => ({
    at: from + n * everyMs,
    client: 0,
    command: 1,
  }));
}

/** Commands of several clients with a session, one every so many ms. */
export function sessionCommands(from: number, until: number, everyMs: number): LoadItem<number>[] {
  return commands(from, until, everyMs).map((item, n) => ({
    ...item,
    client: sessionClientsFrom + (n % 5),
  }));
}

/** Reads by several clients: of those without a session, some hold to a leader that is deposed. */
export function reads(from: number, until: number): LoadItem<number>[] {
  const count = until - from;
  return Array.from({ length: count }, (_, n) => ({ at: from + n, client: n % 5 }));
}

/** A fault from `at` on, for `dur`. */
export function during(at: number, dur: number, fault: FaultWindow['fault']): FaultWindow {
  return { at, dur, fault };
}
