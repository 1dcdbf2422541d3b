/**
 * The generic test of the labs on the store (rows K1 to K17): three rounds in which clients work
 * for five seconds, while the network splits, and after which all servers restart.
 *
 * Clients rest a little between two calls, since a simulated second costs what happens in it. They
 * stand beside servers: a split separates them from the servers of the other side, as well.
 */
import { type Clerk, Clerks } from './clerks.js';
import { kvMachine } from './kvMachine.js';
import { electionMs, type Lab } from './lab.js';
import type { Scenario } from './scenario.js';
import { assertThat } from './scenarioFailed.js';
import type { Task } from './task.js';
import { checkTokens, token } from './tokens.js';

const rounds = 3;
const roundMs = 5_000;
/** A call that was under way when a round was over is answered within this time. */
const settledWithinMs = 10_000;

/**
 * The limit of the labs is 1,000 bytes of Raft state: ten of our entries or so. A log on disk loses
 * whole segments, and a server that starts has all that is left there; so they are small.
 */
export const limitedLog = {
  settings: { snapshotAfterEntries: 10, trailingEntriesMax: 0 },
  segmentBytes: 2_048,
} as const;
/** Eight times that limit. */
export const raftStateBytesMax = 8_000;

interface Rounds {
  readonly clients: number;
  readonly servers?: number;
  readonly unreliable?: boolean;
  /** All servers are down for a second after each round. */
  readonly restarts?: boolean;
  readonly partitions?: boolean;
  /** Whether the log is limited; else there must not be any snapshot. */
  readonly snapshots?: boolean;
  /** Whether clients work on each other's keys. */
  readonly randomKeys?: boolean;
}

/** A row of the generic test. */
export function clerkRounds(row: string, name: string, options: Rounds): Scenario {
  const { servers = 5, unreliable = false, snapshots = false } = options;
  return {
    row,
    name,
    servers,
    unreliable,
    stateMachine: kvMachine,
    ...(snapshots && limitedLog),
    run: (lab) => run(lab, options),
  };
}

function run(lab: Lab, options: Rounds): void {
  const clerks = new Clerks(lab);
  const reader = clerks.clerk();
  const clients = Array.from({ length: options.clients }, () => clerks.clerk());
  for (let round = 0; round < rounds; round++) {
    const appended = playRound(lab, options, clients);
    for (const client of clients.keys()) {
      const value = clerks.perform(reader.get(String(client)), settledWithinMs);
      if (options.randomKeys !== true) checkTokens(client, value, appended[client]!);
    }
    if (options.snapshots === true) lab.checkRaftState(raftStateBytesMax);
  }
  const { snapshots } = lab.applied;
  const isRight = options.snapshots === true ? snapshots > 0 : snapshots === 0;
  assertThat(isRight, `${snapshots} snapshots were taken`);
  clerks.checkHistory(options.randomKeys);
}

/** Answers how many tokens each client has appended. */
function playRound(lab: Lab, options: Rounds, clients: readonly Clerk[]): readonly number[] {
  const appended = clients.map(() => 0);
  const round = { isOver: false };
  const working = clients.map((clerk, client) =>
    lab.spawn(work(lab, options, { clerk, client, appended, round })),
  );
  if (options.partitions === true) lab.sleep(electionMs);
  const splitting = options.partitions === true ? [lab.spawn(split(lab, round))] : [];
  lab.sleep(roundMs);
  round.isOver = true;
  if (options.partitions === true) {
    lab.join(splitting, 2 * electionMs);
    lab.heal();
    lab.sleep(electionMs);
  }
  if (options.restarts === true) {
    lab.crash(...lab.numbers);
    lab.sleep(electionMs);
    lab.restart(...lab.numbers);
  }
  lab.join(working, settledWithinMs);
  return appended;
}

interface Worker {
  readonly clerk: Clerk;
  readonly client: number;
  /** How many tokens each client has appended. */
  readonly appended: number[];
  readonly round: { readonly isOver: boolean };
}

function* work(
  lab: Lab,
  { clients, randomKeys = false }: Rounds,
  { clerk, client, appended, round }: Worker,
): Task {
  let expected = '';
  if (!randomKeys) yield* clerk.put(String(client), expected);
  while (!round.isOver) {
    const key = String(randomKeys ? lab.draw(clients) : client);
    const next = token(client, appended[client]!);
    const drawn = lab.draw(1_000);
    if (drawn < 500) {
      yield* clerk.append(key, next);
      expected += next;
      appended[client]!++;
    } else if (randomKeys && drawn < 550) {
      yield* clerk.put(key, next);
      appended[client]!++;
    } else {
      const value = yield* clerk.get(key);
      const isExpected = randomKeys || value === expected;
      assertThat(isExpected, () => `client ${client} read ${value}, not ${expected}`);
    }
    yield lab.draw(5 * clients);
  }
}

/** Splits the servers anew about every second. */
function* split(lab: Lab, round: { readonly isOver: boolean }): Task {
  while (!round.isOver) {
    lab.partition(lab.numbers.filter(() => lab.draw(2) === 0));
    yield electionMs + lab.draw(200);
  }
}
