/**
 * Certificates for tests, written here: Node can read them but not make them. Keys are on the curve
 * P-256; what is written is the DER of X.509 (RFC 5280), as little of it as OpenSSL asks for.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, as PEM text. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface Claims {
  readonly uris?: readonly string[];
  readonly dnsNames?: readonly string[];
  /** When it begins and ends, as years. Default: 2000 to 2100. */
  readonly years?: readonly [number, number];
}

/** A certificate authority of its own. */
export interface Authority {
  readonly cert: string;
  issue(claims: Claims): Certified;
}

/** Makes an authority that signs itself. */
export function authority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name, key: keys.privateKey };
  return {
    cert: certificate(issuer, name, keys.publicKey, {}, true),
    issue(claims) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        cert: certificate(issuer, 'leaf', own.publicKey, claims, false),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
  };
}

let lastSerial = 0;

function certificate(
  issuer: { readonly name: string; readonly key: KeyObject },
  subject: string,
  publicKey: KeyObject,
  { uris = [], dnsNames = [], years = [2000, 2100] }: Claims,
  isCa: boolean,
): string {
  const ecdsaWithSha256 = der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
  const names = [
    ...uris.map((uri) => der(0x86, ascii(uri))),
    ...dnsNames.map((dns) => der(0x82, ascii(dns))),
  ];
  const constraints = extension(19, der(0x30, isCa ? der(0x01, [0xff]) : []));
  const alternatives = names.length === 0 ? [] : extension(17, der(0x30, names.flat()));
  const signed = der(0x30, [
    ...der(0xa0, der(0x02, [2])),
    ...der(0x02, [0x40, ++lastSerial >> 8, lastSerial & 0xff]),
    ...ecdsaWithSha256,
    ...nameOf(issuer.name),
    ...der(
      0x30,
      years.flatMap((year) => der(0x18, ascii(`${year}0101000000Z`))),
    ),
    ...nameOf(subject),
    ...publicKey.export({ type: 'spki', format: 'der' }),
    ...der(0xa3, der(0x30, [...constraints, ...alternatives])),
  ]);
  const signature = sign('sha256', Uint8Array.from(signed), issuer.key);
  const whole = der(0x30, [...signed, ...ecdsaWithSha256, ...der(0x03, [0, ...signature])]);
  const lines = Buffer.from(whole)
    .toString('base64')
    .match(/.{1,64}/gu)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** An element: what it is, its length, its content. */
function der(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}

/** One of the extensions 2.5.29.x, critical. */
function extension(number: number, value: readonly number[]): number[] {
  return der(0x30, [...der(0x06, [0x55, 0x1d, number]), ...der(0x01, [0xff]), ...der(0x04, value)]);
}

/** A name that is a common name and nothing else. */
function nameOf(commonName: string): number[] {
  const attribute = [...der(0x06, [0x55, 0x04, 0x03]), ...der(0x0c, ascii(commonName))];
  return der(0x30, der(0x31, der(0x30, attribute)));
}

function ascii(text: string): number[] {
  return [...Buffer.from(text, 'latin1')];
}
