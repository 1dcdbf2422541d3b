/**
 * Draws the overview of a statechart as SVG: its outermost states in a row, with what leads from
 * one to another. What goes on inside the states is left out; `toSvg` shows it.
 */
import type { Chart } from './chart.js';
import { rowLayout } from './rowLayout.js';
import { type SvgOptions, svgOf } from './svg.js';

/** The SVG text of a chart's overview. */
export function toOverviewSvg(chart: Chart, options: SvgOptions = {}): string {
  return svgOf(rowLayout(chart), options.title ?? chart.name, options.theme);
}
