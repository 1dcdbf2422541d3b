/** AUTH and HELLO: who a client is, and which version of the protocol it speaks. */
import type { Run } from './command.js';
import { syntaxError, wrongPassword } from './errors.js';
import { bulkText, emptyArray, failure, integer, map, ok, type Reply } from './reply.js';
import { argument, argumentText, integerArgument, keyword, type Request } from './request.js';
import type { Session } from './session.js';
import { redisVersion } from './version.js';

const defaultUser = 'default';
const noPasswordConfigured = failure(
  'ERR AUTH <password> called without any password configured for the default user. ' +
    'Are you sure your configuration is correct?',
);
const notAuthenticated = failure(
  'NOAUTH HELLO must be called with the client already authenticated, ' +
    'otherwise the HELLO <proto> AUTH <user> <pass> option can be used ' +
    'to authenticate the client and select the RESP protocol version at the same time',
);
const unsupportedVersion = failure('NOPROTO unsupported protocol version');
const versionNotAnInteger = failure('ERR Protocol version is not an integer or out of range');
/** A name that could not be listed by CLIENT LIST, whose fields are separated by spaces. */
export const badClientName = failure(
  'ERR Client names cannot contain spaces, newlines or special characters.',
);

/** Whether a name, or what else CLIENT LIST shows, is printable and without spaces. */
export const isListable = (text: string) => /^[!-~]*$/u.test(text);

export const auth: Run = (request, session) => {
  if (request.count > 3) return session.answer(syntaxError);
  if (request.count === 2 && session.front.password === undefined) {
    return session.answer(noPasswordConfigured);
  }
  const user = request.count === 3 ? argumentText(request, 1) : defaultUser;
  const isRight = isAuthentic(session, user, argument(request, request.count - 1));
  if (isRight) session.client.isAuthenticated = true;
  session.answer(isRight ? ok : wrongPassword);
};

export const hello: Run = (request, session) => {
  const version = request.count > 1 ? integerArgument(request, 1) : session.client.protocol;
  if (version === undefined) return session.answer(versionNotAnInteger);
  if (version !== 2 && version !== 3) return session.answer(unsupportedVersion);
  const options = helloOptions(request);
  if ('error' in options) return session.answer(options.error);
  const { client } = session;
  if (options.user !== undefined && options.password !== undefined) {
    if (!isAuthentic(session, options.user, options.password)) return session.answer(wrongPassword);
    client.isAuthenticated = true;
  }
  if (!client.isAuthenticated) return session.answer(notAuthenticated);
  client.name = options.name ?? client.name;
  client.protocol = version;
  session.answer(
    map([
      ['server', bulkText('redis')],
      ['version', bulkText(redisVersion)],
      ['proto', integer(version)],
      ['id', integer(client.id)],
      ['mode', bulkText('standalone')],
      ['role', bulkText('master')],
      ['modules', emptyArray],
    ]),
  );
};

interface HelloOptions {
  user?: string;
  password?: Uint8Array;
  name?: string;
}

function helloOptions(request: Request): HelloOptions | { error: Reply } {
  const options: HelloOptions = {};
  for (let index = 2; index < request.count; index++) {
    const word = keyword(request, index);
    const left = request.count - 1 - index;
    if (word === 'auth' && left >= 2) {
      options.user = argumentText(request, index + 1);
      options.password = argument(request, index + 2);
      index += 2;
    } else if (word === 'setname' && left >= 1) {
      options.name = argumentText(request, ++index);
      if (!isListable(options.name)) return { error: badClientName };
    } else {
      const option = argumentText(request, index);
      return { error: failure(`ERR Syntax error in HELLO option '${option}'`) };
    }
  }
  return options;
}

/** Without a password configured, the default user may give any. */
function isAuthentic(session: Session, user: string, password: Uint8Array): boolean {
  if (user !== defaultUser) return false;
  const configured = session.front.password;
  return configured === undefined || isSame(new TextEncoder().encode(configured), password);
}

/** Compares all of `given`, so that the time taken does not tell how much of it is right. */
function isSame(secret: Uint8Array, given: Uint8Array): boolean {
  let difference = secret.length ^ given.length;
  for (let index = 0; index < given.length; index++) {
    difference |= given[index]! ^ (secret[index % Math.max(1, secret.length)] ?? 0);
  }
  return difference === 0;
}
