/** Commands on keys, whatever they hold, and on all of them. */
import { allKeys, type Command, command, noKeys, oneKey, type Run } from './command.js';
import { syntaxError } from './errors.js';
import { expiryDigits } from './expiryArgument.js';
import { encodeCommand, encodeRequest, expireFlag, expiryFlag, operation } from './kvCommand.js';
import { latin1Bytes } from './latin1.js';
import { failure, type Reply } from './reply.js';
import { argument, argumentText, keyword, type Request } from './request.js';

const remove: Run = (request, session) =>
  session.execute(encodeRequest(operation.remove, 0, request));

const exists: Run = (request, session) =>
  session.query(encodeRequest(operation.exists, 0, request));

const type: Run = (request, session) => session.query(encodeRequest(operation.type, 0, request));

const persist: Run = (request, session) =>
  session.execute(encodeRequest(operation.persist, 0, request));

const count: Run = (request, session) => session.query(encodeRequest(operation.count, 0, request));

/** EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT. */
const expires =
  (name: string, unitMs: 1 | 1000, isRelative: boolean): Run =>
  (request, session) => {
    const conditions = expireConditions(request);
    if ('error' in conditions) return session.answer(conditions.error);
    const originMs = isRelative ? session.front.port.wallMs() : 0;
    const read = expiryDigits(request, 2, { unitMs, originMs, mayBePast: true, command: name });
    if ('error' in read) return session.answer(read.error);
    const flags = conditions.flags | (isRelative ? expireFlag.relative : 0);
    const key = argument(request, 1);
    session.execute(encodeCommand(operation.expire, flags, key, read.digits));
  };

const conditionFlags: Readonly<Record<string, number>> = {
  nx: expireFlag.ifNone,
  xx: expireFlag.ifSome,
  gt: expireFlag.ifLater,
  lt: expireFlag.ifEarlier,
};

function expireConditions(request: Request): { flags: number } | { error: Reply } {
  let flags = 0;
  for (let index = 3; index < request.count; index++) {
    const word = keyword(request, index);
    if (!Object.hasOwn(conditionFlags, word)) {
      return { error: failure(`ERR Unsupported option ${argumentText(request, index)}`) };
    }
    flags |= conditionFlags[word]!;
  }
  const { ifNone, ifLater, ifEarlier } = expireFlag;
  if ((flags & ifNone) !== 0 && flags !== ifNone) {
    const what = 'NX and XX, GT or LT options at the same time are not compatible';
    return { error: failure(`ERR ${what}`) };
  }
  if ((flags & ifLater) !== 0 && (flags & ifEarlier) !== 0) {
    const what = 'GT and LT options at the same time are not compatible';
    return { error: failure(`ERR ${what}`) };
  }
  return { flags };
}

/** TTL, PTTL, EXPIRETIME, PEXPIRETIME: what is left is counted from this server's clock. */
const expiry =
  (flags: number): Run =>
  (request, session) => {
    const wallMs = latin1Bytes(String(Math.floor(session.front.port.wallMs())));
    session.query(encodeCommand(operation.expiry, flags, argument(request, 1), wallMs));
  };

const clear: Run = (request, session) => {
  const isKnown = request.count === 1 || ['sync', 'async'].includes(keyword(request, 1));
  if (request.count > 2 || !isKnown) session.answer(syntaxError);
  else session.execute(encodeCommand(operation.clear, 0));
};

const { seconds, absolute } = expiryFlag;
const whenHint = 'NX, XX, GT and LT say when.';

export const keyCommands: readonly Command[] = [
  command('del', -2, 'write', allKeys, 'Removes keys.', remove),
  command('unlink', -2, 'write fast', allKeys, 'Removes keys.', remove),
  command('exists', -2, 'readonly fast', allKeys, 'How many of the keys exist.', exists),
  command('touch', -2, 'readonly fast', allKeys, 'How many of the keys exist.', exists),
  command('type', 2, 'readonly fast', oneKey, 'What a key holds.', type),
  command(
    'expire',
    -3,
    'write fast',
    oneKey,
    `Lets a key expire in seconds; ${whenHint}`,
    expires('expire', 1000, true),
  ),
  command(
    'pexpire',
    -3,
    'write fast',
    oneKey,
    `Lets a key expire in ms; ${whenHint}`,
    expires('pexpire', 1, true),
  ),
  command(
    'expireat',
    -3,
    'write fast',
    oneKey,
    `Lets a key expire at a time in seconds since 1970; ${whenHint}`,
    expires('expireat', 1000, false),
  ),
  command(
    'pexpireat',
    -3,
    'write fast',
    oneKey,
    `Lets a key expire at a time in ms since 1970; ${whenHint}`,
    expires('pexpireat', 1, false),
  ),
  command('persist', 2, 'write fast', oneKey, 'Keeps a key from expiring.', persist),
  command('ttl', 2, 'readonly fast', oneKey, 'Seconds until a key expires.', expiry(seconds)),
  command('pttl', 2, 'readonly fast', oneKey, 'Ms until a key expires.', expiry(0)),
  command(
    'expiretime',
    2,
    'readonly fast',
    oneKey,
    'When a key expires, in seconds since 1970.',
    expiry(seconds | absolute),
  ),
  command(
    'pexpiretime',
    2,
    'readonly fast',
    oneKey,
    'When a key expires, in ms since 1970.',
    expiry(absolute),
  ),
  command('dbsize', 1, 'readonly fast', noKeys, 'How many keys there are.', count),
  command('flushall', -1, 'write', noKeys, 'Removes all keys.', clear),
  command('flushdb', -1, 'write', noKeys, 'Removes all keys.', clear),
];
