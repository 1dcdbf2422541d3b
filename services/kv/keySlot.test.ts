import { describe, expect, it } from 'vitest';
import { crc16, keySlot, slotCount } from './keySlot.js';
import { latin1Bytes } from './latin1.js';

const slot = (key: string) => keySlot(latin1Bytes(key));

describe('keySlot', () => {
  it('is CRC-16/XMODEM, of which the check value is 0x31c3', () => {
    expect(crc16(latin1Bytes('123456789'))).toBe(0x31c3);
    expect(slot('123456789')).toBe(0x31c3);
    expect(slot('')).toBe(0);
  });

  it('gives the slots that the documentation of Redis Cluster gives', () => {
    expect(slot('somekey')).toBe(11058);
    expect(slot('foo{hash_tag}')).toBe(2515);
    expect(slot('bar{hash_tag}')).toBe(2515);
    expect(slot('foo')).toBe(12182);
  });

  it('looks at the hash tag alone, where there is one', () => {
    expect(slot('{user1000}.following')).toBe(slot('user1000'));
    expect(slot('{user1000}.followers')).toBe(slot('user1000'));
    expect(slot('foo{{bar}}zap')).toBe(slot('{bar'));
    expect(slot('foo{bar}{zap}')).toBe(slot('bar'));
  });

  it('looks at the whole key where the tag is empty, or has no end', () => {
    const whole = (key: string) => crc16(latin1Bytes(key)) % slotCount;
    for (const key of ['foo{}{bar}', 'foo{bar', 'foo}bar{', '{}', '{', '}{x']) {
      expect(slot(key), key).toBe(whole(key));
    }
  });

  it('reads a key where it stands', () => {
    const around = latin1Bytes('}{foo{hash_tag}}');
    expect(keySlot(around, 2, 15)).toBe(2515);
  });
});
