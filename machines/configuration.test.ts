/**
 * Tests of configurations: who votes in them, who gets the log, and how they are written down (§6).
 */
import { describe, expect, it } from 'vitest';
import { members } from '../properties/support/script.js';
import {
  configuration,
  decodeConfiguration,
  encodeConfiguration,
  noConfiguration,
  serversOf,
} from './configuration.js';

describe('configuration', () => {
  it('lets voters vote, and learners learn (thesis §4.2.1)', () => {
    const c = configuration(4, members(['S1', 'S2'], ['S3']));
    expect(c.index).toBe(4);
    expect(c.voters).toEqual([['S1', 'S2']]);
    expect(serversOf(c)).toEqual(['S1', 'S2', 'S3']);
  });

  it('has the voters of both halves while it is joint, and names every server once (§6)', () => {
    const c = configuration(4, members(['S1', 'S4'], ['S5']), members(['S1', 'S2']));
    expect(c.voters).toEqual([
      ['S1', 'S4'],
      ['S1', 'S2'],
    ]);
    expect(serversOf(c)).toEqual(['S1', 'S4', 'S5', 'S2']);
  });

  it('is the same after it was written into an entry and read', () => {
    const member = { id: 'S1', storeId: 'a1b2', address: '127.0.0.1:7101', role: 'voter' as const };
    const written = configuration(9, [member], members(['S2'], ['Sé']));
    expect(decodeConfiguration(9, encodeConfiguration(written))).toEqual(written);
  });

  it('of a server that was never founded knows of nobody', () => {
    expect(serversOf(noConfiguration)).toEqual([]);
    expect(noConfiguration.voters).toEqual([[]]);
  });
});
