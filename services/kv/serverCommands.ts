/** Commands on the server: what it is, and what tools expect of one. */
import { type Command, command, container, noKeys, type Run } from './command.js';
import { syntaxError, wrongArity } from './errors.js';
import { infoText } from './infoText.js';
import { operatorCommands } from './operatorCommands.js';
import { array, bulk, bulkText, failure, map, ok, status, verbatim } from './reply.js';
import { argumentText, keyword, type Request } from './request.js';

const pong = status('PONG');

const ping: Run = (request, session) => {
  if (request.count > 2) return session.answer(wrongArity('ping'));
  if (request.count === 1) return session.answer(pong);
  session.answer(bulk(request.bytes, request.starts[1], request.ends[1]));
};

const echo: Run = (request, session) =>
  session.answer(bulk(request.bytes, request.starts[1], request.ends[1]));

const time: Run = (_request, session) => {
  const ms = Math.floor(session.front.port.wallMs());
  const microseconds = (ms % 1000) * 1000;
  session.answer(array([bulkText(String(Math.floor(ms / 1000))), bulkText(String(microseconds))]));
};

const info: Run = (request, session) =>
  session.answer(verbatim(infoText(session.front, words(request, 1).map(lower))));

const configGet: Run = (request, session) => {
  const matching = session.front.settings.matching(words(request, 2));
  session.answer(map(matching.map(([name, value]) => [name, bulkText(value)])));
};

const configSet: Run = (request, session) => {
  if (request.count % 2 !== 0) return session.answer(wrongArity('config|set'));
  const pairs: [string, string][] = [];
  for (let index = 2; index < request.count; index += 2) {
    pairs.push([keyword(request, index), argumentText(request, index + 1)]);
  }
  const wrong = session.front.settings.set(pairs);
  if (wrong === undefined) return session.answer(ok);
  const what = `CONFIG SET failed (possibly related to argument '${wrong.name}') - ${wrong.why}`;
  session.answer(failure(`ERR ${what}`));
};

const configResetStatistics: Run = (_request, session) => {
  session.front.totals.connections = 0;
  session.front.totals.commands = 0;
  session.answer(ok);
};

/** FUNCTION FLUSH: there are no functions. */
const flushFunctions: Run = (request, session) => {
  const isKnown = request.count === 2 || ['sync', 'async'].includes(keyword(request, 2));
  session.answer(request.count > 3 || !isKnown ? syntaxError : ok);
};

/** DEBUG: whatever is asked for, nothing happens. Test suites ask for much. */
const debug: Run = (_request, session) => session.answer(ok);

function words(request: Request, from: number): string[] {
  const all: string[] = [];
  for (let index = from; index < request.count; index++) all.push(argumentText(request, index));
  return all;
}

const lower = (text: string) => text.toLowerCase();

const always = 'loading stale';
const admin = 'admin noscript loading stale';

export const serverCommands: readonly Command[] = [
  command('ping', -1, 'fast', noKeys, 'Answers PONG, or its argument.', ping),
  command('echo', 2, 'loading stale fast', noKeys, 'Answers its argument.', echo),
  command('time', 1, 'loading stale fast', noKeys, "This server's wall clock.", time),
  command('info', -1, always, noKeys, 'What there is to know of this server.', info),
  container('config', -2, 'Settings, remembered and without effect.', [
    command('config|get', -3, admin, noKeys, 'Settings whose name matches.', configGet),
    command('config|set', -4, admin, noKeys, 'Remembers settings.', configSet),
    command('config|resetstat', 2, admin, noKeys, 'Counts from zero.', configResetStatistics),
  ]),
  container('function', -2, 'There are no functions.', [
    command('function|flush', -2, 'write noscript', noKeys, 'Does nothing.', flushFunctions),
  ]),
  command('debug', -2, admin, noKeys, 'Does nothing.', debug),
  ...operatorCommands,
];
