import { describe, expect, it } from 'vitest';
import type { ServerContext } from '../../machines/context.js';
import { Log } from '../../machines/log.js';
import { logOfTerms } from '../../properties/support/script.js';
import { figureThree, type WorldView } from './figureThree.js';
import { type History, noHistory } from './history.js';

function server(id: string, terms: readonly number[], currentTerm = 9): ServerContext {
  const log = Log.empty().append(logOfTerms(terms));
  return { id, log, currentTerm } as ServerContext;
}

/** The laws that do not hold, with what is wrong. */
function broken(world: Partial<WorldView> & { said?: Partial<History> }): string[] {
  const { servers = [], leaders = [], said } = world;
  const view = { servers, leaders, history: { ...noHistory, ...said } };
  return figureThree.flatMap((law) => {
    const detail = law.broken(view);
    return detail === undefined ? [] : `${law.name}: ${detail}`;
  });
}

describe('Figure 3', () => {
  it('lets one server be elected in a term, and no other', () => {
    const won = (term: number, id: string) => ({ term, server: id });
    expect(broken({ said: { elections: [won(2, 'S1'), won(3, 'S2')] } })).toEqual([]);
    expect(broken({ said: { elections: [won(2, 'S1'), won(2, 'S2')] } })).toEqual([
      'Election Safety: S1 and S2 were both elected in term 2',
    ]);
  });

  it('lets logs differ only behind the last place at which they agree', () => {
    const longer = server('S1', [1, 2, 2]);
    expect(broken({ servers: [longer, server('S2', [1, 3])] })).toEqual([]);
    expect(broken({ servers: [longer, server('S2', [1, 2])] })).toEqual([]);
    expect(broken({ servers: [longer, server('S2', [1, 3, 2])] })).toEqual([
      'Log Matching: S1 and S2 differ at 2, and agree after',
    ]);
  });

  it('wants what is committed in a term in the logs of the leaders of later terms', () => {
    const commits = [{ index: 2, term: 2, inTerm: 3 }];
    expect(broken({ leaders: [server('S1', [1, 2], 4)], said: { commits } })).toEqual([]);
    expect(broken({ leaders: [server('S1', [1], 3)], said: { commits } })).toEqual([]);
    expect(broken({ leaders: [server('S1', [1], 4)], said: { commits } })).toEqual([
      'Leader Completeness: S1 leads term 4 without entry 2 of term 2',
    ]);
  });

  it('lets one entry be committed at an index, and no other', () => {
    const commit = (index: number, term: number) => ({ index, term, inTerm: term });
    expect(broken({ said: { commits: [commit(2, 2), commit(3, 2)] } })).toEqual([]);
    expect(broken({ said: { commits: [commit(2, 2), commit(2, 3)] } })).toEqual([
      'State Machine Safety: entry 2 was committed with term 2 and with term 3',
    ]);
  });
});
