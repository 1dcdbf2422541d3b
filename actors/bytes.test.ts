import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.js';

type Value =
  | { type: 'u8' | 'u32' | 'u53'; value: number }
  | { type: 'bytes'; value: Uint8Array }
  | { type: 'text'; value: string };

const values: fc.Arbitrary<Value[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('u8' as const), value: fc.nat(0xff) }),
    fc.record({ type: fc.constant('u32' as const), value: fc.nat(0xffffffff) }),
    fc.record({ type: fc.constant('u53' as const), value: fc.maxSafeNat() }),
    fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 200 }) }),
    fc.record({ type: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
  ),
);

function write(writer: ByteWriter, { type, value }: Value): void {
  if (type === 'bytes') writer.bytes(value);
  else if (type === 'text') writer.text(value);
  else writer[type](value);
}

function read(reader: ByteReader, { type, value }: Value): number | string | Uint8Array {
  return type === 'bytes' ? reader.bytes(value.length) : reader[type]();
}

describe('bytes', () => {
  it('are read as they were written, however little room there was', () => {
    fc.assert(
      fc.property(values, fc.nat(64), (written, capacity) => {
        const writer = new ByteWriter(capacity);
        for (const value of written) write(writer, value);
        const reader = new ByteReader(writer.finish());
        for (const value of written) expect(read(reader, value)).toEqual(value.value);
        expect(reader.remaining).toBe(0);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are little endian', () => {
    const writer = new ByteWriter();
    writer.u32(0x04030201);
    writer.u53(2 ** 40 + 5);
    expect([...writer.finish()]).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 0, 1, 0, 0]);
  });

  it('begin anew after a reset', () => {
    const writer = new ByteWriter(4);
    writer.bytes(new Uint8Array(3_000_000).fill(7));
    writer.reset();
    expect(writer.length).toBe(0);
    writer.u8(1);
    expect([...writer.finish()]).toEqual([1]);
  });

  it('can be filled in later, but only where they were written', () => {
    const writer = new ByteWriter();
    writer.u32(0);
    writer.u8(9);
    writer.u32At(0, 0xfffefdfc);
    expect([...writer.finish()]).toEqual([0xfc, 0xfd, 0xfe, 0xff, 9]);
    expect(() => writer.u32At(2, 1)).toThrow(RangeError);
    expect(() => writer.u32At(-1, 1)).toThrow(RangeError);
  });

  it('refuse numbers that they could only round', () => {
    const writer = new ByteWriter();
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => writer.u53(value)).toThrow(RangeError);
    expect(writer.length).toBe(0);
  });

  it('are never read past their end', () => {
    const bytes = new Uint8Array(20).fill(1);
    const inside = () => new ByteReader(bytes, 10, 13);
    expect(() => inside().u32()).toThrow(RangeError);
    expect(() => inside().u53()).toThrow(RangeError);
    expect(() => inside().bytes(4)).toThrow(RangeError);
    expect(() => inside().text()).toThrow(RangeError);
    expect(() => new ByteReader(bytes, 0, 0).u8()).toThrow(RangeError);
    expect(() => new ByteReader(bytes, 0, 21)).toThrow(RangeError);
    expect(() => new ByteReader(bytes, 5, 4)).toThrow(RangeError);
    const reader = inside();
    expect(() => reader.bytes(0xffffffff)).toThrow(RangeError);
    expect([reader.offset, reader.remaining]).toEqual([10, 3]);
  });

  it('are views, not copies', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(new ByteReader(bytes, 1).bytes(2).buffer).toBe(bytes.buffer);
  });

  it('refuse text that is not UTF-8, and numbers beyond 2^53', () => {
    const text = new ByteWriter();
    text.u32(2);
    text.bytes(new Uint8Array([0xc3, 0x28]));
    expect(() => new ByteReader(text.finish()).text()).toThrow(RangeError);
    const number = new ByteWriter();
    number.u32(0);
    number.u32(2 ** 21);
    expect(() => new ByteReader(number.finish()).u53()).toThrow(RangeError);
  });

  it('keep a byte order mark in text', () => {
    const writer = new ByteWriter();
    writer.text('\uFEFFa');
    expect(new ByteReader(writer.finish()).text()).toBe('\uFEFFa');
  });
});
