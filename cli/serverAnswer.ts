/** Asks servers what they say of themselves, and finds the one that leads. */
import type { Address } from '../actors/address.js';
import type { KvReport } from '../services/kv/nodeKvServer.js';
import { answerMsMax, askRedis, assertNoError } from './askRedis.js';
import { addressText } from './optionValues.js';
import { Refusal } from './refusal.js';

/** Which servers are asked. */
export interface ServersOptions {
  readonly connect: readonly Address[];
  readonly password?: string;
}

/** What came of asking one server: its report, or why there is none. */
export interface ServerAnswer {
  readonly address: Address;
  readonly report: KvReport | undefined;
  readonly refusal: Refusal | undefined;
}

/** Asks all of them at a time. One that does not answer is no error, but an answer of its own. */
export function answersOf(
  { connect, password }: ServersOptions,
  answerMs = answerMsMax,
): Promise<readonly ServerAnswer[]> {
  return Promise.all(
    connect.map(async (address): Promise<ServerAnswer> => {
      try {
        const report = await reportOf(address, password, answerMs);
        return { address, report, refusal: undefined };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { address, report: undefined, refusal: error };
      }
    }),
  );
}

/** What one server says of itself. Rejects with a {@link Refusal}. */
export async function reportOf(
  address: Address,
  password: string | undefined,
  answerMs = answerMsMax,
): Promise<KvReport> {
  const [reply] = await askRedis(address, [['RAFTCHART', 'STATUS']], password, answerMs);
  const isStranger = reply?.type === 'error' && reply.text.startsWith('ERR unknown command');
  if (!isStranger) assertNoError(address, reply!);
  const report = reply?.type === 'bytes' ? parsed(reply.bytes) : undefined;
  if (report !== undefined) return report;
  throw new Refusal(`the server at ${addressText(address)} is none of raftchart`);
}

/** The answer of the leader of the highest term: one of an earlier term has not heard of it yet. */
export function leaderAmong(answers: readonly ServerAnswer[]): KvReport | undefined {
  const leaders = answers.flatMap(({ report }) => (report?.role === 'leader' ? report : []));
  return leaders.sort((a, b) => b.term - a.term)[0];
}

/** The first reason why a server did not answer. */
export function refusalAmong(answers: readonly ServerAnswer[]): Refusal | undefined {
  return answers.find(({ refusal }) => refusal !== undefined)?.refusal;
}

function parsed(bytes: Uint8Array): KvReport | undefined {
  try {
    const report = JSON.parse(new TextDecoder().decode(bytes)) as KvReport | null;
    return typeof report?.id === 'string' ? report : undefined;
  } catch {
    return undefined;
  }
}
