/** `raftchart transfer`: asks the leader to hand over, and waits until another server leads. */
import type { ServerId } from '../machines/entry.js';
import type { KvReport } from '../services/kv/nodeKvServer.js';
import { askRedis, assertNoError } from './askRedis.js';
import { eventually } from './eventually.js';
import { Refusal } from './refusal.js';
import {
  answersOf,
  leaderAmong,
  refusalAmong,
  type ServerAnswer,
  type ServersOptions,
} from './serverAnswer.js';

/** Which servers are asked, and who is to lead. */
export interface TransferOptions extends ServersOptions {
  /** Without it: the one whose log is furthest. */
  readonly to?: ServerId;
}

/** It takes a round trip or two; the leader itself gives it up after an election timeout. */
const transferMsMax = 10_000;
const pollMs = 10;
/** A server that is slower says nothing of use here, ms. */
const answerMs = 2_000;

/** Prints who leads then, and after how long. Rejects with a {@link Refusal}. */
export async function transfer(options: TransferOptions): Promise<void> {
  const { to, password } = options;
  const answers = await answersOf(options, answerMs);
  const leader = leaderAmong(answers);
  if (leader === undefined) throw noLeader(answers);
  if (leader.id === to) return console.log(`${to} leads already, in term ${leader.term}`);
  const { address } = answers.find(({ report }) => report === leader)!;
  const order = ['RAFTCHART', 'TRANSFER', ...(to === undefined ? [] : [to])];
  const startedMs = performance.now();
  const [reply] = await askRedis(address, [order], password, answerMs);
  assertNoError(address, reply!);
  const next = await successorOf(leader, options);
  const tookMs = Math.round(performance.now() - startedMs);
  const line = `${next.id} leads in term ${next.term}, after ${tookMs} ms; before it ${leader.id}`;
  if (to !== undefined && next.id !== to) throw new Refusal(`${line}; ${to} did not take over`);
  console.log(line);
}

async function successorOf(leader: KvReport, options: ServersOptions): Promise<KvReport> {
  const next = await eventually(transferMsMax, pollMs, async () => {
    const answers = await answersOf(options, answerMs);
    const now = leaderAmong(answers);
    if (now !== undefined && now.term > leader.term) return now;
    const isGivenUp = now !== undefined && now.id === leader.id && now.transferTo === null;
    if (!isGivenUp) return undefined;
    const remedy = 'see with "raftchart status" how far behind the others are, then try again';
    throw new Refusal(
      `${leader.id} leads on in term ${leader.term}: no other took over; ${remedy}`,
    );
  });
  if (next !== undefined) return next;
  const remedy = 'name all servers with --connect, and look with "raftchart status"';
  throw new Refusal(`nobody was seen to lead within ${transferMsMax / 1000} s; ${remedy}`);
}

function noLeader(answers: readonly ServerAnswer[]): Refusal {
  const known = answers.find(({ report }) => (report?.leaderId ?? null) !== null)?.report;
  if (known !== undefined) {
    return new Refusal(`${known.leaderId} leads, and did not answer; name it with --connect too`);
  }
  const isAnyUp = answers.some(({ report }) => report !== undefined);
  if (isAnyUp) return new Refusal('no server leads just now: a majority of them must be up');
  return refusalAmong(answers)!;
}
