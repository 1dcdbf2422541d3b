/**
 * The colours of the pictures, light and dark, as a style sheet that travels inside the SVG. Plain
 * rules and no variables, which not every renderer of SVG knows.
 */
import type { Tone } from './lines.js';

/** `auto` follows the reader's own setting, where the renderer knows it; else it is light. */
export type Theme = 'light' | 'dark' | 'auto';

/** The colours of one theme. */
export interface Palette {
  /** Behind everything. */
  readonly paper: string;
  /** In the box of a state, of a state around others, of an end, and of a step of an overview. */
  readonly state: string;
  readonly around: string;
  readonly end: string;
  readonly step: string;
  readonly border: string;
  readonly ruler: string;
  readonly edge: string;
  readonly mainEdge: string;
  readonly tones: Readonly<Record<Tone, string>>;
}

export const light: Palette = {
  paper: '#ffffff',
  state: '#ffffff',
  around: '#f6f8fb',
  end: '#eef1f6',
  step: '#eef0ff',
  border: '#8592a6',
  ruler: '#e3e8ef',
  edge: '#8592a6',
  mainEdge: '#4338ca',
  tones: {
    name: '#1e2633',
    event: '#1e2633',
    guard: '#0f6b62',
    rule: '#4b5768',
    target: '#4338ca',
    hint: '#5b6577',
  },
};

export const dark: Palette = {
  paper: '#0d1117',
  state: '#161b22',
  around: '#11161d',
  end: '#1c222b',
  step: '#1b1d3a',
  border: '#566173',
  ruler: '#272e38',
  edge: '#6b7789',
  mainEdge: '#8f96ff',
  tones: {
    name: '#f0f4f9',
    event: '#e1e7ef',
    guard: '#5fd0bf',
    rule: '#a9b4c3',
    target: '#a3a9ff',
    hint: '#8b95a5',
  },
};

const fixedWidth =
  "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace";
const proportional =
  "-apple-system,'Segoe UI',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif";

/** The style sheet of a theme. */
export function styleOf(theme: Theme): string {
  const shapes = [
    `text{font-family:${fixedWidth}}`,
    `.name{font-family:${proportional};font-weight:700}`,
    '.event{font-weight:600}',
    '.label .event{font-weight:400}',
    '.label.main .event{font-weight:600}',
    '.edge{fill:none;stroke-width:1.3}',
    '.edge.main{stroke-width:2.6}',
    '.step{stroke-width:1.6}',
  ].join('\n');
  if (theme !== 'auto') return [shapes, coloursOf(theme === 'dark' ? dark : light)].join('\n');
  const onDark = ['@media (prefers-color-scheme:dark){', coloursOf(dark), '}'];
  return [shapes, coloursOf(light), ...onDark].join('\n');
}

function coloursOf(palette: Palette): string {
  const tones = Object.entries(palette.tones).map(([tone, colour]) => `.${tone}{fill:${colour}}`);
  return [
    `.paper{fill:${palette.paper}}`,
    `.state{fill:${palette.state};stroke:${palette.border}}`,
    `.around{fill:${palette.around};stroke:${palette.border}}`,
    `.end{fill:${palette.end};stroke:${palette.border}}`,
    `.step{fill:${palette.step};stroke:${palette.mainEdge}}`,
    `.ruler{stroke:${palette.ruler}}`,
    `.edge{stroke:${palette.edge}}`,
    `.head,.dot{fill:${palette.edge}}`,
    `.edge.main{stroke:${palette.mainEdge}}`,
    `.head.main{fill:${palette.mainEdge}}`,
    ...tones,
  ].join('\n');
}
