/**
 * An instance: one life of a replicated machine, under one key. It is never changed but replaced,
 * so that views of older states cost nothing.
 */
import type { HostedMachine } from './hostedMachine.js';
import type { Packed } from './pack.js';

/** Something that will happen to an instance by itself. */
export interface Timer {
  /** By which its machine knows it; undefined for one that nobody can cancel. */
  readonly id: string | undefined;
  /** Log time, ms. */
  readonly dueMs: number;
  /** Of all timers that were ever armed: no two have the same, and later ones have higher ones. */
  readonly number: number;
  /** What is sent to the instance; undefined if it is to be removed. */
  readonly event: Packed | undefined;
}

export interface Instance {
  readonly machine: HostedMachine;
  /** Machine and key. */
  readonly address: string;
  /**
   * Of all changes to any instance, which this was: no two have the same, and later ones have
   * higher ones.
   */
  readonly version: number;
  /** Its state as JSON. */
  readonly text: string;
  readonly timers: readonly Timer[];
  /** What it adds to the digest of all. */
  readonly digest: Digest;
}

/** Two halves of 32 bits. Those of a set add up, in whatever order. */
export interface Digest {
  readonly low: number;
  readonly high: number;
}

/** Of nothing. */
export const noDigest: Digest = { low: 0, high: 0 };

/** The digest of both. */
export function plus(one: Digest, other: Digest): Digest {
  return { low: (one.low + other.low) | 0, high: (one.high + other.high) | 0 };
}

/** The digest of the rest, without `other`. */
export function minus(one: Digest, other: Digest): Digest {
  return { low: (one.low - other.low) | 0, high: (one.high - other.high) | 0 };
}

/** As people compare it: sixteen digits. */
export function digestText({ low, high }: Digest): string {
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The digest of an instance is that of its line in a snapshot. */
export function createInstance(parts: Omit<Instance, 'digest'>): Instance {
  const { machine, address, version, text, timers } = parts;
  const digest = digestOf(headOf(parts), text);
  return { machine, address, version, text, timers, digest };
}

/** All of an instance but its state, as JSON. */
export function headOf({ address, version, timers }: Omit<Instance, 'digest' | 'text'>): string {
  const times = timers.length === 0 ? '' : `,${JSON.stringify(timers)}`;
  return `[${JSON.stringify(address)},${version}${times}]`;
}

/** Machine and key in one. A name of a machine has no slash. */
export function addressOf(machine: string, key: string): string {
  return `${machine}/${key}`;
}

/** What `addressOf` was given. */
export function partsOf(address: string): { readonly machine: string; readonly key: string } {
  const slash = address.indexOf('/');
  return { machine: address.slice(0, slash), key: address.slice(slash + 1) };
}

function digestOf(head: string, text: string): Digest {
  let low = 0x811c9dc5;
  let high = 0x41c6ce57;
  for (const part of [head, text]) {
    for (let at = 0; at < part.length; at++) {
      const code = part.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x5bd1e995);
    }
  }
  return { low: mixed(low), high: mixed(high ^ low) };
}

function mixed(half: number): number {
  let x = Math.imul(half ^ (half >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
