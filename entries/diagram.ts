/** `raftchart/diagram`: any XState machine as a picture. */
export { type Chart, type ChartState, type ChartTransition, chartOf } from '../diagram/chart.js';
export type { Theme } from '../diagram/theme.js';
export { toMermaid } from '../diagram/toMermaid.js';
export { toOverviewSvg } from '../diagram/toOverviewSvg.js';
export { toSvg } from '../diagram/toSvg.js';
