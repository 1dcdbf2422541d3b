/**
 * What the other side of a connection has proven before it says a word: which names a certificate
 * vouches for, where there are certificates.
 */
import type { ServerId } from '../machines/entry.js';
import { quoted } from './oneLine.js';

/** Made by whoever owns the connection, never by what is said on it. */
export interface Proof {
  /** The URIs in its certificate, if the CA of the servers signed it; undefined without TLS. */
  readonly names: ReadonlySet<string> | undefined;
  /** Why its certificate proves nothing; undefined where it does, and without TLS. */
  readonly flaw: string | undefined;
  /** Whether its certificate is one that clients may show. */
  readonly isClient: boolean;
}

/** On a connection without TLS everybody is believed to be the server that it claims to be. */
export const nothingProven: Proof = { names: undefined, flaw: undefined, isClient: false };

/** The name of a server in its certificate: a URI among its subject alternative names. */
export function certificateName(clusterId: string, serverId: ServerId): string {
  return `raftchart://${encodeURIComponent(clusterId)}/${encodeURIComponent(serverId)}`;
}

/** Why one who has proven this is not believed to be `serverId`; undefined if it is. */
export function objectionToServer(
  { names, flaw }: Proof,
  clusterId: string,
  serverId: ServerId,
): string | undefined {
  if (names === undefined) return undefined;
  const server = quoted(serverId);
  const name = certificateName(clusterId, serverId);
  if (names.has(name)) return undefined;
  if (flaw !== undefined)
    return `${server} has not proven who it is: ${flaw}; it needs a certificate for ${name}`;
  const found = names.size === 0 ? 'no server' : [...names].map(quoted).join(', ');
  return `${server} comes with a certificate for ${found}; it needs one for ${name}`;
}
