/**
 * Asks a server of the key-value service, in the language of Redis, as its clients do: a few
 * commands, once.
 */
import { connect } from 'node:net';
import type { Address } from '../actors/address.js';
import { addressText } from './optionValues.js';
import { RedisReplies, type RedisReply } from './redisReplies.js';
import { Refusal } from './refusal.js';

/**
 * A server that has not answered after so long is given up, ms. It gives up a command after 5,000
 * itself.
 */
export const answerMsMax = 10_000;

/**
 * Sends the commands in one go, AUTH before them if there is a password. Rejects with a {@link
 * Refusal}.
 */
export async function askRedis(
  address: Address,
  commands: readonly (readonly string[])[],
  password?: string,
  answerMs = answerMsMax,
): Promise<readonly RedisReply[]> {
  if (password === undefined) return exchange(address, commands, answerMs);
  const all = [['AUTH', password], ...commands];
  const [authenticated, ...replies] = await exchange(address, all, answerMs);
  assertNoError(address, authenticated!);
  return replies;
}

/** Throws a {@link Refusal} that says what the server has against it. */
export function assertNoError(address: Address, reply: RedisReply): void {
  if (reply.type === 'error') throw new Refusal(`${addressText(address)} answers: ${reply.text}`);
}

function exchange(
  address: Address,
  commands: readonly (readonly string[])[],
  answerMs: number,
): Promise<readonly RedisReply[]> {
  return new Promise((resolve, reject) => {
    const replies = new RedisReplies();
    let isSent = false;
    const socket = connect(address);
    const fail = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Refusal(isSent ? unknownOutcome(address, reason) : unreached(address, reason)));
    };
    const timer = setTimeout(() => fail(`no answer within ${answerMs / 1000} s`), answerMs);
    socket.on('connect', () => {
      isSent = true;
      socket.write(commands.map(encoded).join(''));
    });
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      fail(code === 'ECONNREFUSED' ? 'nobody listens there' : message),
    );
    socket.on('close', () => fail('it closed the connection'));
    socket.on('data', (chunk) => {
      const fault = replies.push(chunk);
      if (fault !== undefined) return fail(fault);
      if (replies.all.length < commands.length) return;
      clearTimeout(timer);
      socket.destroy();
      resolve(replies.all);
    });
  });
}

function unreached(address: Address, reason: string): string {
  const remedy = 'start servers with "raftchart start", or name one that runs with --connect';
  return `no server at ${addressText(address)} (${reason}); ${remedy}`;
}

function unknownOutcome(address: Address, reason: string): string {
  const remedy = 'what was to change may have taken effect all the same: look before you try again';
  return `${addressText(address)} did not answer (${reason}); ${remedy}`;
}

function encoded(words: readonly string[]): string {
  const bulks = words.map((word) => `$${new TextEncoder().encode(word).length}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join('')}`;
}
