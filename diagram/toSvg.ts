/**
 * Draws a statechart in full as SVG: every state with its table, every change of state as an arrow.
 */
import type { Chart } from './chart.js';
import { layeredLayout } from './layeredLayout.js';
import { type SvgOptions, svgOf } from './svg.js';

/** The SVG text of a chart. Rejects if the optional peer `elkjs` is not installed, and says so. */
export async function toSvg(chart: Chart, options: SvgOptions = {}): Promise<string> {
  return svgOf(await layeredLayout(chart), options.title ?? chart.name, options.theme);
}
