/**
 * Writes a drawing as SVG: one element a line, numbers to a tenth, so that the same chart gives the
 * same bytes.
 */
import {
  type Drawing,
  lineHeight,
  type PlacedEdge,
  type PlacedLine,
  type PlacedState,
  type Point,
  textFontSize,
} from './drawing.js';
import { styleOf, type Theme } from './theme.js';

const cornerRadius = 9;
const headLength = 9;

/** What a picture is called, and its colours. */
export interface SvgOptions {
  /** Read out to those who cannot see the picture. Default: the name of the machine. */
  readonly title?: string;
  /** Default: `auto`, which follows the reader's own setting. */
  readonly theme?: Theme;
}

/** The SVG text of a drawing. It loads nothing: no font, script or image. */
export function svgOf(drawing: Drawing, title: string, theme: Theme = 'auto'): string {
  const [width, height] = [Math.ceil(drawing.width), Math.ceil(drawing.height)];
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>\n${styleOf(theme)}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    ...drawing.states.flatMap(svgOfState),
    ...drawing.edges.flatMap(svgOfLine),
    ...drawing.dots.map(
      ({ x, y }) => `<circle class="dot" cx="${rounded(x)}" cy="${rounded(y)}" r="5"/>`,
    ),
    ...drawing.edges.flatMap(svgOfLabel),
    '</svg>',
    '',
  ].join('\n');
}

function svgOfState({ kind, box, card }: PlacedState): readonly string[] {
  const { x, y, width, height } = box;
  const radius = kind === 'end' ? height / 2 : 8;
  const rulers = card.rulers.map((below) => {
    const ends = [x + 1, x + width - 1].map((end) => pointOf({ x: end, y: y + below }));
    return `<path class="ruler" d="M${ends.join('L')}"/>`;
  });
  return [
    `<rect class="${kind}" ${placing({ x, y, width, height, rx: radius })}/>`,
    ...rulers,
    ...card.texts.map((text) => svgOfText({ ...text, x: x + text.x, y: y + text.y })),
  ];
}

function svgOfLine({ route, isMain }: PlacedEdge): readonly string[] {
  const main = isMain ? ' main' : '';
  const tip = route.at(-1)!;
  const before = towards(tip, route.at(-2)!, headLength);
  const across = { x: (before.y - tip.y) / 2.4, y: (tip.x - before.x) / 2.4 };
  const head = [
    tip,
    { x: before.x + across.x, y: before.y + across.y },
    { x: before.x - across.x, y: before.y - across.y },
  ];
  const line = [...route.slice(0, -1), towards(tip, before, headLength - 2)];
  return [
    `<path class="edge${main}" d="${pathOf(line)}"/>`,
    `<path class="head${main}" d="M${head.map(pointOf).join('L')}Z"/>`,
  ];
}

function svgOfLabel({ lines, label, isMain }: PlacedEdge): readonly string[] {
  const x = label.x + label.width / 2;
  const texts = lines.map((line, i) => {
    const y = label.y + i * lineHeight + 12.5;
    return svgOfText({ line, x, y, fontSize: textFontSize, anchor: 'middle' });
  });
  return texts.length === 0 ? [] : [`<g class="label${isMain ? ' main' : ''}">`, ...texts, '</g>'];
}

function svgOfText({ line, x, y, fontSize, anchor }: PlacedLine): string {
  const spans = line.map(({ text, tone }) => `<tspan class="${tone}">${escaped(text)}</tspan>`);
  const middle = anchor === 'middle' ? ' text-anchor="middle"' : '';
  return `<text ${placing({ x, y })} font-size="${fontSize}"${middle}>${spans.join(' ')}</text>`;
}

/** Attributes whose values are numbers. */
function placing(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name}="${rounded(value)}"`)
    .join(' ');
}

/** A path through the corners of a route, each rounded. */
function pathOf(route: readonly Point[]): string {
  const steps = route.slice(1, -1).map((corner, i) => {
    const radius = Math.min(cornerRadius, half(route[i]!, corner), half(corner, route[i + 2]!));
    const [start, end] = [
      towards(corner, route[i]!, radius),
      towards(corner, route[i + 2]!, radius),
    ];
    return `L${pointOf(start)}Q${pointOf(corner)} ${pointOf(end)}`;
  });
  return `M${pointOf(route[0]!)}${steps.join('')}L${pointOf(route.at(-1)!)}`;
}

function half(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y) / 2;
}

/** The point `distance` away from `from`, in the direction of `to`. */
function towards(from: Point, to: Point, distance: number): Point {
  const whole = Math.hypot(to.x - from.x, to.y - from.y);
  const part = whole === 0 ? 0 : distance / whole;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function pointOf({ x, y }: Point): string {
  return `${rounded(x)} ${rounded(y)}`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** XML text; what XML cannot hold, such as control characters, becomes `?`. */
function escaped(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}
