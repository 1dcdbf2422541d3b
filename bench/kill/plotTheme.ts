/** The colours of the plot, light and dark. */

/** By what it paints. */
export interface PlotTheme {
  readonly paper: string;
  readonly text: string;
  readonly hint: string;
  readonly rule: string;
  /** The acknowledgements. */
  readonly ink: string;
  /** A kill, and the gap behind it. */
  readonly kill: string;
  readonly gap: string;
  /** The end of a recovery. */
  readonly whole: string;
}

/** Both themes; their names go into those of the files. */
export const themes: Readonly<Record<'light' | 'dark', PlotTheme>> = {
  light: {
    paper: '#ffffff',
    text: '#1e2633',
    hint: '#5b6577',
    rule: '#e3e8ef',
    ink: '#4338ca',
    kill: '#c2255c',
    gap: '#fdeaf1',
    whole: '#0f766e',
  },
  dark: {
    paper: '#0d1117',
    text: '#f0f4f9',
    hint: '#8b95a5',
    rule: '#272e38',
    ink: '#8f96ff',
    kill: '#ff6b9d',
    gap: '#331624',
    whole: '#5fd0bf',
  },
};
