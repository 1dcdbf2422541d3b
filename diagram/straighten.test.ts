import { describe, expect, it } from 'vitest';
import { straightened } from './straighten.js';

const above = { x: 0, y: 0, width: 100, height: 20 };
const below = { x: 0, y: 200, width: 100, height: 20 };
const route = (...points: readonly (readonly [number, number])[]) =>
  points.map(([x, y]) => ({ x, y }));

describe('straightening a route', () => {
  it('moves a start in line with the longer piece that follows a kink', () => {
    const kinked = route([50, 20], [50, 30], [58, 30], [58, 200]);
    expect(straightened(kinked, above, below)).toEqual(route([58, 20], [58, 200]));
  });

  it('moves an end in line with the longer piece before a kink', () => {
    const kinked = route([50, 20], [50, 190], [58, 190], [58, 200]);
    expect(straightened(kinked, above, below)).toEqual(route([50, 20], [50, 200]));
  });

  it('keeps a sidestep that leads somewhere', () => {
    const wide = route([20, 20], [20, 30], [80, 30], [80, 200]);
    expect(straightened(wide, above, below)).toEqual(wide);
  });

  it('keeps a kink where the end would leave its state', () => {
    const atCorner = route([88, 20], [88, 30], [96, 30], [96, 200]);
    expect(straightened(atCorner, above, below)).toEqual(atCorner);
  });

  it('keeps a straight route', () => {
    const straight = route([50, 20], [50, 200]);
    expect(straightened(straight, above, below)).toEqual(straight);
  });
});
