/**
 * Addresses as people write them: `host:port`, and `[::1]:7101` for IPv6.
 */

/** Where to dial, or to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The parts of `host:port`, or undefined if it is none. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}
