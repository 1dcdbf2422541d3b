/**
 * CLIENT LIST and CLIENT KILL: which connections are meant. They see those of this server alone.
 */
import { clientLine } from './clientLine.js';
import type { Run } from './command.js';
import { syntaxError } from './errors.js';
import { failure, integer, ok, type Reply, verbatim } from './reply.js';
import { argumentText, integerArgument, keyword, type Request } from './request.js';
import type { Client, Session } from './session.js';

type Filter = (client: Client) => boolean;

const clientTypes = ['normal', 'master', 'replica', 'slave', 'pubsub'];

export const listClients: Run = (request, session) => {
  const filter = listFilter(request);
  if ('error' in filter) return session.answer(filter.error);
  const nowMs = session.front.port.wallMs();
  let text = '';
  for (const client of session.front.clients.values()) {
    if (filter.matches(client)) text += clientLine(client, nowMs);
  }
  session.answer(verbatim(text));
};

function listFilter(request: Request): { matches: Filter } | { error: Reply } {
  if (request.count === 2) return { matches: () => true };
  const word = keyword(request, 2);
  if (request.count === 4 && word === 'type') return typeFilter(request, 3);
  if (request.count < 4 || word !== 'id') return { error: syntaxError };
  const ids = new Set<number | bigint>();
  for (let index = 3; index < request.count; index++) {
    const id = integerArgument(request, index);
    if (id === undefined) return { error: failure('ERR Invalid client ID') };
    ids.add(id);
  }
  return { matches: (client) => ids.has(client.id) };
}

export const killClients: Run = (request, session) => {
  if (request.count === 3) {
    // The old form may kill the connection that asks.
    const address = argumentText(request, 2);
    const killed = kill(session, [(client) => client.address === address], false);
    return session.answer(killed === 0 ? failure('ERR No such client') : ok);
  }
  const filters: Filter[] = [];
  let skipsAsker = true;
  for (let index = 2; index < request.count; index += 2) {
    if (index + 1 >= request.count) return session.answer(syntaxError);
    if (keyword(request, index) === 'skipme') {
      const choice = keyword(request, index + 1);
      if (choice !== 'yes' && choice !== 'no') return session.answer(syntaxError);
      skipsAsker = choice === 'yes';
    } else {
      const filter = killFilter(request, index, session);
      if ('error' in filter) return session.answer(filter.error);
      filters.push(filter.matches);
    }
  }
  session.answer(integer(kill(session, filters, skipsAsker)));
};

function killFilter(
  request: Request,
  index: number,
  session: Session,
): { matches: Filter } | { error: Reply } {
  const text = argumentText(request, index + 1);
  const value = integerArgument(request, index + 1);
  switch (keyword(request, index)) {
    case 'id':
      if (value === undefined || value < 1) {
        return { error: failure('ERR client-id should be greater than 0') };
      }
      return { matches: (client) => client.id === value };
    case 'addr':
      return { matches: (client) => client.address === text };
    case 'laddr':
      return { matches: (client) => client.localAddress === text };
    case 'type':
      return typeFilter(request, index + 1);
    case 'user':
      if (text !== 'default') return { error: failure(`ERR No such user '${text}'`) };
      return { matches: (client) => client.isAuthenticated };
    case 'maxage': {
      if (value === undefined) {
        return { error: failure('ERR maxage is not an integer or out of range') };
      }
      if (value <= 0) return { error: failure('ERR maxage should be greater than 0') };
      const latestMs = session.front.port.wallMs() - Number(value) * 1000;
      return { matches: (client) => client.connectedMs <= latestMs };
    }
    default:
      return { error: syntaxError };
  }
}

/** Every connection here is a normal one. */
function typeFilter(request: Request, index: number): { matches: Filter } | { error: Reply } {
  const type = keyword(request, index);
  if (clientTypes.includes(type)) return { matches: () => type === 'normal' };
  const unknown = argumentText(request, index);
  return { error: failure(`ERR Unknown client type '${unknown}'`) };
}

function kill(session: Session, filters: readonly Filter[], skipsAsker: boolean): number {
  let killed = 0;
  for (const client of session.front.clients.values()) {
    const isAsker = client === session.client;
    if ((isAsker && skipsAsker) || !filters.every((matches) => matches(client))) continue;
    killed++;
    // Whoever kills its own connection is answered first.
    if (isAsker) session.end();
    else client.kill();
  }
  return killed;
}
