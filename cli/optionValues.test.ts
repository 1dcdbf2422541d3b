import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addressesValue,
  addressText,
  addressValue,
  basePortValue,
  clusterSizesValue,
  drainMsValue,
  electionTimeoutMsValue,
  faultKindsValue,
  serverCountValue,
  serverIdValue,
  serversValue,
  shardValue,
} from './optionValues.js';

describe('the values of options', () => {
  it.each(['127.0.0.1:7001', 'localhost:1', '[::1]:65535'])('takes %s for an address', (text) => {
    expect(addressText(addressValue(text))).toBe(text);
  });

  it.each(['', '7001', 'host', 'host:', 'host:0', 'host:65536', 'a b:1', '::1:7001'])(
    'refuses %j as an address',
    (text) => {
      expect(() => addressValue(text)).toThrow(InvalidArgumentError);
    },
  );

  it('takes addresses with commas between them', () => {
    const addresses = addressesValue('127.0.0.1:7001,[::1]:7002');
    expect(addresses).toEqual([
      { host: '127.0.0.1', port: 7001 },
      { host: '::1', port: 7002 },
    ]);
  });

  it('takes servers as id=address with commas between them', () => {
    expect(serversValue('s1=127.0.0.1:7101,s2=[::1]:7102')).toEqual({
      s1: '127.0.0.1:7101',
      s2: '[::1]:7102',
    });
  });

  it.each(['', 's1', 's1=', '=h:1', 's1=h:1,', 's1=h:1,s1=h:2', 's 1=h:1'])(
    'refuses %j as servers',
    (text) => {
      expect(() => serversValue(text)).toThrow(InvalidArgumentError);
    },
  );

  it('takes a name that can stand in a path and in a line, and no other', () => {
    expect(serverIdValue('s-1_a.B')).toBe('s-1_a.B');
    for (const text of ['', '.', '../s1', 'a/b', '-s', 'a\nb', 's'.repeat(65)]) {
      expect(() => serverIdValue(text), text).toThrow(InvalidArgumentError);
    }
  });

  it('takes only a base port above which there is room for every other port', () => {
    expect(basePortValue('7001')).toBe(7001);
    // 65,427 + 8 + 100 = 65,535: the ninth server's port for the other servers.
    expect(basePortValue('65427')).toBe(65_427);
    for (const text of ['0', '65428', '-1', '7001.5', '0x10', 'all', '']) {
      expect(() => basePortValue(text), text).toThrow('Give a whole number from 1 to 65427.');
    }
  });

  it('takes one to nine servers', () => {
    expect([serverCountValue('1'), serverCountValue('9')]).toEqual([1, 9]);
    for (const text of ['0', '10']) expect(() => serverCountValue(text)).toThrow('from 1 to 9');
  });

  it('takes times that make sense', () => {
    expect([drainMsValue('0'), drainMsValue('600000')]).toEqual([0, 600_000]);
    expect([electionTimeoutMsValue('40'), electionTimeoutMsValue('60000')]).toEqual([40, 60_000]);
    for (const text of ['39', '60001', '1s']) {
      expect(() => electionTimeoutMsValue(text), text).toThrow('from 40 to 60000');
    }
  });
});

describe('kinds of faults', () => {
  it('are named by themselves, or by their row in the catalogue', () => {
    expect(faultKindsValue('crash,N8,isolate')).toEqual(['crash', 'isolate', 'flap']);
    expect(() => faultKindsValue('rain')).toThrow('"rain" is no kind of fault');
    expect(() => faultKindsValue('M1')).toThrow('"M1" is no kind of fault');
  });
});

describe('a part of a campaign', () => {
  it('is a number below the count of parts', () => {
    expect(shardValue('3/4')).toEqual({ index: 3, of: 4 });
    for (const wrong of ['4/4', '1', '1/0', '-1/4', 'a/b']) {
      expect(() => shardValue(wrong)).toThrow('Give the number of a part');
    }
  });
});

describe('sizes of simulated clusters', () => {
  it('are one size, or a range', () => {
    expect(clusterSizesValue('3')).toEqual([3]);
    expect(clusterSizesValue('3..5')).toEqual([3, 4, 5]);
    for (const wrong of ['0', '8', '5..3', '1-7', '']) {
      expect(() => clusterSizesValue(wrong)).toThrow('Give a size from 1 to 7');
    }
  });
});
