/** Known bugs of leadership that is handed over (thesis §3.10). */
import type { Outcome, ServerContext } from '../../machines/context.js';
import { rule } from '../../machines/rule.js';
import * as transfer from '../../machines/rules/transfer.js';
import { type Mutant, provide } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const transferMutants: readonly Mutant[] = [
  {
    id: 'B61',
    bug: 'A leader goes on appending while it hands over.',
    breaks: ['Successor Is Ready'],
    pinned: mutantSchedules.B61!,
    text: [
      {
        file: 'machines/leader.ts',
        find: "ClientRequest: { actions: 'ignore' }",
        replace: "ClientRequest: { actions: 'clientRequest' }",
      },
      {
        file: 'actors/serverActor.ts',
        find: '.transfer !== undefined) {',
        replace: '.transfer === 0) {',
      },
    ],
  },
  {
    id: 'B63',
    bug: 'Who is told to stand for election at once asks for pre-votes first, and gets none.',
    breaks: ['Leader’s Word'],
    pinned: mutantSchedules.B64!,
    unitTest: 'machines/takingOver.test.ts',
    text: [
      {
        file: 'machines/follower.ts',
        find: "{ guard: 'mayCampaign', target: 'candidate' }",
        replace: "{ guard: 'mayCampaign', target: 'preCandidate' }",
      },
    ],
  },
  {
    id: 'B64',
    bug: 'A successor is told to stand for election before it has the whole log.',
    breaks: ['Successor Is Ready'],
    machine: provide({ actions: { startTransfer: rule(tellAtOnce) } }),
    pinned: mutantSchedules.B64!,
  },
  {
    id: 'B64b',
    bug: 'A server stands for election at the word of a leader of an older term.',
    breaks: ['Leader’s Word'],
    pinned: mutantSchedules.B64b!,
    unitTest: 'machines/takingOver.test.ts',
    text: [
      {
        file: 'machines/follower.ts',
        find: "{ guard: 'isStale', actions: 'ignore' },",
        replace: '',
      },
    ],
  },
  {
    id: 'B72',
    bug: 'A leader whose disk does not serve keeps its office.',
    breaks: ['Fit Leaders'],
    pinned: mutantSchedules.B72!,
    text: [
      {
        file: 'machines/rules/transfer.ts',
        find: "return context.disk !== 'ok' &&",
        replace: 'return false &&',
      },
    ],
    unitTest: 'machines/diskConditions.test.ts',
  },
];

function tellAtOnce(
  context: ServerContext,
  event: Parameters<typeof transfer.startTransfer>[1],
): Outcome {
  const { patch, effects } = transfer.startTransfer(context, event);
  const { to, isTold } = patch.leadership!.transfer!;
  return { patch, effects: isTold ? effects : [transfer.tellTimeoutNow(context, to)] };
}
