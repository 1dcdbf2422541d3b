import { describe, expect, it } from 'vitest';
import { isLoopback, parseAddress } from './address.js';

describe('parseAddress', () => {
  it('reads host and port', () => {
    expect(parseAddress('127.0.0.1:7101')).toEqual({ host: '127.0.0.1', port: 7101 });
    expect(parseAddress('db-1.example.org:0')).toEqual({ host: 'db-1.example.org', port: 0 });
    expect(parseAddress('[::1]:65535')).toEqual({ host: '::1', port: 65535 });
  });

  it.each(['', 'localhost', ':7101', '::1:7101', 'a:', 'a:65536', 'a:1x', 'a b:1', 'http://a:1'])(
    'knows that %j is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])(
    'knows that %s is this machine',
    (host) => {
      expect(isLoopback({ host, port: 1 })).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'db',
    'localhost.example.org',
    '127.0.0.1.example.org',
    '1.127.0.0.1',
  ])('does not take %s for this machine', (host) => {
    expect(isLoopback({ host, port: 1 })).toBe(false);
  });
});
