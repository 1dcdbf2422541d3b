import { X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { certificateName } from './handshakeProof.js';
import { TlsCredentials } from './nodeTls.js';
import { authority } from './nodeTlsCertificates.contract.js';
import { tlsNames } from './nodeTlsNames.js';

const ca = authority('the servers');
const nameOfA = certificateName('north', 'a');

describe('the names in a certificate', () => {
  const namesIn = (uris: string[], dnsNames: string[] = []) => [
    ...tlsNames(new X509Certificate(ca.issue({ uris, dnsNames }).cert).subjectAltName),
  ];

  it('are those of servers, and no others', () => {
    expect(namesIn([nameOfA, 'https://example.org', 'raftchart://south/b'], ['a'])).toEqual([
      'raftchart://north/a',
      'raftchart://south/b',
    ]);
    expect(tlsNames(undefined).size).toBe(0);
  });

  it('keep every character of cluster and server apart from the syntax', () => {
    const odd = certificateName('no/rth', 'a, URI:"b"\u00e4');
    expect(namesIn([odd])).toEqual([odd]);
    expect(certificateName('x/y', 'z')).not.toBe(certificateName('x', 'y/z'));
  });

  it('cannot be smuggled in inside another name', () => {
    for (const dns of [
      `x, URI:${nameOfA}`,
      `x, URI:${nameOfA}, y`,
      `x", URI:${nameOfA}, "y`,
      `\\", URI:${nameOfA}, DNS:\\"`,
    ])
      expect(namesIn([], [dns])).toEqual([]);
    expect(namesIn([`https://x, URI:${nameOfA}`])).toEqual([]);
  });
});

describe('TlsCredentials', () => {
  const own = ca.issue({ uris: [nameOfA] });

  it('say in one line why they cannot be used', () => {
    const make = (tls: ConstructorParameters<typeof TlsCredentials>[0]) => () =>
      new TlsCredentials(tls, () => {});
    const other = ca.issue({});
    expect(make({ ca: ca.cert, cert: own.cert, key: other.key })).toThrow(
      /^tls cannot be used: .*$/,
    );
    expect(make({ ca: 'no PEM', ...own })).toThrow(/^tls cannot be used: .*$/);
    expect(
      make(() => {
        throw new Error('ENOENT: ca.pem');
      }),
    ).toThrow('tls cannot be had: ENOENT: ca.pem');
  });

  it('know whether they are those of a server', () => {
    const flawOf = (cert: { cert?: string; key?: string }) =>
      new TlsCredentials({ ca: ca.cert, ...cert }, () => {}).flawFor('north', 'a');
    expect(flawOf(own)).toBeUndefined();
    expect(flawOf({})).toMatch(/needs a certificate for raftchart:\/\/north\/a/);
    expect(flawOf(ca.issue({ uris: ['raftchart://north/b'] }))).toMatch(
      /not for raftchart.*north\/b/,
    );
    expect(flawOf(ca.issue({ uris: [nameOfA], years: [2000, 2001] }))).toMatch(/ended on Jan/);
  });

  it('are renewed from their source after a while, and stay as they are if that fails', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const lines: string[] = [];
    let next = () => ({ ca: ca.cert, ...own });
    let asked = 0;
    const credentials = new TlsCredentials(
      () => {
        asked++;
        return next();
      },
      (line) => lines.push(line),
    );
    const renewed = () => {
      const before = credentials.edition;
      credentials.renew();
      return credentials.edition > before;
    };
    expect(renewed()).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(renewed()).toBe(false);
    expect(asked).toBe(2);
    const newer = ca.issue({ uris: [nameOfA] });
    next = () => ({ ca: ca.cert, ...newer });
    expect(renewed()).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(renewed()).toBe(true);
    expect(credentials.listenOptions().cert).toBe(newer.cert);
    next = () => ({ ca: 'half written', ...own });
    vi.advanceTimersByTime(10_000);
    expect(renewed()).toBe(false);
    expect(credentials.listenOptions().cert).toBe(newer.cert);
    expect(lines).toEqual([expect.stringMatching(/the certificates before stay in use$/)]);
  });
});
