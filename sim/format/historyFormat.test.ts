import { describe, expect, it } from 'vitest';
import { load, play, windows } from '../../properties/support/busyRun.js';
import { checkLinearizable } from '../linearizability/checkLinearizable.js';
import type { Operation } from '../linearizability/operation.js';
import { runningSum } from '../linearizability/runningSum.js';
import { type SumInput, sum } from '../linearizability/sum.js';
import { benign } from '../schedule.js';
import { parseHistory, sumHistoryText } from './historyFormat.js';
import type { HistoryModel } from './historySchema.js';
import { lineLimits } from './parseJson.js';

const put = { type: 'put', key: 'x', value: '1' };
const done = { client: 0, input: put, called: 1.5, returned: 2, outcome: 'done' };

/** What is said of a second line. */
function said(value: unknown, model: HistoryModel = 'kv'): string {
  const line = typeof value === 'string' ? value : JSON.stringify(value);
  const write = { type: 'write', value: 1 };
  const first = {
    kv: done,
    register: { ...done, input: write },
    sum: { ...done, input: { type: 'add', value: 1 } },
  };
  try {
    parseHistory(`${JSON.stringify(first[model])}\n${line}\n`, model, 'f');
    return '';
  } catch (error) {
    expect(error).toMatchObject({ name: 'BadInput' });
    return (error as Error).message;
  }
}

describe('a history file', () => {
  it('holds one operation a line, with or without line ends at its end', () => {
    const append = '{"type":"append","key":"x","value":""}';
    const get = '{"type":"get","key":"x"}';
    const lines = [
      `{"client":0,"input":${JSON.stringify(put)},"called":1.5,"returned":2,"outcome":"done"}`,
      `{"client":1,"input":${get},"output":null,"called":1,"returned":2,"outcome":"done"}`,
      `{"client":1,"input":${append},"called":3,"outcome":"unknown"}`,
    ];
    for (const text of [lines.join('\n'), `${lines.join('\r\n')}\r\n\n`]) {
      const operations = lines.map((line): unknown => JSON.parse(line));
      expect(parseHistory(text, 'kv', 'f')).toEqual(operations);
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
    expect(parseHistory(text, 'register', 'f')).toEqual(operations);
  });

  it('may say null for what answers nothing, which is the same as nothing', () => {
    const text = JSON.stringify({ ...done, output: null });
    expect(parseHistory(text, 'kv', 'f')).toEqual([done]);
  });

  const get = { ...done, input: { type: 'get', key: 'x' } };
  it.each([
    ['{', 'f, line 2: this is no JSON: it ends where a name in quotes or } has to be'],
    [`\n${JSON.stringify(done)}`, 'f, line 2: the line is empty; remove it'],
    [[], 'f, line 2: the line is [], and has to be an object'],
    [{}, 'f, line 2: client is missing, and has to be a whole number from 0'],
    [{ ...done, client: -1 }, 'f, line 2: client is -1, and has to be a whole number from 0'],
    [{ ...done, client: 0.5 }, 'client is 0.5, and has to be a whole number from 0'],
    [{ ...done, retuned: 1 }, 'retuned is not known; known are client, input, output'],
    [{ ...done, input: 1 }, 'input is 1, and has to be an object'],
    [{ ...done, input: {} }, 'input.type is missing, and has to be one of get, put, append'],
    [
      { ...done, input: { ...put, type: 'del' } },
      'input.type is "del", and has to be one of get, put, append',
    ],
    [{ ...done, input: { ...put, key: 1 } }, 'input.key is 1, and has to be a text'],
    [{ ...done, input: { ...put, ttl: 1 } }, 'input.ttl is not known; known are type, key, value'],
    [{ ...done, called: '1' }, 'called is "1", and has to be a number'],
    [JSON.stringify(done).replace('1.5', '1e999'), 'called is Infinity, and has to be a number'],
    [{ ...done, outcome: 'ok' }, 'outcome is "ok", and has to be one of done, notDone, unknown'],
    [
      { ...done, returned: undefined },
      'returned is missing, and has to be a number from 1.5 (called) on, as it is done',
    ],
    [{ ...done, returned: 1 }, 'returned is 1, and has to be 1.5 (called) or more'],
    [{ ...done, output: '1' }, 'output is there, and a put answers nothing: leave it out'],
    [get, 'output is missing, and has to be a text, or null, as the get is done'],
    [{ ...get, output: 1 }, 'output is 1, and has to be a text, or null'],
  ])('is refused for %j, and says where', (value, flaw) => {
    expect(said(value)).toContain(flaw);
    expect(said(value)).toMatch(/^f, line 2: \P{C}+$/u);
  });

  it('is refused where the answer is that of another operation', () => {
    const cas = { ...done, input: { type: 'cas', expected: 1, value: 2 }, output: 1 };
    const ofCas = 'f, line 2: output is 1, and has to be true or false of a cas';
    expect(said(cas, 'register')).toBe(ofCas);
    const read = { ...done, input: { type: 'read' }, output: true };
    expect(said(read, 'register')).toContain('output is true, and has to be a text, or a number');
    expect(said({ ...read, output: '3' }, 'sum')).toContain('output is "3", and has to be a numb');
  });

  it('is refused where it is empty, or a line is too long', () => {
    const empty = 'f, line 1: the history is empty; write one operation a line';
    for (const text of ['', '\n', ' \r\n'])
      expect(() => parseHistory(text, 'kv', 'f')).toThrow(empty);
    const long = `"${' '.repeat(lineLimits.length)}"`;
    expect(said(long)).toContain('line 2: the line has 1048578 characters, and may have at most');
  });

  it('that is hostile is refused like any other', () => {
    expect(said('{"__proto__":{},"client":0}')).not.toBe('');
    expect(said({ ...done, input: { type: 'constructor' } })).toContain('input.type');
    expect(said('['.repeat(100_000))).toContain('it ends where a value or ] has to be');
    expect(said('['.repeat(100_000) + ']'.repeat(100_000))).toContain('has to be an object');
    expect(said(`{"a\\n${'b'.repeat(2_000)}":1}`)).toContain('is missing');
    expect(said({ ...done, ['a\n\u001b[31m'.repeat(1_000)]: 1 })).toMatch(/^f, line 2: \P{C}+$/u);
  });
});

describe('the history of a run', () => {
  it('is written in the form of the model sum, and checked as it was in the run', () => {
    const reads = load.map(({ at, client }) => ({ at: at + 20, client: client + 4 }));
    const { history } = play({ ...benign(3, 2_000), load: [...load, ...reads], windows });
    const read = parseHistory(sumHistoryText(history), 'sum', 'f');
    expect(read.map(({ called, outcome }) => [called, outcome])).toEqual(
      history.map(({ called, outcome }) => [called, outcome]),
    );
    expect(new Set(read.map(({ outcome }) => outcome))).toContain('done');
    const { verdict } = checkLinearizable(read as Operation<SumInput, number>[], sum);
    expect(verdict).toBe('linearizable');
    expect(checkLinearizable(history as never[], runningSum).verdict).toBe(verdict);
  });

  it('leaves out what a client never heard', () => {
    const waiting = { client: 1, called: 3, outcome: 'unknown' } as const;
    const text = sumHistoryText([
      { ...waiting, kind: 'command', input: 7 },
      { ...waiting, kind: 'query', input: undefined },
    ]);
    expect(text.split('\n')).toEqual([
      '{"client":1,"input":{"type":"add","value":7},"called":3,"outcome":"unknown"}',
      '{"client":1,"input":{"type":"read"},"called":3,"outcome":"unknown"}',
      '',
    ]);
  });
});
