import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntaxFlaw } from './syntaxFlaw.js';

describe('a text that is no JSON', () => {
  const flaws: readonly (readonly [string, number, string])[] = [
    ['', 1, 'it ends where a value has to be'],
    ['{"a": 1,\n\n}', 3, 'there is } where a name in quotes has to be'],
    ['[1,\n2,]', 2, 'there is ] where a value has to be'],
    ['[1\n2]', 2, 'there is 2 where a comma or the end of the list or object has to be'],
    ['{"a"\n= 1}', 2, 'there is = where a colon has to be'],
    ["{\n'a': 1}", 2, "there is 'a' where a name in quotes or } has to be"],
    ['{"a": [1, {"b": 2}\n}', 2, 'there is } where a comma or the end'],
    ['{"a": 1}\n{', 2, 'there is { where the end has to be'],
    ['[\n01]', 2, 'there is 01 where a value or ] has to be'],
    ['[true,\nTrue]', 2, 'there is True where a value has to be'],
    [
      '[\n"a\nb"]',
      2,
      'there is a text that has no end on its line, or a wrong mark after \\, where',
    ],
    ['["\\x"]', 1, 'there is a text that has no end on its line, or a wrong mark after \\, where'],
    ['\n // a comment', 2, 'there is // where a value has to be'],
    ['[1,\n\u00a02]', 2, 'there is \u00a0 where a value has to be'],
  ];
  for (const [text, line, said] of flaws) {
    it(`is told where and how: ${JSON.stringify(text)}`, () => {
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      expect(syntaxFlaw(text)).toMatchObject({ line });
      expect(syntaxFlaw(text).flaw).toContain(said);
    });
  }

  it('is told of the line on which somebody has spoilt it', () => {
    const property = fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, at) => {
      const lines = JSON.stringify([value, value], undefined, 1).split('\n');
      const spoilt = at % lines.length;
      lines[spoilt] = `# ${lines[spoilt]}`;
      expect(syntaxFlaw(lines.join('\n'))).toMatchObject({ line: spoilt + 1 });
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  it('is told something, whatever it is', () => {
    const marks = fc.constantFrom(...'{}[],:"\\01.eE+-tfn \n'.split(''), 'true', 'null', '"a"');
    const texts = fc.array(marks, { maxLength: 12 }).map((parts) => parts.join(''));
    const property = fc.property(texts, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (!isJson) expect(syntaxFlaw(text).flaw).not.toContain('it ends where the end');
    });
    fc.assert(property, { seed: 1, numRuns: 3_000 });
  });
});
