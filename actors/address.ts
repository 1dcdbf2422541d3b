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

/** Why `text` is no address; `whose` says which one is meant. */
export function notAnAddress(whose: string, text: string | undefined): string {
  const found = text === undefined ? 'is missing' : `is "${text}"`;
  return `the address ${whose} ${found}; write it as host:port, for example 127.0.0.1:7101`;
}

/** Whether what is said to it never leaves the machine, by its form; no name is looked up. */
export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}
