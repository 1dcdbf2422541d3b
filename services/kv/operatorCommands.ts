/** RAFTCHART: what whoever operates a cluster may ask of the server that the client talks to. */
import { type Command, command, container, noKeys, type Run } from './command.js';
import type { Operator } from './commandPort.js';
import { wrongArity } from './errors.js';
import { bulkText, failure, ok } from './reply.js';
import { argumentText } from './request.js';
import type { Session } from './session.js';

/** RAFTCHART TRANSFER [server]: begins, and answers; RAFTCHART STATUS tells how it went. */
const transfer: Run = (request, session) => {
  if (request.count > 3) return session.answer(wrongArity('raftchart|transfer'));
  const to = request.count === 3 ? argumentText(request, 2) : undefined;
  give(session, (operator) => operator.transfer(to));
};

/** RAFTCHART SNAPSHOT, likewise. */
const snapshot: Run = (_request, session) => give(session, (operator) => operator.snapshot());

const report: Run = (_request, session) => {
  const { operator } = session.front.port;
  session.answer(operator === undefined ? noOperator : bulkText(jsonOf(operator.report())));
};

const noOperator = failure('ERR no server of a cluster is behind this port');

function give(session: Session, order: (operator: Operator) => string | undefined): void {
  const { operator } = session.front.port;
  if (operator === undefined) return session.answer(noOperator);
  const refusal = order(operator);
  session.answer(refusal === undefined ? ok : failure(`ERR ${refusal}`));
}

/** Every name is always there: what has no value is null. */
function jsonOf(value: object): string {
  return JSON.stringify(value, (_name, inner: unknown) => inner ?? null);
}

const flags = 'admin noscript loading stale';

export const operatorCommands: readonly Command[] = [
  container('raftchart', -2, 'Operates this server of the cluster.', [
    command('raftchart|status', 2, flags, noKeys, 'What it says of itself, as JSON.', report),
    command('raftchart|snapshot', 2, flags, noKeys, 'Begins a snapshot of its state.', snapshot),
    command(
      'raftchart|transfer',
      -2,
      flags,
      noKeys,
      'Begins to hand leadership over, to the server that is named or to the best one.',
      transfer,
    ),
  ]),
];
