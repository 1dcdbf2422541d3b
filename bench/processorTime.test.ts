import { describe, expect, it } from 'vitest';
import { secondsOf } from './processorTime.js';

describe('processor time in /proc/<pid>/stat', () => {
  it('is user and system time, in hundredths of a second (proc(5), fields 14 and 15)', () => {
    const stat = '42 (etcd) S 1 42 42 0 -1 4194560 100 200 3 4 250 150 7 8 20 0 9 0 12345 1 2';
    expect(secondsOf(stat)).toBe(4);
  });

  it('is found after a name with spaces and brackets', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 100 200 3 4 1 2 7 8 20 0 9 0 12345 1 2';
    expect(secondsOf(stat)).toBe(0.03);
  });
});
