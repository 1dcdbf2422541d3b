/** Commands on the connection: who the client is, and how it wants to be served. */
import { auth, badClientName, hello, isListable } from './authentication.js';
import { killClients, listClients } from './clientFilters.js';
import { clientLine } from './clientLine.js';
import { type Command, command, container, noKeys, type Run } from './command.js';
import { notAnInteger, syntaxError } from './errors.js';
import { bulkText, failure, integer, nil, ok, status, verbatim } from './reply.js';
import { argumentText, integerArgument, keyword } from './request.js';

const select: Run = (request, session) => {
  const database = integerArgument(request, 1);
  if (database === undefined) session.answer(notAnInteger);
  else session.answer(database === 0 ? ok : failure('ERR DB index is out of range'));
};

const quit: Run = (_request, session) => {
  session.answer(ok);
  session.end();
};

const reset: Run = (_request, session) => {
  const { client } = session;
  client.name = '';
  client.protocol = 2;
  client.replies = 'on';
  client.isSilent = false;
  client.isNotEvicted = false;
  client.isNotTouching = false;
  client.isAuthenticated = session.front.password === undefined;
  session.answer(status('RESET'));
};

const setName: Run = (request, session) => {
  const name = argumentText(request, 2);
  if (!isListable(name)) return session.answer(badClientName);
  session.client.name = name;
  session.answer(ok);
};

const setLibrary: Run = (request, session) => {
  const attribute = argumentText(request, 2);
  const value = argumentText(request, 3);
  const field = keyword(request, 2);
  if (field !== 'lib-name' && field !== 'lib-ver') {
    return session.answer(failure(`ERR Unrecognized option '${attribute}'`));
  }
  if (!isListable(value)) {
    const why = 'cannot contain spaces, newlines or special characters.';
    return session.answer(failure(`ERR ${attribute} ${why}`));
  }
  if (field === 'lib-name') session.client.libraryName = value;
  else session.client.libraryVersion = value;
  session.answer(ok);
};

/** CLIENT REPLY: only ON is itself answered. */
const reply: Run = (request, session) => {
  const { client } = session;
  const word = keyword(request, 2);
  if (word === 'on') {
    client.replies = 'on';
    client.isSilent = false;
    session.answer(ok);
  } else if (word === 'off' || word === 'skip') {
    if (word === 'off' || client.replies === 'on') client.replies = word;
    client.isSilent = true;
    session.answer(ok);
  } else {
    session.answer(syntaxError);
  }
};

/** CLIENT NO-EVICT and NO-TOUCH: remembered; nothing is evicted, or aged by being touched. */
const switches =
  (choice: 'isNotEvicted' | 'isNotTouching'): Run =>
  (request, session) => {
    const word = keyword(request, 2);
    if (word !== 'on' && word !== 'off') return session.answer(syntaxError);
    session.client[choice] = word === 'on';
    session.answer(ok);
  };

const getName: Run = (_request, session) =>
  session.answer(session.client.name === '' ? nil : bulkText(session.client.name));

const id: Run = (_request, session) => session.answer(integer(session.client.id));

const info: Run = (_request, session) =>
  session.answer(verbatim(clientLine(session.client, session.front.port.wallMs())));

const always = 'noscript loading stale';
const beforeAuth = 'noscript loading stale fast no_auth';
const sub = (name: string, arity: number, summary: string, run: Run) =>
  command(`client|${name}`, arity, always, noKeys, summary, run);

export const clientCommands: readonly Command[] = [
  command('hello', -1, beforeAuth, noKeys, 'Chooses the version of the protocol.', hello),
  command('auth', -2, beforeAuth, noKeys, 'Says who the client is.', auth),
  command('quit', -1, beforeAuth, noKeys, 'Closes the connection.', quit),
  command('reset', 1, beforeAuth, noKeys, 'Makes the connection as new.', reset),
  command('select', 2, 'loading stale fast', noKeys, 'Chooses database 0, the only one.', select),
  container('client', -2, 'The connections of this server.', [
    sub('id', 2, 'The number of this connection.', id),
    sub('info', 2, 'What is known of this connection.', info),
    sub('list', -2, 'What is known of all connections, or of those with an id.', listClients),
    sub('getname', 2, 'The name of this connection.', getName),
    sub('setname', 3, 'Names this connection.', setName),
    sub('setinfo', 4, 'Says which library the client is.', setLibrary),
    sub('kill', -3, 'Closes connections.', killClients),
    sub('reply', 3, 'Whether commands are answered: ON, OFF, or SKIP for the next.', reply),
    sub('no-evict', 3, 'Remembered; nothing is evicted.', switches('isNotEvicted')),
    sub('no-touch', 3, 'Remembered; nothing ages.', switches('isNotTouching')),
  ]),
];
