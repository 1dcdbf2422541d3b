import { describe, expect, it } from 'vitest';
import type { Condition, Passage } from '../weather.js';
import { reorderingNetwork, unreliableNetwork } from './labNetwork.js';

/** What becomes of so many messages of a type. */
function pass(condition: Condition, type: string, count: number): Passage[] {
  return Array.from({ length: count }, (_, number) => {
    const passage = { from: 0, to: 1, link: 1, number, type, isLost: false, extraMs: 0 };
    condition.touches!(passage as unknown as Passage);
    return passage as unknown as Passage;
  });
}

describe('the unreliable network of the labs', () => {
  const requests = pass(unreliableNetwork(1), 'AppendEntriesRequest', 20_000);
  const answers = pass(unreliableNetwork(1), 'AppendEntriesResponse', 20_000);

  it('loses a tenth of the requests, and a tenth of the answers', () => {
    for (const passages of [requests, answers]) {
      const lost = passages.filter(({ isLost }) => isLost).length;
      expect(lost / passages.length).toBeCloseTo(0.1, 1);
    }
  });

  it('makes requests late by 0 to 26 ms, and answers not at all', () => {
    const late = new Set(requests.map(({ extraMs }) => extraMs));
    expect([...late].sort((a, b) => a - b)).toEqual(Array.from({ length: 27 }, (_, ms) => ms));
    expect(answers.every(({ extraMs }) => extraMs === 0)).toBe(true);
  });
});

describe('the reordering of the labs', () => {
  it('holds back two answers in three, for 200 to 2,199 ms, mostly less than half of that', () => {
    const answers = pass(reorderingNetwork(1), 'RequestVoteResponse', 20_000);
    const held = answers.map(({ extraMs }) => extraMs).filter((ms) => ms > 0);
    expect(held.length / answers.length).toBeCloseTo(2 / 3, 1);
    expect(Math.min(...held)).toBe(200);
    expect(Math.max(...held)).toBeLessThanOrEqual(2_199);
    const short = held.filter((ms) => ms < 1_200).length;
    expect(short / held.length).toBeGreaterThan(0.8);
  });

  it('leaves requests alone', () => {
    const requests = pass(reorderingNetwork(1), 'RequestVoteRequest', 100);
    expect(requests.every(({ extraMs }) => extraMs === 0)).toBe(true);
  });
});
