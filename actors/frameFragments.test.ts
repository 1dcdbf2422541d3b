import { describe, expect, it } from 'vitest';
import { Allowance, FrameFragments } from './frameFragments.js';
import { WireError } from './wireError.js';

describe('FrameFragments', () => {
  it('puts the fragments of one message after another together', () => {
    const fragments = new FrameFragments(10);
    for (const first of [1, 5]) {
      fragments.add(Uint8Array.of(first, 2));
      fragments.add(Uint8Array.of(3));
      expect(fragments.end(Uint8Array.of(4))).toEqual(Uint8Array.of(first, 2, 3, 4));
    }
  });

  it('does not touch a message that it has handed out', () => {
    const fragments = new FrameFragments(10);
    const message = fragments.end(Uint8Array.of(1));
    fragments.add(Uint8Array.of(2));
    expect(message).toEqual(Uint8Array.of(1));
  });

  it('takes a message of exactly the longest length, and no longer one', () => {
    const fragments = new FrameFragments(3);
    fragments.add(Uint8Array.of(1, 2));
    expect(fragments.end(Uint8Array.of(3))).toHaveLength(3);
    fragments.add(Uint8Array.of(1, 2));
    expect(() => fragments.add(Uint8Array.of(3, 4))).toThrow(/more than the 3 bytes allowed/);
    expect(() => fragments.end(Uint8Array.of(3, 4))).toThrow(WireError);
  });

  it('refuses fragments without bytes, of which there could be any number', () => {
    const fragments = new FrameFragments(3);
    expect(() => fragments.add(new Uint8Array(0))).toThrow(WireError);
    expect(() => fragments.end(new Uint8Array(0))).toThrow(WireError);
  });

  it('takes memory only within the allowance that it shares, and gives it back', () => {
    const allowance = new Allowance(100);
    const [one, other] = [new FrameFragments(90, allowance), new FrameFragments(90, allowance)];
    one.add(new Uint8Array(60));
    expect(() => other.add(new Uint8Array(41))).toThrow(/more than the 100 bytes/);
    one.end(new Uint8Array(1));
    other.add(new Uint8Array(80));
    expect(() => one.add(new Uint8Array(21))).toThrow(WireError);
    other.drop();
    one.add(new Uint8Array(80));
    one.drop();
    expect(allowance.take(100)).toBe(true);
  });

  it('copies each byte a bounded number of times, however small the fragments are', () => {
    // A copy of all that is there with every fragment would move 10^11 bytes here.
    const fragments = new FrameFragments(1_000_000);
    const fragment = Uint8Array.of(7, 8);
    for (let i = 0; i < 400_000; i++) fragments.add(fragment);
    const message = fragments.end(fragment);
    expect(message).toHaveLength(800_002);
    expect([message[0], message.at(-1)]).toEqual([7, 8]);
  });
});
