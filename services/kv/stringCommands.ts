/** Commands on strings. */
import { allKeys, type Command, command, keysAndValues, oneKey, type Run } from './command.js';
import { notAnInteger, wrongArity } from './errors.js';
import { expiryDigits } from './expiryArgument.js';
import { integerMin } from './integer.js';
import { encodeCommand, encodeRequest, operation, setFlag } from './kvCommand.js';
import { latin1Bytes } from './latin1.js';
import { failure } from './reply.js';
import { argument, integerArgument, type Request } from './request.js';
import type { Session } from './session.js';
import { setWithOptions } from './setOptions.js';

/** A command whose arguments go into the log as they are. */
const executes =
  (code: number, flags = 0): Run =>
  (request, session) =>
    session.execute(encodeRequest(code, flags, request));

/** A query whose arguments are asked as they are. */
const asks =
  (code: number): Run =>
  (request, session) =>
    session.query(encodeRequest(code, 0, request));

const set: Run = (request, session) => {
  if (request.count === 3) return session.execute(encodeRequest(operation.set, 0, request));
  const read = setWithOptions(request, session.front.port.wallMs());
  if ('error' in read) session.answer(read.error);
  else session.execute(read.command);
};

/** SETEX and PSETEX: the expiry stands before the value. */
const setExpiring =
  (name: string, unitMs: 1 | 1000): Run =>
  (request, session) => {
    const originMs = session.front.port.wallMs();
    const read = expiryDigits(request, 2, { unitMs, originMs, mayBePast: false, command: name });
    if ('error' in read) return session.answer(read.error);
    const [key, value] = [argument(request, 1), argument(request, 3)];
    session.execute(encodeCommand(operation.set, setFlag.expiresIn, key, value, read.digits));
  };

const setAll: Run = (request, session) => {
  if (request.count % 2 === 0) session.answer(wrongArity('mset'));
  else session.execute(encodeRequest(operation.setAll, 0, request));
};

/** INCR and DECR. */
const incrementByOne =
  (amount: '1' | '-1'): Run =>
  (request, session) =>
    increment(request, session, amount);

const incrementBy: Run = (request, session) => {
  const amount = integerArgument(request, 2);
  if (amount === undefined) session.answer(notAnInteger);
  else increment(request, session, String(amount));
};

const decrementBy: Run = (request, session) => {
  const amount = integerArgument(request, 2);
  if (amount === undefined) session.answer(notAnInteger);
  else if (amount === integerMin) session.answer(failure('ERR decrement would overflow'));
  else increment(request, session, String(-amount));
};

function increment(request: Request, session: Session, amount: string): void {
  const key = argument(request, 1);
  session.execute(encodeCommand(operation.increment, 0, key, latin1Bytes(amount)));
}

const setIfAbsent = setFlag.ifAbsent | setFlag.answerNumber;

export const stringCommands: readonly Command[] = [
  command('set', -3, 'write denyoom', oneKey, 'Sets a key to a string.', set),
  command('get', 2, 'readonly fast', oneKey, 'The string at a key.', asks(operation.get)),
  command(
    'append',
    3,
    'write denyoom fast',
    oneKey,
    'Adds to a string.',
    executes(operation.append),
  ),
  command('strlen', 2, 'readonly fast', oneKey, 'Its length.', asks(operation.length)),
  command('mget', -2, 'readonly fast', allKeys, 'Several strings.', asks(operation.getAll)),
  command('mset', -3, 'write denyoom', keysAndValues, 'Sets several keys at once.', setAll),
  command(
    'setnx',
    3,
    'write denyoom fast',
    oneKey,
    'Sets a key that does not exist.',
    executes(operation.set, setIfAbsent),
  ),
  command(
    'setex',
    4,
    'write denyoom',
    oneKey,
    'Sets a key for seconds.',
    setExpiring('setex', 1000),
  ),
  command('psetex', 4, 'write denyoom', oneKey, 'Sets a key for ms.', setExpiring('psetex', 1)),
  command(
    'getset',
    3,
    'write denyoom fast',
    oneKey,
    'Sets a key, and answers what it held.',
    executes(operation.set, setFlag.returnOld),
  ),
  command('getdel', 2, 'write fast', oneKey, 'Takes a string out.', executes(operation.take)),
  command('incr', 2, 'write denyoom fast', oneKey, 'Adds one.', incrementByOne('1')),
  command('decr', 2, 'write denyoom fast', oneKey, 'Subtracts one.', incrementByOne('-1')),
  command('incrby', 3, 'write denyoom fast', oneKey, 'Adds a number.', incrementBy),
  command('decrby', 3, 'write denyoom fast', oneKey, 'Subtracts a number.', decrementBy),
];
