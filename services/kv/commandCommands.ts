/** COMMAND: what the commands are, for clients that ask the server rather than know. */
import { type Command, command, container, noKeys, type Run } from './command.js';
import { syntaxError } from './errors.js';
import { globMatch } from './globMatch.js';
import {
  array,
  bulk,
  bulkText,
  emptyArray,
  failure,
  integer,
  map,
  nil,
  type Reply,
  setOf,
  status,
} from './reply.js';
import { argument, argumentText, keyword, type Request } from './request.js';

/** COMMAND and its subcommands, for a table that it may itself be part of. */
export function commandCommands(table: () => readonly Command[]): readonly Command[] {
  const every: Run = (_request, session) => session.answer(array(table().map(describe)));
  const count: Run = (_request, session) => session.answer(integer(table().length));
  const list: Run = (request, session) => session.answer(listed(table(), request));
  const details: Run = (request, session) => {
    if (request.count === 2) return every(request, session);
    const found = named(table(), request);
    session.answer(array(found.map((one) => (one === undefined ? nil : describe(one)))));
  };
  const docs: Run = (request, session) => {
    const all = request.count === 2 ? table() : named(table(), request);
    session.answer(documented(all.filter((one) => one !== undefined)));
  };
  const keys: Run = (request, session) => session.answer(keysOf(table(), request));
  const sub = (name: string, arity: number, summary: string, run: Run) =>
    command(`command|${name}`, arity, 'loading stale', noKeys, summary, run);
  const subcommands = [
    sub('count', 2, 'How many commands there are.', count),
    sub('docs', -2, 'What commands are for.', docs),
    sub('info', -2, 'Arity, flags and keys of commands.', details),
    sub('list', -2, 'The names of the commands.', list),
    sub('getkeys', -3, 'Which arguments of a command are keys.', keys),
  ];
  return [container('command', -1, 'The commands of this server.', subcommands, every)];
}

/** The commands that the arguments from the third on name; undefined where there is none. */
function named(table: readonly Command[], request: Request): (Command | undefined)[] {
  const byName = new Map(
    table.flatMap((one) => [one, ...one.subcommands]).map((one) => [one.name, one]),
  );
  const found: (Command | undefined)[] = [];
  for (let index = 2; index < request.count; index++)
    found.push(byName.get(keyword(request, index)));
  return found;
}

/**
 * Name, arity, flags, first and last key, step, categories, tips, key specifications, subcommands.
 */
function describe(one: Command): Reply {
  const isFast = one.flags.includes('fast');
  const categories: string[] = [isFast ? '@fast' : '@slow'];
  if (one.flags.includes('write')) categories.push('@write');
  if (one.flags.includes('readonly')) categories.push('@read');
  if (one.flags.includes('admin')) categories.push('@admin', '@dangerous');
  return array([
    bulkText(one.name),
    integer(one.arity),
    setOf(one.flags.map(status)),
    ...one.keys.map(integer),
    setOf(categories.map(status)),
    emptyArray,
    emptyArray,
    array(one.subcommands.map(describe)),
  ]);
}

function documented(all: readonly Command[]): Reply {
  return map(
    all.map((one) => {
      const fields: [string, Reply][] = [
        ['summary', bulkText(one.summary)],
        ['group', bulkText(one.keys === noKeys ? 'server' : 'generic')],
      ];
      if (one.subcommands.length > 0) fields.push(['subcommands', documented(one.subcommands)]);
      return [one.name, map(fields)];
    }),
  );
}

/** COMMAND LIST [FILTERBY PATTERN pattern | ACLCAT category | MODULE name]. */
function listed(table: readonly Command[], request: Request): Reply {
  const names = table.map((one) => one.name);
  if (request.count === 2) return array(names.map(bulkText));
  if (request.count !== 5 || keyword(request, 2) !== 'filterby') return syntaxError;
  const pattern = argumentText(request, 4);
  switch (keyword(request, 3)) {
    case 'pattern':
      return array(names.filter((name) => globMatch(pattern, name)).map(bulkText));
    case 'aclcat':
      return array(inCategory(table, pattern.toLowerCase()).map((one) => bulkText(one.name)));
    case 'module':
      return emptyArray;
    default:
      return syntaxError;
  }
}

function inCategory(table: readonly Command[], category: string): readonly Command[] {
  const flag = category === 'read' ? 'readonly' : category;
  if (flag === 'slow') return table.filter((one) => !one.flags.includes('fast'));
  const isKnown = ['readonly', 'write', 'fast', 'admin'].includes(flag);
  return isKnown ? table.filter((one) => one.flags.includes(flag)) : [];
}

function keysOf(table: readonly Command[], request: Request): Reply {
  const name = keyword(request, 2);
  const asked = table.find((one) => one.name === name);
  const count = request.count - 2;
  if (asked === undefined) return failure('ERR Invalid command specified');
  const [first, last, step] = asked.keys;
  if (first === 0) return failure('ERR The command has no key arguments');
  const isWrong = asked.arity > 0 ? count !== asked.arity : count < -asked.arity;
  if (isWrong) return failure('ERR Invalid number of arguments specified for command');
  const keys: Reply[] = [];
  const end = last < 0 ? count + last : last;
  for (let index = first; index <= end; index += step) {
    keys.push(bulk(argument(request, index + 2)));
  }
  return array(keys);
}
