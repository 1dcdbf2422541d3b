/** What clients append: tokens, each of which is found again once, and in order. */
import type { KvValue } from '../linearizability/kv.js';
import type { Clerk } from './clerks.js';
import { assertThat } from './scenarioFailed.js';
import type { Task } from './task.js';

/** The so-manyth token of a client, from 0 on. */
export function token(client: number, number: number): string {
  return `x ${client} ${number} y`;
}

/** Appends so many tokens of a client, one after the other. */
export function* appendTokens(clerk: Clerk, client: number, key: string, count: number): Task {
  for (let i = 0; i < count; i++) yield* clerk.append(key, token(client, i));
}

/** Asserts that a value holds so many tokens of a client, each once, and one after the other. */
export function checkTokens(client: number, value: KvValue, count: number): void {
  const text = value ?? '';
  let last = -1;
  for (let number = 0; number < count; number++) {
    const one = token(client, number);
    const at = text.indexOf(one);
    assertThat(at >= 0, `${one} is lost`);
    assertThat(text.lastIndexOf(one) === at, `${one} is there twice`);
    assertThat(at > last, `${one} is before the one that it followed`);
    last = at;
  }
}
