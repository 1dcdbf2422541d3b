import { describe, expect, it } from 'vitest';
import { notDone, unknown } from './outcome.js';

describe('an outcome', () => {
  it('without effect, and one that nobody knows, say why', () => {
    expect(notDone('no leader')).toEqual({ type: 'notDone', reason: 'no leader' });
    expect(unknown('too late')).toEqual({ type: 'unknown', reason: 'too late' });
  });
});
