import { describe, expect, it } from 'vitest';
import { plotKills } from './plotKills.js';
import { themes } from './plotTheme.js';
import { gapsOfRounds } from './roundGaps.js';
import type { Fault, Round } from './rounds.js';

const roundMs = 2_000;

function round(number: number, fault: Fault = 'kill leader'): Round {
  const beganMs = number * roundMs;
  const noted = { before: 's1 in 2', after: 's2 in 3', wholeMs: beganMs + 700, stallMs: 1 };
  const plan = { fault, number, quietMs: 0, follower: 0 };
  return { ...plan, ...noted, beganMs, endedMs: beganMs + roundMs };
}

/** A few acknowledgements a millisecond, but none for 300 ms after each kill. */
function plotted(rounds: readonly Round[], theme = themes.light): string {
  const times = Array.from({ length: (rounds.length + 2) * roundMs * 3 }, (_, i) => i / 3);
  const isGap = (ms: number) => ms % roundMs > 0 && ms % roundMs < 300;
  const acknowledgedMs = times.filter((ms) => !isGap(ms));
  return plotKills(acknowledgedMs, gapsOfRounds(rounds, acknowledgedMs), theme);
}

const twenty = Array.from({ length: 20 }, (_, i) => round(i + 1));

describe('the plot', () => {
  it('has a labelled row with its gap for each kill of the leader, and no other', () => {
    const text = plotted([...twenty, round(21, 'stop leader')]);
    expect(text.match(/>kill \d+</gu)).toHaveLength(20);
    expect(text.match(/>300 ms</gu)).toHaveLength(20);
    expect(text.match(/class="ink"/gu)).toHaveLength(20);
  });

  it('is the same for the same run, small, and loads nothing', () => {
    const text = plotted(twenty);
    expect(plotted(twenty)).toBe(text);
    expect(text.length).toBeLessThan(100_000);
    expect(text).not.toMatch(/<script|href|url\(|@import|NaN|undefined/u);
  });

  it('can be read aloud', () => {
    const text = plotted(twenty);
    expect(text).toMatch(
      /<title id="title">kill -9 of the leader, 20 times: .*300 ms in the median/u,
    );
    expect(text).toContain('Kill 7: nothing acknowledged for 300 ms.');
    expect(text).toContain('role="img" aria-labelledby="title description"');
  });

  it('differs between light and dark in nothing but its colours', () => {
    const withoutColours = (text: string) => text.replaceAll(/#[0-9a-f]{6}/gu, '');
    const [light, dark] = [plotted(twenty), plotted(twenty, themes.dark)];
    expect(light).not.toBe(dark);
    expect(withoutColours(light)).toBe(withoutColours(dark));
  });

  it('is drawn of a single kill, and of a time without acknowledgements', () => {
    const one = round(1);
    expect(plotted([one])).toContain('kill -9 of the leader, once');
    expect(plotKills([], gapsOfRounds([one], []), themes.light)).not.toMatch(/NaN|Infinity/u);
  });

  it('cuts a row off where the next kill comes', () => {
    const [first, second] = [round(1), { ...round(2), beganMs: 3_000, endedMs: 5_000 }];
    const text = plotted([{ ...first, endedMs: 3_000 }, second]);
    const widths = [...text.matchAll(/ d="M0 0([^"]*)z"/gu)].map(([, path = '']) =>
      [...path.matchAll(/h(\d+)/gu)].reduce((sum, [, run]) => sum + Number(run), 0),
    );
    expect(widths).toEqual([125, 175]);
  });
});
