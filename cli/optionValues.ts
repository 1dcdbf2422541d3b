/**
 * Reads the values of options as people type them; what cannot be read is bad usage, and said so.
 */
import { InvalidArgumentError } from 'commander';
import { type Address, parseAddress } from '../actors/address.js';
import type { ServerId } from '../machines/entry.js';
import type { FaultKind } from '../sim/fault.js';
import { catalogue } from '../sim/faults/catalogue.js';
import { faults } from '../sim/faults/faults.js';

/** `start` makes so many servers at most; more would only slow each other down on one machine. */
export const serversMax = 9;
/** The ports between servers lie so far above those of their Redis clients. */
export const raftPortOffset = 100;

const serverIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

/** `host:port`. */
export function addressValue(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined && address.port > 0) return address;
  throw new InvalidArgumentError('Write an address as host:port, for example 127.0.0.1:7001.');
}

/** Addresses with commas between them. */
export function addressesValue(text: string): readonly Address[] {
  return text.split(',').map(addressValue);
}

/** `s1=host:port,s2=host:port`: addresses by server id. */
export function serversValue(text: string): Readonly<Record<ServerId, string>> {
  const servers = new Map<ServerId, string>();
  for (const part of text.split(',')) {
    const [id = '', address = ''] = part.split(/=(.*)/su);
    serverIdValue(id);
    addressValue(address);
    if (servers.has(id)) throw new InvalidArgumentError(`Server ${id} is named twice.`);
    servers.set(id, address);
  }
  return Object.fromEntries(servers);
}

/**
 * A server id, or the name of a cluster: letters, digits, and after the first also `.`, `_` and
 * `-`; 64 at most.
 */
export function serverIdValue(text: string): string {
  if (serverIdPattern.test(text)) return text;
  throw new InvalidArgumentError(
    'A name has up to 64 letters, digits and .-_ and begins with a letter or a digit.',
  );
}

/** The first of the ports that `start` uses; each of its servers needs two. */
export function basePortValue(text: string): number {
  const portMax = 65_535 - raftPortOffset - serversMax + 1;
  return wholeNumber(text, 1, portMax);
}

/** How many servers `start` runs. */
export function serverCountValue(text: string): number {
  return wholeNumber(text, 1, serversMax);
}

/** How long `serve` waits for its clients when it stops, ms. */
export function drainMsValue(text: string): number {
  return wholeNumber(text, 0, 600_000);
}

/** The shortest election timeout, ms. */
export function electionTimeoutMsValue(text: string): number {
  return wholeNumber(text, 40, 60_000);
}

/** A count of runs, lines, states or the like. */
export function countValue(text: string): number {
  return wholeNumber(text, 1, 999_999_999);
}

/** At most so many, or none. */
export function boundValue(text: string): number {
  return wholeNumber(text, 0, 999_999_999);
}

/** What chance is drawn from. */
export function seedValue(text: string): number {
  return wholeNumber(text, 0, 999_999_999);
}

/** A number above 0, such as of minutes. */
export function amountValue(text: string): number {
  const amount = /^\d{1,9}(\.\d{1,6})?$/u.test(text) ? Number(text) : Number.NaN;
  if (amount > 0) return amount;
  throw new InvalidArgumentError('Give a number above 0.');
}

/** Sizes of simulated clusters: `3`, or `1..7`. */
export function clusterSizesValue(text: string): readonly number[] {
  const [, from = '', to = from] = /^([1-7])(?:\.\.([1-7]))?$/u.exec(text) ?? [];
  const sizes = Array.from({ length: 7 }, (_, at) => at + 1);
  const chosen = sizes.filter((size) => size >= Number(from) && size <= Number(to));
  if (from !== '' && chosen.length > 0) return chosen;
  throw new InvalidArgumentError('Give a size from 1 to 7, or a range such as 3..5.');
}

/** Kinds of faults, or rows of their catalogue (N1 and so on), with commas between them. */
export function faultKindsValue(text: string): readonly FaultKind[] {
  return [...new Set(text.split(',').flatMap(kindsNamed))];
}

function kindsNamed(name: string): readonly FaultKind[] {
  if (Object.hasOwn(faults, name)) return [name as FaultKind];
  const row = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (row?.kinds !== undefined) return row.kinds;
  const known = Object.keys(faults).join(', ');
  throw new InvalidArgumentError(`"${name}" is no kind of fault. The kinds are ${known}.`);
}

/** `i/n`: the ith of n parts, from 0 on. */
export function shardValue(text: string): { readonly index: number; readonly of: number } {
  const [, index = '', of = ''] = /^(\d{1,6})\/(\d{1,6})$/u.exec(text) ?? [];
  if (of !== '' && Number(index) < Number(of)) return { index: Number(index), of: Number(of) };
  throw new InvalidArgumentError('Give the number of a part, from 0 on, and of how many: 0/4.');
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
}

/** An address as it is written, IPv6 in brackets. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
