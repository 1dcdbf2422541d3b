/**
 * What must hold before a word is said over TCP: plain text stays on the machine unless somebody
 * has asked for more, and a client has to show what it was given.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Address, isLoopback } from './address.js';
import type { MayEnter } from './handshake.js';
import { tokenBytesMax } from './handshakeFormat.js';
import type { TcpOptions } from './nodeTcpLimits.js';

type Protection = Pick<TcpOptions, 'tls' | 'plainTextBeyondLoopback' | 'clientToken'>;

/** Why these addresses, each with whose it is, may not be used so; undefined if they may. */
export function plainTextFlaw(
  { tls, plainTextBeyondLoopback = false }: Protection,
  addresses: Iterable<readonly [string, Address]>,
): string | undefined {
  if (tls !== undefined || plainTextBeyondLoopback) return undefined;
  for (const [whose, address] of addresses) {
    if (isLoopback(address)) continue;
    return (
      `the address ${whose}, ${address.host}:${address.port}, is beyond this machine, and ` +
      'nothing would protect what is said there; give tls (ca, cert and key), or, in a network ' +
      'where you trust everybody, set plainTextBeyondLoopback'
    );
  }
  return undefined;
}

/** Whether a token lets a client in that has no certificate to show. */
export function mayEnter({ tls, clientToken }: Protection): MayEnter {
  if (clientToken === undefined) return () => tls === undefined;
  const expected = digest(clientToken);
  // Compared as digests, so that the time it takes tells nothing.
  return (token) => timingSafeEqual(digest(token), expected);
}

/** Why `token` cannot be one; undefined if it can. */
export function tokenFlaw(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const bytes = new TextEncoder().encode(token).length;
  if (bytes > 0 && bytes <= tokenBytesMax) return undefined;
  return `a token has 1 to ${tokenBytesMax} bytes, and this one ${bytes}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
