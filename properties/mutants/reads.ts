/** Known bugs of linearizable reads and leases: each lets a read see less than it must. */
import { ReadQueue } from '../../actors/readQueue.js';
import type { EventOf, Outcome, ServerContext } from '../../machines/context.js';
import { rule } from '../../machines/rule.js';
import * as leading from '../../machines/rules/leading.js';
import * as reading from '../../machines/rules/reading.js';
import { type Mutant, provide } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const readMutants: readonly Mutant[] = [
  {
    id: 'B34',
    bug: 'A new leader answers reads before an entry of its term is committed.',
    breaks: ['Fresh Reads'],
    pinned: mutantSchedules.B34!,
    machine: provide({ actions: { startReadRound: rule(readWithoutNoOp) } }),
  },
  {
    id: 'B36',
    bug: 'A read is answered without asking anybody whether this is still the leader.',
    breaks: ['Fresh Reads'],
    pinned: mutantSchedules.B36!,
    machine: provide({ actions: { startReadRound: rule(reading.confirmByLease) } }),
  },
  {
    id: 'B37',
    bug: 'A confirmed read is answered before the state machine has got so far.',
    breaks: ['Fresh Reads'],
    pinned: mutantSchedules.B34!,
    part: {
      of: ReadQueue.prototype,
      method: 'takeReady',
      by: (takeReady) =>
        function () {
          return takeReady.call(this, Number.POSITIVE_INFINITY);
        },
    },
  },
  {
    id: 'B38',
    bug: 'A lease counts from when an answer arrives, not from when it was asked for.',
    breaks: ['Fresh Reads'],
    machine: provide({ actions: { recordMatch: rule(leaseFromReceipt) } }),
    pinned: mutantSchedules.B38!,
  },
  {
    id: 'B39',
    bug: 'A lease makes no allowance for clocks that run apart.',
    breaks: ['Fresh Reads'],
    pinned: mutantSchedules.B39!,
    text: [
      {
        file: 'machines/rules/reading.ts',
        find: 'electionTimeoutMinMs * (1 - clockDriftPercentMax / 100)',
        replace: 'electionTimeoutMinMs + 0 * clockDriftPercentMax',
      },
    ],
    unitTest: 'machines/leases.test.ts',
  },
  {
    id: 'B40',
    bug: 'A leader keeps its lease when it has told another server to stand for election at once.',
    breaks: ['Fresh Reads'],
    machine: provide({ guards: { holdsLease: keepsLease } }),
    pinned: mutantSchedules.B40!,
  },
];

type ReadRequest = EventOf<'ReadRequest'>;

function readWithoutNoOp(context: ServerContext, event: ReadRequest): Outcome {
  const office = context.leadership!;
  const early = { ...context, leadership: { ...office, noOpIndex: 0 } };
  const { patch, effects } = reading.startReadRound(early, event);
  const { noOpIndex } = office;
  return { patch: { leadership: { ...patch.leadership!, noOpIndex } }, effects };
}

function leaseFromReceipt(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
): Outcome {
  return leading.recordMatch(context, { ...event, sentMs: event.atMs });
}

interface ReadArguments {
  readonly context: ServerContext;
  readonly event: ReadRequest;
}

function keepsLease({ context, event }: ReadArguments): boolean {
  const leadership = { ...context.leadership!, hasToldTimeoutNow: false };
  return reading.holdsLease({ ...context, leadership }, event);
}
