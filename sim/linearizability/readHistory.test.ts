import { describe, expect, it } from 'vitest';
import { historyLimits, readHistory } from './readHistory.js';

const put = { type: 'put', key: 'x', value: '1' };
const done = { client: 0, input: put, called: 1.5, returned: 2, outcome: 'done' };

function faultOf(value: unknown, model: 'register' | 'kv' = 'kv'): string {
  const line = typeof value === 'string' ? value : JSON.stringify(value);
  const { fault } = readHistory(`${JSON.stringify(done)}\n${line}\n`, 'kv');
  const own = model === 'kv' ? fault : readHistory(`${line}\n`, model).fault;
  return own === undefined ? '' : `${own.line} ${own.field}: ${own.problem}: ${own.remedy}`;
}

describe('a history file', () => {
  it('holds one operation a line, with or without a line end at its end', () => {
    const put = '{"type":"put","key":"x","value":"1"}';
    const append = '{"type":"append","key":"x","value":""}';
    const get = '{"type":"get","key":"x"}';
    const lines = [
      `{"client":0,"input":${put},"called":1.5,"returned":2,"outcome":"done"}`,
      `{"client":1,"input":${get},"output":null,"called":1,"returned":2,"outcome":"done"}`,
      `{"client":1,"input":${append},"called":3,"outcome":"unknown"}`,
    ];
    for (const text of [lines.join('\n'), `${lines.join('\r\n')}\r\n`]) {
      expect(readHistory(text, 'kv')).toEqual({
        operations: lines.map((line): unknown => JSON.parse(line)),
      });
    }
  });

  it('holds reads, writes and cas of registers', () => {
    const inputs = [
      { input: { type: 'read' }, output: 3 },
      { input: { type: 'read', key: 'x' }, output: null },
      { input: { type: 'write', value: 'a' } },
      { input: { type: 'cas', expected: null, value: 2 }, output: false },
    ];
    const operations = inputs.map((input) => ({ ...done, ...input }));
    const text = operations.map((operation) => JSON.stringify(operation)).join('\n');
    expect(readHistory(text, 'register')).toEqual({ operations });
  });

  it('may say null for what answers nothing, which is the same as nothing', () => {
    const text = JSON.stringify({ ...done, output: null });
    expect(readHistory(text, 'kv')).toEqual({ operations: [done] });
  });

  const get = { ...done, input: { type: 'get', key: 'x' } };
  it.each([
    ['{', '2 : the line is not JSON: write one operation a line, as JSON'],
    ['\n', '2 : the line is empty: write one operation a line, as JSON'],
    [[], '2 : [] is not a record: write a record'],
    [{}, '2 client: it is missing: every such record has one'],
    [{ ...done, client: -1 }, '2 client: -1 is too small: write 0 or more'],
    [{ ...done, client: 0.5 }, '2 client: 0.5 is not a whole number: write a whole number'],
    [{ ...done, retuned: 1 }, '2 retuned: there is no such field; known are client, input'],
    [{ ...done, input: 1 }, '2 input: 1 is not a record: write a record'],
    [{ ...done, input: {} }, '2 input.type: it is missing'],
    [
      { ...done, input: { ...put, type: 'del' } },
      '2 input.type: "del" is not known here: write "get',
    ],
    [{ ...done, input: { ...put, key: 1 } }, '2 input.key: 1 is not a text: write a text'],
    [{ ...done, input: { ...put, ttl: 1 } }, '2 input.ttl: there is no such field'],
    [{ ...done, called: '1' }, '2 called: "1" is not a number: write a number'],
    [JSON.stringify(done).replace('1.5', '1e999'), '2 called: null is not a number'],
    [{ ...done, outcome: 'ok' }, '2 outcome: "ok" is not known here: write "done", "notDone" or'],
    [{ ...done, returned: undefined }, '2 returned: it is missing, though the outcome is done'],
    [{ ...done, returned: 1 }, '2 returned: 1 is before the call, which was at 1.5'],
    [{ ...done, output: '1' }, '2 output: a put answers nothing: leave it out'],
    [get, '2 output: it is missing, though the outcome is done: a get answers text or null'],
    [{ ...get, output: 1 }, '2 output: 1 is not a text or null: write a text or null'],
  ])('is refused for %j, and says where', (value, fault) => {
    expect(faultOf(value)).toContain(fault);
  });

  it('is refused where the answer is that of another operation', () => {
    const cas = { ...done, input: { type: 'cas', expected: 1, value: 2 }, output: 1 };
    expect(faultOf(cas, 'register')).toContain('1 output: 1 is no answer to a cas');
    const read = { ...done, input: { type: 'read' }, output: true };
    expect(faultOf(read, 'register')).toContain('true is no answer to a read');
  });

  it('is refused where it is empty, or a line is too long', () => {
    expect(readHistory('', 'kv').fault).toMatchObject({ line: 1 });
    expect(faultOf(' '.repeat(historyLimits.lineLength + 1))).toContain('2 : the line is longer');
  });

  it('that is hostile gives a fault, and nothing else', () => {
    expect(faultOf('{"__proto__":{},"client":0}')).not.toBe('');
    expect(faultOf({ ...done, input: { type: 'constructor' } })).toContain('input.type');
    expect(faultOf('['.repeat(100_000))).not.toBe('');
  });
});
