import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1, latin1Bytes } from './latin1.js';
import { defaultLimits } from './limits.js';
import { type RequestLimits, RequestParser } from './resp.js';

/** Feeds the chunks, and answers the requests and the error that they make. */
function parse(chunks: Iterable<Uint8Array>, limits: Partial<RequestLimits> = {}) {
  const parser = new RequestParser({ ...defaultLimits, ...limits });
  const requests: string[][] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    while (parser.next()) {
      const words: string[] = [];
      for (let n = 0; n < parser.count; n++) {
        words.push(latin1(parser.bytes, parser.starts[n], parser.ends[n]));
      }
      requests.push(words);
    }
  }
  return { requests, error: parser.protocolError };
}

const parseText = (text: string, limits?: Partial<RequestLimits>) =>
  parse([latin1Bytes(text)], limits);

const errorOf = (text: string, limits?: Partial<RequestLimits>) => parseText(text, limits).error;

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let n = 0; at < bytes.length; n++) {
    const length = lengths.at(n % lengths.length) ?? bytes.length;
    yield bytes.slice(at, at + length);
    at += length;
  }
}

const binary = fc.uint8Array({ maxLength: 40 }).map((bytes) => latin1(bytes));
const lengths = fc.array(fc.integer({ min: 1, max: 30 }));

describe('RequestParser', () => {
  it('reads the same requests however the stream is cut', () => {
    const array = fc.array(binary, { minLength: 1, maxLength: 6 });
    const line = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 4 });
    const request = fc.oneof(
      array.map((words) => ({ words, text: encode(words) })),
      line.map((words) => ({ words, text: `${words.join(' ')}\r\n` })),
      fc.constantFrom('*0\r\n', '*-10\r\n', '\n').map((text) => ({ words: [] as string[], text })),
    );
    fc.assert(
      fc.property(fc.array(request, { maxLength: 20, size: 'max' }), lengths, (requests, cuts) => {
        const text = requests.map((one) => one.text).join('');
        const expected = requests.map((one) => one.words).filter((words) => words.length > 0);
        const read = parse(cut(latin1Bytes(text), cuts));
        expect(read.requests).toEqual(expected);
        expect(read.error).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('answers the same to any bytes, however they are cut, and never throws', () => {
    const alphabet = fc.constantFrom(...'*$-0123\r\n"\'aG \x00'.split(''));
    const noise = fc.string({ unit: alphabet, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(noise, lengths, (text, cuts) => {
        const whole = parseText(text, { lineBytesMax: 12, bulkBytesMax: 20, argumentsMax: 5 });
        const pieces = parse(cut(latin1Bytes(text), cuts), {
          lineBytesMax: 12,
          bulkBytesMax: 20,
          argumentsMax: 5,
        });
        expect(pieces).toEqual(whole);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('keeps the arguments of a request that crosses from one buffer into another', () => {
    const words = ['mset', ...Array.from({ length: 500 }, (_, n) => `word ${n}`)];
    const text = encode(['get', 'a']) + encode(words);
    expect(parse(cut(latin1Bytes(text), [11, 3, 40])).requests).toEqual([['get', 'a'], words]);
  });

  it('reads a request of a mebibyte that comes byte by byte in linear time', () => {
    const text = encode(['set', 'key', 'x'.repeat(2 ** 20)]);
    expect(parse(cut(latin1Bytes(text), [1])).requests[0]?.[2]?.length).toBe(2 ** 20);
  });

  it('looks through a line that comes byte by byte in linear time', () => {
    const word = 'x'.repeat(2 ** 20);
    const limits = { lineBytesMax: 2 ** 20 };
    expect(parse(cut(latin1Bytes(`${word}\n`), [1]), limits).requests).toEqual([[word]]);
  });

  it('lets go of what it has read', () => {
    const parser = new RequestParser(defaultLimits);
    parser.push(latin1Bytes(encode(['set', 'key', 'x'.repeat(10_000)])));
    expect(parser.next()).toBe(true);
    expect(parser.next()).toBe(false);
    parser.push(latin1Bytes(encode(['get', 'key'])));
    expect(parser.next()).toBe(true);
    expect(parser.bytes.length).toBeLessThan(100);
  });

  describe('says what Redis says to', () => {
    const cases: readonly (readonly [what: string, text: string, error: string])[] = [
      ['too many arguments', '*1048577\r\n', 'invalid multibulk length'],
      ['a huge number of arguments', '*3000000000\r\n', 'invalid multibulk length'],
      ['a count that is none', '*x\r\n', 'invalid multibulk length'],
      ['an empty count', '*\r\n', 'invalid multibulk length'],
      ['a count with a leading zero', '*03\r\n', 'invalid multibulk length'],
      ['a negative length', '*1\r\n$-10\r\n', 'invalid bulk length'],
      ['a length beyond the limit', '*1\r\n$8388609\r\n', 'invalid bulk length'],
      ['a length that is none', '*1\r\n$blabla\r\n', 'invalid bulk length'],
      ['what is no bulk string', '*1\r\nfoo\r\n', "expected '$', got 'f'"],
      ['a value without a length', '*2\r\n$1\r\na\r\nfooz\r\n', "expected '$', got 'f'"],
      ['open quotes', 'set """key""" value\r\n', 'unbalanced quotes in request'],
      ['an endless inline request', 'x'.repeat(65_537), 'too big inline request'],
      ['an endless count', `*${'1'.repeat(65_537)}`, 'too big mbulk count string'],
      ['an endless length', `*1\r\n$${'1'.repeat(65_537)}`, 'too big bulk count string'],
    ];
    it.each(cases)('%s', (_what, text, error) => {
      expect(errorOf(text)).toBe(`ERR Protocol error: ${error}`);
    });
  });

  it('allows the lengths at the limits', () => {
    expect(errorOf('*1048576\r\n$8388608\r\n')).toBeUndefined();
    expect(parseText(`${'x'.repeat(65_535)}\n`).requests.length).toBe(1);
  });

  it('refuses a request that is too long as a whole before its bytes are there', () => {
    const large = `$8388608\r\n${'x'.repeat(8_388_608)}\r\n`;
    expect(errorOf(`*3\r\n${large}$8000000\r\n`)).toBeUndefined();
    expect(errorOf(`*3\r\n${large}$8388600\r\n`)).toMatch('too big request');
  });

  it('allows little to a client that has not said who it is', () => {
    const parser = () => {
      const one = new RequestParser(defaultLimits);
      one.isTrusted = false;
      return one;
    };
    const many = parser();
    many.push(latin1Bytes('*11\r\n'));
    many.next();
    expect(many.protocolError).toBe('ERR Protocol error: unauthenticated multibulk length');
    const long = parser();
    long.push(latin1Bytes('*1\r\n$16385\r\n'));
    long.next();
    expect(long.protocolError).toBe('ERR Protocol error: unauthenticated bulk length');
  });

  it('reads what came before an error, and nothing after it', () => {
    const { requests, error } = parseText(`${encode(['ping'])}*x\r\n${encode(['ping'])}`);
    expect(requests).toEqual([['ping']]);
    expect(error).toMatch('invalid multibulk length');
  });
});
