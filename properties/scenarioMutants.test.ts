/** Each check of the scenario table can fail: rows that are played with a bug, or out of bounds. */
import { describe, expect, it } from 'vitest';
import { Applier } from '../actors/applier.js';
import type { BytesStateMachine } from '../actors/bytesStateMachine.js';
import { Sessions } from '../actors/sessions.js';
import { WalBatches } from '../actors/walBatches.js';
import type { EventOf, Outcome, ServerContext } from '../machines/context.js';
import type { Entry } from '../machines/entry.js';
import { rule } from '../machines/rule.js';
import * as following from '../machines/rules/following.js';
import * as leading from '../machines/rules/leading.js';
import * as reading from '../machines/rules/reading.js';
import { type KvCommand, kvMachine } from '../sim/scenarios/kvMachine.js';
import { playScenario } from '../sim/scenarios/playScenario.js';
import type { Scenario } from '../sim/scenarios/scenario.js';
import { scenarios } from '../sim/scenarios/scenarios.js';
import { type Mutant, provide, withMutant } from './mutants/mutant.js';

interface Broken extends Pick<Mutant, 'machine' | 'part'> {
  readonly rows: readonly string[];
  readonly bug: string;
  readonly change?: Partial<Scenario>;
  readonly failure: RegExp;
}

const brokenRows: readonly Broken[] = [
  {
    rows: ['R1'],
    bug: 'no heartbeats',
    machine: provide({ actions: { sendHeartbeats: rule(sendNoHeartbeats) } }),
    failure: /the term was/u,
  },
  {
    rows: ['R4', 'R8', 'R18'],
    bug: 'followers that never hear of a commit',
    machine: provide({ actions: { acceptEntries: rule(acceptUncommitted) } }),
    failure: /did not agree/u,
  },
  {
    rows: ['R2', 'R3'],
    bug: 'whoever asks for votes is elected',
    machine: provide({ guards: { hasMajority: () => true } }),
    failure: /nobody can lead|two lead one term|Election Safety/u,
  },
  {
    rows: ['R5'],
    bug: 'more followers than may be paid for',
    change: { servers: 5 },
    failure: /took \d+ bytes/u,
  },
  {
    rows: ['R6', 'R7', 'R9'],
    bug: 'a leader commits what it alone has',
    machine: provide({ actions: { recordOwnMatch: rule(commitAlone) } }),
    failure: /have applied something at/u,
  },
  {
    rows: ['R11', 'R12', 'R20'],
    bug: 'a leader commits what it alone has, and others something else',
    machine: provide({ actions: { recordOwnMatch: rule(commitAlone) } }),
    failure: /Applied In Order|Leader Completeness|Log Matching|State Machine Safety/u,
  },
  {
    rows: ['R12'],
    bug: 'a leader never goes back',
    machine: provide({ actions: { backTrack: rule(() => ({ patch: {}, effects: [] })) } }),
    failure: /did not agree/u,
  },
  {
    rows: ['R13'],
    bug: 'a hundred heartbeats a second',
    change: { settings: { heartbeatMs: 10 } },
    failure: /took \d+ (RPCs|messages)/u,
  },
  {
    rows: ['R14', 'R15', 'R16', 'R17', 'K6'],
    bug: 'a store that keeps no commands',
    part: {
      of: WalBatches.prototype,
      method: 'addEntry',
      by: (addEntry) =>
        function (this: WalBatches, entry: Entry) {
          if (entry.kind === 'command') this.addStoreMet('nobody', 'nothing');
          else addEntry.call(this, entry);
        },
    },
    failure: /Applied In Order|did not agree|is at 4|Recovery|Leader Completeness/u,
  },
  {
    rows: ['R22', 'R24', 'R26'],
    bug: 'no snapshots',
    change: { snapshotEvery: 1_000_000 },
    failure: /the Raft state of server \d has \d+ bytes/u,
  },
  {
    rows: ['R23', 'R25', 'K21'],
    bug: 'nobody takes a snapshot of another',
    machine: provide({ actions: { takeChunk: rule(() => ({ patch: {}, effects: [] })) } }),
    failure: /did not agree|is not over/u,
  },
  {
    rows: ['R27', 'R28'],
    bug: 'the last entry of a snapshot is applied once more',
    part: {
      of: Applier.prototype,
      method: 'become',
      by: (become) =>
        function (this: Applier, head) {
          const index = Math.max(0, head.base.index - 1);
          return become.call(this, { ...head, base: { ...head.base, index } });
        },
    },
    failure: /Applied In Order/u,
  },
  {
    rows: ['K1'],
    bug: 'a store that forgets an append now and then',
    change: { stateMachine: () => forgetful() },
    failure: /client 0 read|is lost/u,
  },
  {
    rows: ['K1'],
    bug: 'snapshots where none are asked for',
    change: { settings: { snapshotAfterEntries: 10 } },
    failure: /\d+ snapshots were taken/u,
  },
  {
    rows: ['K8', 'K19'],
    bug: 'sessions remember nothing',
    part: { of: Sessions.prototype, method: 'remember', by: () => () => {} },
    failure: /there twice|more than was appended|read/u,
  },
  {
    rows: ['K20'],
    bug: 'a leader that holds to its office, and whose reads ask nobody',
    machine: provide({
      guards: { hasLostQuorum: () => false },
      actions: { startReadRound: rule(reading.confirmByLease) },
    }),
    failure: /a minority has answered/u,
  },
  {
    rows: ['K12'],
    bug: 'a log without a limit',
    change: { settings: {} },
    failure: /the Raft state of server \d has \d+ bytes/u,
  },
  {
    rows: ['K18'],
    bug: 'a slow network',
    change: { unreliable: true },
    failure: /is not over after 33333/u,
  },
  {
    rows: ['K22'],
    bug: 'a snapshot with padding',
    change: { stateMachine: () => padded() },
    failure: /a snapshot has \d+ bytes/u,
  },
];

describe('a row of the scenario table fails with', () => {
  for (const { rows, bug, failure, change = {}, machine, part } of brokenRows) {
    for (const row of rows) {
      it(`${bug} (${row})`, () => {
        const scenario = { ...scenarios.find((one) => one.row === row)!, ...change };
        const result = withMutant({ part }, () => playScenario(scenario, 1, [], machine));
        expect(result.failure).toMatch(failure);
      });
    }
  }
});

function sendNoHeartbeats(context: ServerContext, event: EventOf<'timer.heartbeat'>): Outcome {
  const { patch, effects } = leading.sendHeartbeats(context, event);
  return { patch, effects: effects.filter(({ type }) => type !== 'send') };
}

function acceptUncommitted(
  context: ServerContext,
  event: EventOf<'AppendEntriesRequest'>,
): Outcome {
  return following.acceptEntries(context, { ...event, leaderCommit: 0 });
}

function commitAlone(context: ServerContext, event: EventOf<'persisted'>): Outcome {
  const { patch, effects } = leading.recordOwnMatch(context, event);
  const commitIndex = Math.max(patch.commitIndex ?? 0, context.commitIndex, event.lastIndex);
  const isMore = commitIndex > context.commitIndex;
  if (!isMore) return { patch, effects };
  const others = effects.filter(({ type }) => type !== 'apply');
  return { patch: { ...patch, commitIndex }, effects: [{ type: 'apply', commitIndex }, ...others] };
}

function forgetful() {
  const store = kvMachine();
  let count = 0;
  const apply: typeof store.apply = (command: KvCommand, entry) =>
    command.type === 'append' && ++count % 50 === 0 ? null : store.apply(command, entry);
  return { ...store, apply };
}

function padded() {
  const store = kvMachine();
  const snapshot: BytesStateMachine['snapshot'] = function* () {
    yield* store.snapshot();
    yield new Uint8Array(600).fill(32);
  };
  return { ...store, snapshot };
}
