import { describe, expect, it } from 'vitest';
import { straightened } from './straighten.js';

const above = { x: 0, y: 0, width: 100, height: 20 };
const below = { x: 0, y: 200, width: 100, height: 20 };
const label = { x: 60, y: 25, width: 30, height: 20 };
const surroundings = { from: above, to: below, label };
const route = (...points: readonly (readonly [number, number])[]) =>
  points.map(([x, y]) => ({ x, y }));

describe('straightening a route', () => {
  it('moves a start in line with the longer piece that follows a kink', () => {
    const kinked = route([50, 20], [50, 30], [58, 30], [58, 200]);
    expect(straightened(kinked, surroundings)).toEqual(route([58, 20], [58, 200]));
  });

  it('moves an end in line with the longer piece before a kink', () => {
    const kinked = route([50, 20], [50, 190], [58, 190], [58, 200]);
    expect(straightened(kinked, surroundings)).toEqual(route([50, 20], [50, 200]));
  });

  it('keeps a sidestep that leads somewhere', () => {
    const wide = route([20, 20], [20, 30], [80, 30], [80, 200]);
    expect(straightened(wide, surroundings)).toEqual(wide);
  });

  it('keeps a kink where the end would leave its state', () => {
    const atCorner = route([88, 20], [88, 30], [96, 30], [96, 200]);
    expect(straightened(atCorner, surroundings)).toEqual(atCorner);
  });

  it('keeps a kink that leads around the label', () => {
    const beside = route([55, 20], [55, 50], [64, 50], [64, 200]);
    expect(straightened(beside, surroundings)).toEqual(beside);
  });

  it('keeps a straight route', () => {
    const straight = route([50, 20], [50, 200]);
    expect(straightened(straight, surroundings)).toEqual(straight);
  });
});
