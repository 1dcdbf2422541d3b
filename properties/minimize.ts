/**
 * Takes away from a failing schedule whatever it fails without: first all that comes after the
 * broken law, then windows and requests in ever smaller groups, then settings, then time. Schedules
 * are made for this: a window heals by itself, chance is keyed by what it is for, and what is not
 * listed is benign, so that parts do not move each other.
 */
import { defaultSettings, settingsFlaw } from '../machines/settings.js';
import type { FaultWindow } from '../sim/fault.js';
import type { Violation } from '../sim/law.js';
import type { Schedule } from '../sim/schedule.js';

/** Plays a schedule: the broken law, or undefined. */
export type Verdict<C> = (schedule: Schedule<C>) => Violation | undefined;

/**
 * A schedule that still breaks a law, and from which no single part can go; or, after `playsMax`, a
 * smaller one.
 */
export function minimize<C>(
  failing: Schedule<C>,
  verdict: Verdict<C>,
  playsMax = 1_000,
): Schedule<C> {
  let best = failing;
  let plays = 0;
  const tries = (candidate: Schedule<C>): boolean => {
    if (plays >= playsMax) return false;
    plays++;
    const violation = verdict(candidate);
    if (violation === undefined) return false;
    best = until(candidate, violation.at);
    return true;
  };
  tries(failing);
  for (let size = Number.POSITIVE_INFINITY; sizeOf(best) < size && plays < playsMax; ) {
    size = sizeOf(best);
    takeAway(
      () => best.windows,
      (windows) => tries({ ...best, windows }),
    );
    takeAway(
      () => best.load,
      (load) => tries({ ...best, load }),
    );
    plainer(best).forEach((candidate) => tries({ ...best, ...candidate }));
  }
  atOnce(
    () => best.windows,
    (windows) => tries({ ...best, windows }),
  );
  shorten(
    () => best.windows,
    (windows) => tries({ ...best, windows }),
  );
  // What was needed beside long faults may not be beside short ones.
  takeAway(
    () => best.windows,
    (windows) => tries({ ...best, windows }),
  );
  return best;
}

/** What came after the law was broken had no part in it. */
function until<C>(schedule: Schedule<C>, at: number): Schedule<C> {
  return {
    ...schedule,
    forMs: Math.min(schedule.forMs, Math.ceil(at) + 1),
    ...(at <= schedule.forMs && { quietMs: 0 }),
    windows: schedule.windows.filter((window) => window.at <= at),
    load: schedule.load.filter((item) => item.at <= at),
  };
}

/** Tries without each half, each quarter, and so on, down to each single one. */
function takeAway<T>(list: () => readonly T[], tries: (rest: readonly T[]) => boolean): void {
  for (
    let size = Math.ceil(list().length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < list().length; ) {
      const rest = [...list().slice(0, from), ...list().slice(from + size)];
      if (!tries(rest)) from += size;
    }
  }
}

/** The schedule with ordinary disks, and with one setting less. */
function plainer<C>({ slowDisksMs, settings = {}, ...rest }: Schedule<C>): Partial<Schedule<C>>[] {
  const candidates: Partial<Schedule<C>>[] = [{ settings: {} }];
  if (Object.keys(rest.clients ?? {}).length > 0) candidates.push({ clients: {} });
  if (rest.segmentBytes !== usual.segmentBytes) candidates.push(pick('segmentBytes'));
  if (rest.sessionsMax !== usual.sessionsMax) candidates.push(pick('sessionsMax'));
  if (slowDisksMs !== undefined && slowDisksMs.length > 0) candidates.push({ slowDisksMs: [] });
  for (const left of Object.keys(settings)) {
    const rest = Object.entries(settings).filter(([name]) => name !== left);
    candidates.push({ settings: Object.fromEntries(rest) });
  }
  return candidates.filter(isPlayable);
}

/** What a schedule has that does not mention it. */
const usual = { segmentBytes: 256 * 1_024, sessionsMax: 4_096 } as const;

function pick(name: keyof typeof usual): Partial<typeof usual> {
  return { [name]: usual[name] };
}

/** Settings belong together: not every one can go alone. */
function isPlayable<C>({ settings }: Partial<Schedule<C>>): boolean {
  return settings === undefined || settingsFlaw({ ...defaultSettings, ...settings }) === undefined;
}

/** Tries to begin each fault at its time, instead of at a deed. */
function atOnce(
  windows: () => readonly FaultWindow[],
  tries: (windows: readonly FaultWindow[]) => boolean,
): void {
  for (let at = 0; at < windows().length; at++) {
    const { when, ...plain } = windows()[at]!;
    if (when !== undefined) tries(windows().map((window, n) => (n === at ? plain : window)));
  }
}

/** Tries half of each window's time, again and again. */
function shorten(
  windows: () => readonly FaultWindow[],
  tries: (windows: readonly FaultWindow[]) => boolean,
): void {
  for (let at = 0; at < windows().length; at++) {
    for (let isShorter = true; isShorter; ) {
      const { dur } = windows()[at] ?? { dur: 0 };
      const half = windows().map((w, n) => (n === at ? { ...w, dur: Math.floor(dur / 2) } : w));
      isShorter = dur > 1 && tries(half);
    }
  }
}

function sizeOf<C>({ windows, load, settings = {}, slowDisksMs = [] }: Schedule<C>): number {
  return windows.length + load.length + Object.keys(settings).length + slowDisksMs.length;
}
