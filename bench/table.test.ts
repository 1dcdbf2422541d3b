import { describe, expect, it } from 'vitest';
import { figure, tableLines } from './table.js';

describe('a table', () => {
  it('puts words to the left and numbers to the right', () => {
    expect(
      tableLines(
        ['system', 'operations/s'],
        [
          ['etcd', '6 100'],
          ['raftchart', '12 200'],
        ],
      ),
    ).toEqual([
      'system     operations/s',
      '---------  ------------',
      'etcd              6 100',
      'raftchart        12 200',
    ]);
  });
});

describe('a figure', () => {
  it('has three digits where it is small, and its thousands apart where it is large', () => {
    expect(figure(0.82345)).toBe('0.823');
    expect(figure(9.3)).toBe('9.30');
    expect(figure(123.4)).toBe('123');
    expect(figure(6100)).toBe('6 100');
    expect(figure(1_234_567.8)).toBe('1 234 568');
  });

  it('is a dash where there is none', () => {
    expect(figure(Number.NaN)).toBe('-');
    expect(figure(Number.POSITIVE_INFINITY)).toBe('-');
  });
});
