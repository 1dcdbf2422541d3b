/**
 * Draws the kills of the leader as SVG: a row for each, side by side with the others from a quarter
 * of a second before to one and a half after, with the acknowledgements per 10 ms.
 */

import { percentile } from '../percentile.js';
import { countsPerBin, gapMs } from './gaps.js';
import type { PlotTheme } from './plotTheme.js';
import { medianGapMs, type RoundGaps } from './roundGaps.js';

const binMs = 10;
const beforeMs = 250;
const afterMs = 1_500;

/** Where things lie, in pixels. */
const width = 960;
const left = 84;
const right = 92;
const top = 96;
const rowHeight = 26;
const curveHeight = 21;
const bottom = 56;
const msWidth = (width - left - right) / (beforeMs + afterMs);

/** The picture of all rounds that killed the leader. It loads nothing: no font, script or image. */
export function plotKills(
  acknowledgedMs: readonly number[],
  gaps: readonly RoundGaps[],
  theme: PlotTheme,
): string {
  const kills = gaps.filter(({ round }) => round.fault === 'kill leader');
  const rows = kills.map(({ round: { beganMs, endedMs } }) =>
    countsPerBin(acknowledgedMs, beganMs - beforeMs, binMs, binsUntil(endedMs - beganMs)),
  );
  // The few that are higher are cut off: they would make the rest small.
  const most = Math.max(1, percentile(Float64Array.from(rows.flat()).sort(), 99));
  const height = top + kills.length * rowHeight + bottom;
  const { title, figures } = wordsOf(kills);
  const description = `${title}. ${kills.map(spoken).join(' ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${title}: ${figures}</title>`,
    `<desc id="description">${description}</desc>`,
    `<style>${styleOf(theme)}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="24" y="36">${title}</text>`,
    `<text class="hint" x="24" y="58">${figures}</text>`,
    ...kills.flatMap((kill, i) => rowOf(kill, rows[i]!, most, top + (i + 1) * rowHeight)),
    ...axis(top + kills.length * rowHeight, most),
    '</svg>',
    '',
  ].join('\n');
}

function wordsOf(kills: readonly RoundGaps[]) {
  const medianMs = medianGapMs(kills) ?? 0;
  const longestMs = Math.max(0, ...kills.map(({ longest }) => gapMs(longest)));
  const times = kills.length === 1 ? 'once' : `${kills.length} times`;
  return {
    title: `kill -9 of the leader, ${times}`,
    figures:
      `appends acknowledged per ${binMs} ms, each row one kill; without any: ` +
      `${medianMs.toFixed(0)} ms in the median, ${longestMs.toFixed(0)} ms at most`,
  };
}

function spoken({ round, longest }: RoundGaps): string {
  return `Kill ${round.number}: nothing acknowledged for ${gapMs(longest).toFixed(0)} ms.`;
}

function rowOf(
  { round, longest }: RoundGaps,
  counts: readonly number[],
  most: number,
  base: number,
): string[] {
  const { number, beganMs, wholeMs, before, after } = round;
  const [from, to] = [xOf(longest.fromMs - beganMs), xOf(longest.toMs - beganMs)];
  const whole = wholeMs - beganMs;
  const leaders = `${idOf(before)} → ${idOf(after)}`;
  const scale = `scale(${tenths(binMs * msWidth, 1_000)} ${tenths(-curveHeight / most, 10_000)})`;
  return [
    `<rect class="gap" x="${tenths(from)}" y="${base - curveHeight}" ` +
      `width="${tenths(to - from)}" height="${curveHeight}"/>`,
    `<path class="ink" transform="translate(${left} ${base}) ${scale}" ` +
      `d="${skyline(counts, most)}"/>`,
    `<path class="rule" d="M${left} ${base}H${width - right}"/>`,
    `<text class="label end" x="${left - 14}" y="${base - 6}">kill ${number}</text>`,
    `<text class="gapText" x="${tenths((from + to) / 2)}" y="${base - 6}">` +
      `${gapMs(longest).toFixed(0)} ms</text>`,
    ...(whole <= afterMs
      ? [`<circle class="whole" cx="${tenths(xOf(whole))}" cy="${base}" r="3"/>`]
      : []),
    `<text class="label" x="${width - right + 14}" y="${base - 6}">${leaders}</text>`,
  ];
}

/**
 * The outline of the counts, each one unit wide and at most `most` high, in whole numbers: that
 * keeps it short.
 */
function skyline(counts: readonly number[], most: number): string {
  let path = 'M0 0';
  let [level, run] = [0, 0];
  for (const count of [...counts, 0]) {
    const height = Math.min(count, most);
    if (height !== level) {
      if (run > 0) path += `h${run}`;
      path += `v${height - level}`;
      [level, run] = [height, 0];
    }
    run++;
  }
  return `${path}z`;
}

function axis(base: number, most: number): string[] {
  const marks = [500, 1_000, 1_500];
  const zero = tenths(xOf(0));
  return [
    `<path class="kill" d="M${zero} ${top - 6}V${base}"/>`,
    `<text class="killText" x="${zero}" y="${top - 12}">kill -9</text>`,
    `<text class="label" x="${width - right + 14}" y="${top - 12}">leaders</text>`,
    ...marks.map(
      (ms) =>
        `<text class="label middle" x="${tenths(xOf(ms))}" y="${base + 20}">` +
        `+${ms / 1_000} s</text>`,
    ),
    `<circle class="whole" cx="${left + 3}" cy="${base + 38}" r="3"/>`,
    `<text class="label" x="${left + 14}" y="${base + 42}">the killed server is back, and has ` +
      `caught up; a full row is ${most} and more in ${binMs} ms</text>`,
  ];
}

/** A row ends with its round: what comes then is the next kill. */
function binsUntil(endedMs: number): number {
  return Math.floor((beforeMs + Math.min(endedMs, afterMs)) / binMs);
}

function xOf(ms: number): number {
  const within = Math.min(Math.max(ms, -beforeMs), afterMs);
  return left + (within + beforeMs) * msWidth;
}

function idOf(named: string): string {
  return named.split(' ')[0]!;
}

function tenths(value: number, steps = 10): number {
  return Math.round(value * steps) / steps;
}

function styleOf({ paper, text, hint, rule, ink, kill, gap, whole }: PlotTheme): string {
  return [
    'text{font:12px sans-serif}',
    `.paper{fill:${paper}}`,
    `.title{font-size:19px;font-weight:700;fill:${text}}`,
    `.hint{font-size:13.5px;fill:${hint}}`,
    `.label{fill:${hint}}`,
    '.end{text-anchor:end}.middle,.gapText,.killText{text-anchor:middle}',
    `.gap{fill:${gap}}`,
    `.gapText,.killText{font-weight:600;fill:${kill}}`,
    `.kill{stroke:${kill};stroke-width:1.5}`,
    `.ink{fill:${ink}}`,
    `.rule{stroke:${rule}}`,
    `.whole{fill:${whole}}`,
  ].join('');
}
