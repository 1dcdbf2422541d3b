import { describe, expect, it } from 'vitest';
import { splitInline } from './inlineRequest.js';
import { latin1, latin1Bytes } from './latin1.js';

function split(line: string): string[] | undefined {
  const words = splitInline(latin1Bytes(line), 0, line.length);
  return words?.starts.map((start, index) => latin1(words.bytes, start, words.ends[index]));
}

describe('splitInline', () => {
  it('splits at white space of any kind and amount', () => {
    expect(split('  set\tkey \v value ')).toEqual(['set', 'key', 'value']);
    expect(split('')).toEqual([]);
    expect(split('   ')).toEqual([]);
  });

  it('knows the escapes of double quotes', () => {
    expect(split('a "b c" ""')).toEqual(['a', 'b c', '']);
    expect(split('"\\x00\\xfF\\n\\r\\t\\b\\a\\\\\\"\\q\\xg0"')).toEqual([
      '\x00\xff\n\r\t\b\x07\\"qxg0',
    ]);
  });

  it("knows the one escape of single quotes: \\'", () => {
    expect(split("'it\\'s \\n \\x41'")).toEqual(["it's \\n \\x41"]);
  });

  it('lets a quote begin inside a word', () => {
    expect(split('key:"a b"')).toEqual(['key:a b']);
  });

  it('refuses quotes that do not close, or that no space follows', () => {
    for (const line of ['"a', "'a", '"a"b', "'a'b", 'set """x"""', '"a\\"', "'a\\'"]) {
      expect(split(line), line).toBeUndefined();
    }
  });
});
