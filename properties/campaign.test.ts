import { describe, expect, it } from 'vitest';
import type { Run } from '../sim/run.js';
import { type Campaign, type Case, campaign, clearest, drawn, merged } from './campaign.js';
import { play } from './play.js';
import { schedules } from './schedules.js';

const drawnFrom = schedules({ forMs: 900, windowsMax: 8, loadMax: 20 });

function played(options: Partial<Parameters<typeof campaign<number>>[0]>): Campaign {
  const steps = campaign({ schedules: drawnFrom, play, runs: 24, seed: 5, ...options });
  let last: Campaign | undefined;
  for (const soFar of steps) last = soFar;
  return last!;
}

/** Breaks a law wherever a client asks for something odd. */
function playOdd(one: Case): Run {
  const run = play(one);
  const odd = one.schedule.load.find(({ command = 0 }) => command % 2 === 1);
  const sentence = 'Nobody asks for odd numbers.';
  if (odd === undefined) return run;
  const violation = { law: 'Evenness', sentence, detail: 'odd', at: odd.at, server: 's1' };
  return { ...run, ok: false, violations: [violation] };
}

describe('a campaign', () => {
  it('is the same for the same seed, and another for another', () => {
    const once = played({ runs: 12 });
    expect(played({ runs: 12 })).toEqual(once);
    expect(once).toMatchObject({ ok: true, seed: 5, runs: 12, failures: [], broken: {} });
    expect(played({ runs: 12, seed: 6 }).digest).not.toBe(once.digest);
    expect(once.events).toBeGreaterThan(1_000);
  });

  it('finds, spread over machines, to the last digit what one machine finds', () => {
    for (const one of [play, playOdd]) {
      const whole = played({ play: one, shrinkRunsMax: 40 });
      const shards = [0, 1, 2].map((index) =>
        played({ play: one, shrinkRunsMax: 40, shard: { index, of: 3 } }),
      );
      expect(shards.map(({ runs }) => runs)).toEqual([8, 8, 8]);
      expect(merged(shards)).toEqual(whole);
      expect(merged([shards[2]!, merged([shards[1]!, shards[0]!])])).toEqual(whole);
    }
  });

  it('draws each run from the seed and its number alone', () => {
    expect(drawn(drawnFrom, 5, 3)).toEqual(drawn(drawnFrom, 5, 3));
    const seeds = Array.from({ length: 200 }, (_, number) => drawn(drawnFrom, 5, number).seed);
    expect(new Set(seeds).size).toBe(200);
  });

  it('keeps the first failures, each shrunk, and shows the shortest', () => {
    const { ok, broken, failures } = played({ play: playOdd });
    expect(ok).toBe(false);
    expect(broken.Evenness).toBeGreaterThan(3);
    expect(failures.map(({ run }) => run)).toEqual(
      failures.map(({ run }) => run).toSorted((a, b) => a - b),
    );
    expect(failures).toHaveLength(3);
    for (const failure of failures) {
      const { schedule } = failure.case;
      expect([schedule.windows, schedule.load.length, failure.violation.law]).toEqual([
        [],
        1,
        'Evenness',
      ]);
    }
    const long = { ...failures[0]!, case: drawn(drawnFrom, 5, 0) };
    expect(clearest({ ...played({ runs: 1 }), failures: [long, failures[1]!] })).toBe(failures[1]);
    expect(clearest(played({ runs: 1 }))).toBeUndefined();
  });
});
