/**
 * What a golden script says that it needs: a part of a chart's table (`follower RequestVoteRequest
 * line 3, guard mayGrantVote`), or a condition within a guard or rule (`isUpToDate in
 * mayGrantVote`). Removing it is to change the script's trace.
 */
import { createMachine } from 'xstate';
import { candidate } from '../../machines/candidate.js';
import { clientMachine } from '../../machines/client.js';
import { initialContext } from '../../machines/context.js';
import { follower } from '../../machines/follower.js';
import { leader } from '../../machines/leader.js';
import { preCandidate } from '../../machines/preCandidate.js';
import { raft } from '../../machines/raft.js';
import { server } from '../../machines/server.js';
import type { Mutant } from '../mutants/mutant.js';
import { type State, withoutOnePart } from './chartMutants.js';
import type { Machines } from './goldenCluster.js';
import { withoutCondition } from './goldenConditions.js';

/** Charts that lack something, or a part beside them that does. */
export type Removal = Machines & Pick<Mutant, 'part'>;

/** The charts as they ship. */
export const whole: Machines = { server, client: clientMachine };

const roles: Readonly<Record<string, State>> = { follower, preCandidate, candidate, leader };
const everyRole = 'every role';

/** The charts without what is named. Throws where nothing has that name, and says what has. */
export function without(name: string): Removal {
  const condition = withoutCondition[name];
  if (condition !== undefined) {
    const { machine = server, part } = condition;
    return { ...whole, server: machine, ...(part && { part }) };
  }
  const chart = [...Object.keys(roles), everyRole, 'client'].find((it) =>
    name.startsWith(`${it} `),
  );
  const parts = chart === undefined ? [] : [...withoutOnePart(stateOf(chart))];
  const found = parts.find(({ lacks }) => `${chart} ${lacks}` === name);
  if (found === undefined) {
    const lines = parts.map(({ lacks }) => `${chart} ${lacks}`);
    const known = chart === undefined ? Object.keys(withoutCondition) : lines;
    throw new Error(`nothing is called "${name}"; there are:\n  ${known.join('\n  ')}`);
  }
  return { ...whole, ...withState(chart!, found.rest) };
}

function stateOf(chart: string): State {
  if (chart === 'client') return clientMachine.config as unknown as State;
  if (chart === everyRole) return { on: (server.config as unknown as State).on! };
  return roles[chart]!;
}

function withState(chart: string, state: State): Partial<Machines> {
  if (chart === 'client') {
    const machine = createMachine(state as never).provide(clientMachine.implementations as never);
    return { client: machine as unknown as typeof clientMachine };
  }
  const isAll = chart === everyRole;
  const machine = raft.createMachine({
    id: 'raft',
    initial: 'follower',
    context: initialContext,
    on: (isAll ? state.on : server.config.on) as never,
    states: { ...roles, ...(isAll ? {} : { [chart]: state }) } as never,
    options: { maxIterations: 50 },
  });
  return { server: machine as unknown as typeof server };
}
