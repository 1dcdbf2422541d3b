import { describe, expect, it } from 'vitest';
import type { Measurement } from './measurement.js';
import { ratioOf, type Target } from './ratio.js';

const target: Target = { kind: 'set', outstanding: 64, ratioMin: 2 };

function measured(operationsPerSecond: number, operationsPerServerSecond: number): Measurement {
  return {
    operationsPerSecond,
    operationsPerServerSecond,
    p50Ms: 1,
    p99Ms: 1,
    serverCores: 1,
    generatorCores: 0,
    otherCores: 0,
    generatorMicroseconds: 1,
  };
}

describe('a target', () => {
  it('is met where both ratios reach it', () => {
    const ratio = ratioOf(target, measured(2000, 3000), measured(1000, 1000));
    expect(ratio).toMatchObject({ bySpeed: 2, byProcessor: 3, missed: undefined });
  });

  it('is missed where either falls short, and the line says by how much', () => {
    const bySpeed = ratioOf(target, measured(1999, 3000), measured(1000, 1000));
    expect(bySpeed.missed).toContain('SET, 64 outstanding');
    const byProcessor = ratioOf(target, measured(3000, 1500), measured(1000, 1000));
    expect(byProcessor.missed).toContain('1.50 times those per server-CPU-s');
  });

  it('is missed where nothing could be divided', () => {
    expect(ratioOf(target, measured(0, 0), measured(0, 0)).missed).toContain('NaN');
  });
});
