/**
 * What the system says when a port cannot be had or a TLS handshake fails, in words that say what
 * to do.
 */
import type { Address } from './address.js';

/** Why nothing can listen there; with the code of the system. */
export function listenError(error: NodeJS.ErrnoException, { host, port }: Address): Error {
  return Object.assign(new Error(explanation(error, host, port)), { code: error.code });
}

/** Why a connection ended, seen by either side: a code of the system, or words about TLS. */
export function connectionError({ code = '', message }: NodeJS.ErrnoException): string {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNSUPPORTED_PROTOCOL/u.test(code))
    return `it does not speak TLS 1.3, which is spoken here: give it tls too (${code})`;
  if (/ALERT_UNKNOWN_CA|ALERT_BAD_CERT|ALERT_CERT/u.test(code))
    return `it does not accept the certificate shown here (${code})`;
  if (/CERT|SIGNATURE|ISSUER/u.test(code))
    return `its certificate is not accepted here (${code}): too old, or our ca did not sign it`;
  return code === '' ? message : code;
}

function explanation(error: NodeJS.ErrnoException, host: string, port: number): string {
  const place = `port ${port} on ${host}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${place} is taken by another program; free it or choose another with --listen`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; choose one that is with --listen`;
    case 'EACCES':
      return `${place} may not be opened by this user; choose one above 1023 with --listen`;
    default:
      return `cannot listen on ${place}: ${error.message}`;
  }
}
