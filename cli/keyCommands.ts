/** `raftchart get` and `raftchart set`: one key, at any server. */
import process from 'node:process';
import type { Address } from '../actors/address.js';
import { askRedis, assertNoError } from './askRedis.js';
import { addressText } from './optionValues.js';
import { Refusal } from './refusal.js';

/** Which server is asked. */
export interface KeyOptions {
  readonly connect: Address;
  readonly password?: string;
}

/**
 * Prints the value as it is, and a line end. Rejects with a {@link Refusal} where there is no such
 * key.
 */
export async function getKey(key: string, { connect, password }: KeyOptions): Promise<void> {
  const [reply] = await askRedis(connect, [['GET', key]], password);
  assertNoError(connect, reply!);
  if (reply!.type !== 'bytes') throw new Refusal(`there is no key ${JSON.stringify(key)}`);
  process.stdout.write(reply!.bytes);
  process.stdout.write('\n');
}

/** Prints OK once the value is on a majority's disks. */
export async function setKey(
  key: string,
  value: string,
  { connect, password }: KeyOptions,
): Promise<void> {
  const [reply] = await askRedis(connect, [['SET', key, value]], password);
  assertNoError(connect, reply!);
  if (reply!.type !== 'text') throw new Refusal(`${addressText(connect)} gave no sensible answer`);
  console.log(reply!.text);
}
