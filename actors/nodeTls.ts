/**
 * TLS for the native port: who a server or client is, by its certificate, and whom it believes.
 *
 * A server's certificate carries its name as a URI, `raftchart://<cluster>/<server id>`; the name
 * of its host is not needed, since a server is known by its id and not by its address.
 */
import { constants, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext, type TLSSocket } from 'node:tls';
import type { ServerId } from '../machines/entry.js';
import { certificateName, type Proof } from './handshakeProof.js';
import { tlsNames } from './nodeTlsNames.js';

/** Certificates and a key, as PEM text. */
export interface TlsOptions {
  /** The CA of the servers: only whom it signed is a server. */
  readonly ca: string;
  /** The own certificate, and those between it and the CA. A client may do without one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whom it signed may come in as a client, and as nothing else. Default: `ca`. */
  readonly clientCa?: string | undefined;
}

/** TLS options, or what gives them: it is asked again from time to time, for they can change. */
export type TlsSource = TlsOptions | (() => TlsOptions);

/** For so long a source is not asked again, ms. */
const renewalMs = 10_000;

/** A source that reads files, given by their paths: replaced ones are used without a restart. */
export function tlsFiles(paths: TlsOptions): () => TlsOptions {
  const read = (path: string | undefined) =>
    path === undefined ? undefined : readFileSync(path, 'utf8');
  return () => ({
    ca: readFileSync(paths.ca, 'utf8'),
    cert: read(paths.cert),
    key: read(paths.key),
    clientCa: read(paths.clientCa),
  });
}

/** What one transport or client shows, and what it accepts. */
export class TlsCredentials {
  readonly #source: TlsSource;
  readonly #complain: (line: string) => void;
  #options: TlsOptions;
  #askedMs: number;
  #edition = 0;
  #serverCas: readonly X509Certificate[] = [];
  #clientCas: readonly X509Certificate[] | undefined;

  /**
   * Throws an Error with one line if the options cannot be used; later, when they are renewed, the
   * line goes to `complain`, and those before stay in use.
   */
  constructor(source: TlsSource, complain: (line: string) => void) {
    this.#source = source;
    this.#complain = complain;
    this.#askedMs = performance.now();
    this.#options = ask(source);
    this.#use(this.#options);
  }

  /** Counts how often there was something new. */
  get edition(): number {
    return this.#edition;
  }

  /** Asks the source, if that is due. */
  renew(): void {
    const nowMs = performance.now();
    if (typeof this.#source !== 'function' || nowMs - this.#askedMs < renewalMs) return;
    this.#askedMs = nowMs;
    try {
      const options = ask(this.#source);
      if (JSON.stringify(options) !== JSON.stringify(this.#options)) this.#use(options);
    } catch (error) {
      this.#complain(`${(error as Error).message}; the certificates before stay in use`);
    }
  }

  /** For the listener. Who shows no good certificate is let in as far as the handshake. */
  listenOptions() {
    const { ca, clientCa } = this.#options;
    return {
      ...this.#common(),
      ca: clientCa === undefined ? [ca] : [ca, clientCa],
      requestCert: true,
      rejectUnauthorized: false,
      // A session that is taken up again would skip the check of the certificate.
      secureOptions: constants.SSL_OP_NO_TICKET,
    } as const;
  }

  /** For the dialer. Who shows no good certificate is left before a word is said. */
  dialOptions(): ConnectionOptions {
    this.renew();
    return {
      ...this.#common(),
      ca: this.#options.ca,
      rejectUnauthorized: true,
      // The name of the host says nothing; that of the server is checked with the proof.
      checkServerIdentity: () => undefined,
    };
  }

  /** What the certificate of the other side proves. */
  proofOf(socket: TLSSocket): Proof {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return flawed('it shows no certificate');
    if (socket.isSessionReused()) return flawed('it resumes a session');
    if (!socket.authorized)
      return flawed(`its certificate is not accepted (${String(socket.authorizationError)})`);
    const isClient = this.#clientCas === undefined || isSignedBy(certificate, this.#clientCas);
    if (this.#clientCas !== undefined && !isSignedBy(certificate, this.#serverCas))
      return { ...flawed('its certificate is not signed by the CA of the servers'), isClient };
    return { names: tlsNames(certificate.subjectAltName), flaw: undefined, isClient };
  }

  /** Why the own certificate is of no use to this server; undefined if it is. */
  flawFor(clusterId: string, serverId: ServerId): string | undefined {
    const { cert, key } = this.#options;
    const name = certificateName(clusterId, serverId);
    if (cert === undefined || key === undefined)
      return `a server needs a certificate for ${name} and its key; give tls both cert and key`;
    const { subjectAltName = 'none', validTo } = new X509Certificate(cert);
    if (!tlsNames(subjectAltName).has(name))
      return `the certificate of this server is not for ${name}: its names are ${subjectAltName}`;
    if (Date.parse(validTo) < Date.now())
      return `the certificate of this server ended on ${validTo}; give it a newer one`;
    return undefined;
  }

  #common() {
    const { cert, key } = this.#options;
    return { cert, key, minVersion: 'TLSv1.3' } as const;
  }

  #use(options: TlsOptions): void {
    const { ca, cert, key, clientCa } = options;
    try {
      createSecureContext({ ca, cert, key });
      this.#serverCas = certificatesIn(ca);
      this.#clientCas = clientCa === undefined ? undefined : certificatesIn(clientCa);
    } catch (error) {
      throw unusable('tls cannot be used', error);
    }
    this.#options = options;
    this.#edition++;
  }
}

function unusable(what: string, cause: unknown): Error {
  return new Error(`${what}: ${(cause as Error).message}`, { cause });
}

function flawed(flaw: string): Proof {
  return { names: new Set(), flaw, isClient: false };
}

function ask(source: TlsSource): TlsOptions {
  try {
    return typeof source === 'function' ? source() : source;
  } catch (error) {
    throw unusable('tls cannot be had', error);
  }
}

/** Directly: what stands between must be among the CAs. */
function isSignedBy(certificate: X509Certificate, cas: readonly X509Certificate[]): boolean {
  return cas.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

function certificatesIn(pem: string): X509Certificate[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu);
  if (parts === null) throw new Error('a CA is not a certificate in PEM form');
  return parts.map((part) => new X509Certificate(part));
}
