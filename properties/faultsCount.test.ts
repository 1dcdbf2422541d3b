/**
 * Whether a kind of fault counts: with no other beside it, it brings about something that a
 * campaign must have seen, and that never happens without faults; or a known bug dies by it.
 */
import { describe, expect, it } from 'vitest';
import * as reading from '../machines/rules/reading.js';
import { SectorDisk } from '../sim/disk.js';
import type { FaultKind } from '../sim/fault.js';
import { type Campaign, campaign } from './campaign.js';
import { type Mutant, provide, withMutant } from './mutants/mutant.js';
import { mutantSchedules } from './mutants/mutantSchedules.js';
import { play } from './play.js';
import { required, requiredOfMany } from './required.js';
import { faultKinds, schedules } from './schedules.js';

/** What has its test below, or does not count. */
const otherwise: Partial<Readonly<Record<FaultKind, string>>> = {
  drift: 'a lease that makes no allowance for it is found out, see below',
  secondProcess: 'a folder that is not claimed is found out, see below',
  impatient: 'does not count by itself: servers that are drawn to be hasty split votes, too',
  latency: 'does not count by itself: it is delay with another distribution',
  ring: 'does not count by itself: what it brings about, clients that give up do, too',
};

/** What a campaign must have seen, and no run without faults shows. */
const sought = [
  'a vote was refused for an older log',
  'two leaders were at work in different terms',
  'a leader of an older term was rejected',
  'a leader that no quorum answered stepped down',
  'a leader was elected after a commit',
  'a suffix was overwritten',
  'a server restarted',
  'a crash lost what was written and not synced',
  'a leader whose disk does not serve handed over',
  'a leader was deposed with reads in flight',
  'a successor was told',
  'a transfer succeeded',
  'a vote was asked for again, and given again',
  'a conflict hint skipped a term',
  'a leader whose wall clock was behind kept to log time',
] as const;

function last(steps: Generator<Campaign, Campaign, void>): Campaign {
  for (;;) {
    const { value, done } = steps.next();
    if (done === true) return value;
  }
}

/** What of it happens with one kind alone, as soon as anything does. */
function broughtAbout(kind: FaultKind): string | undefined {
  const alone = schedules({ faults: [kind] });
  const runs = otherwise[kind] === undefined ? 80 : 12;
  for (const { sometimes } of campaign({ schedules: alone, play, runs, seed: 2 })) {
    const seen = sought.find((what) => (sometimes[what] ?? 0) > 0);
    if (seen !== undefined) return seen;
  }
  return undefined;
}

describe('a kind of fault', () => {
  it('brings about, alone, what never happens without faults', () => {
    const calm = schedules().map((schedule) => ({ ...schedule, windows: [] }));
    const { sometimes } = last(campaign({ schedules: calm, play, runs: 80, seed: 1 }));
    for (const what of sought) expect(sometimes[what], what).toBe(0);
    expect([...required, ...requiredOfMany]).toEqual(expect.arrayContaining([...sought]));
    const idle = faultKinds.filter((kind) => broughtAbout(kind) === undefined);
    expect(idle.toSorted()).toEqual(Object.keys(otherwise).toSorted());
  });

  it('counts where a bug dies by it: a clock that runs slow, and a lease that trusts it', () => {
    const trusting = (args: {
      context: Parameters<typeof reading.holdsLease>[0];
      event: never;
    }) => {
      const settings = { ...args.context.settings, clockDriftPercentMax: 0 };
      return reading.holdsLease({ ...args.context, settings }, args.event);
    };
    const machine = provide({ guards: { holdsLease: trusting } });
    const schedule = mutantSchedules.B39!;
    const windows = schedule.windows.filter(({ fault }) => fault.kind !== 'drift');
    const breaks = (one: typeof schedule) =>
      Array.from(
        { length: 12 },
        (_, seed) => play({ schedule: one, seed }, { machine }).ok,
      ).includes(false);
    expect([breaks(schedule), breaks({ ...schedule, windows })]).toEqual([true, false]);
  });

  it('counts where a bug dies by it: a second process, and a folder that nobody claims', () => {
    const unclaimed: Pick<Mutant, 'part'> = {
      part: {
        of: SectorDisk.prototype,
        method: 'prepare',
        by: () => (done) => done(undefined, (released: () => void) => released()),
      },
    };
    const fault = { kind: 'secondProcess', server: 1 } as const;
    const schedule = { servers: 3, forMs: 600, windows: [{ at: 500, dur: 1, fault }] };
    const one = { schedule: { ...schedule, load: [], deviations: [] }, seed: 1 };
    const [violation] = withMutant(unclaimed, () => play(one)).violations;
    expect(violation?.law).toBe('Recovery');
    expect(play(one).violations).toEqual([]);
  });
});
