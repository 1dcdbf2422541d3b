import { describe, expect, it } from 'vitest';
import { dark, light, type Palette, styleOf } from './theme.js';

describe('a palette', () => {
  const palettes: readonly (readonly [string, Palette])[] = [
    ['light', light],
    ['dark', dark],
  ];

  it.each(palettes)(
    '%s has text that can be read: a contrast of at least 4.5 to 1',
    (_, palette) => {
      const { paper, state, around, end, step } = palette;
      for (const text of Object.values(palette.tones)) {
        for (const ground of [paper, state, around, end, step]) {
          expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    },
  );

  it.each(palettes)('%s has lines that can be seen: at least 3 to 1', (_, palette) => {
    for (const line of [palette.border, palette.edge, palette.mainEdge]) {
      expect(contrast(line, palette.paper), line).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('a style sheet', () => {
  it('has both palettes in `auto`, the dark one for readers who ask for it', () => {
    const [before, after] = styleOf('auto').split('@media (prefers-color-scheme:dark)');
    expect(before).toContain(light.paper);
    expect(after).toContain(dark.paper);
  });

  it('has one palette in `light` and in `dark`', () => {
    expect(styleOf('light')).not.toContain(dark.paper);
    expect(styleOf('dark')).not.toContain(light.mainEdge);
  });

  it('loads nothing, and uses no variable that a renderer may not know', () => {
    expect(styleOf('auto')).not.toMatch(/url|@import|@font-face|var\(/);
  });
});

/** Contrast of two colours by WCAG 2.1. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
