/**
 * The words that aimed schedules are written in: who stands first, which link is slow, what is
 * lost, and for how long. A window has no end where none is given.
 */
import type { Settings } from '../machines/settings.js';
import type { Fault, FaultWindow } from '../sim/fault.js';
import type { LoadItem, Schedule } from '../sim/schedule.js';

/** Several elections fit into the time of an ordinary one. */
export const hasty: Partial<Settings> = {
  heartbeatMs: 12,
  commitNoticeMs: 4,
  electionTimeoutMinMs: 40,
  electionTimeoutMaxMs: 60,
  retryMinMs: 5,
  retryMaxMs: 30,
};

/** Whoever is behind at all gets a snapshot. */
export const snapshotsOnly: Partial<Settings> = { snapshotAfterEntries: 1, trailingEntriesMax: 0 };

/** To the end, and beyond. */
export const longMs = 5_000;

/** A fault from `at` on, for so long (to the end). */
export function from(at: number, fault: Fault, dur = longMs): FaultWindow {
  return { at, dur, fault };
}

/** Messages between two servers take so long that what they say is of a time gone by. */
export function slow(
  at: number,
  server: number,
  to: number,
  extraMs = longMs,
  dur = longMs,
): FaultWindow {
  return from(at, { kind: 'slowLink', server, to, extraMs }, dur);
}

/** Messages of this type are lost. */
export function lost(at: number, type: Extract<Fault, { kind: 'lossOf' }>['type'], dur = longMs) {
  return from(at, { kind: 'lossOf', type, percent: 100 }, dur);
}

/** This server's timers are as short as they may be: it stands before the others. */
export function first(at: number, server: number, dur: number): FaultWindow {
  return from(at, { kind: 'impatient', server }, dur);
}

/** The first server leads, since it begins anew, and stands before the others. */
export const firstLeads = [first(0, 0, 200), from(0, { kind: 'kill', server: 0 }, 1)] as const;

/** A server hears nobody, and nobody hears it. */
export function isolated(
  at: number,
  server: number | 'leader' | 'follower',
  dur: number,
): FaultWindow {
  return from(at, { kind: 'isolate', server }, dur);
}

/** Leadership changes hands every so many ms. */
export function handedOver(at: number, times: number, everyMs: number): FaultWindow[] {
  const transfer: Fault = { kind: 'transfer', server: 'leader' };
  return Array.from({ length: times }, (_, n) => from(at + n * everyMs, transfer, 1));
}

/** A command of one, at each of these times. */
export function commands(...times: readonly number[]): LoadItem<number>[] {
  return times.map((at) => ({ at, client: 0, command: 1 }));
}

/** Three servers, ordinary but for the rest of a schedule; the windows come in any order. */
export function aimed(
  forMs: number,
  windows: readonly FaultWindow[],
  rest: Partial<Schedule<number>> = {},
): Schedule<number> {
  const inOrder = windows.toSorted((a, b) => a.at - b.at);
  return { servers: 3, load: [], deviations: [], ...rest, forMs, windows: inOrder };
}
