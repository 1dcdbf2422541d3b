/**
 * The error replies that several commands share, in Redis's words. A reply that is an error says
 * that the command was not executed.
 */
import { failure } from './reply.js';

export const syntaxError = failure('ERR syntax error');
export const notAnInteger = failure('ERR value is not an integer or out of range');
export const wouldOverflow = failure('ERR increment or decrement would overflow');
export const noAuthentication = failure('NOAUTH Authentication required.');
export const wrongPassword = failure(
  'WRONGPASS invalid username-password pair or user is disabled.',
);
export const stringTooLong = failure(
  'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
);

export const wrongArity = (command: string) =>
  failure(`ERR wrong number of arguments for '${command}' command`);

export const invalidExpireTime = (command: string) =>
  failure(`ERR invalid expire time in '${command}' command`);

/** The port says that nothing was done. */
export const clusterDown = (reason: string) =>
  failure(
    `CLUSTERDOWN The cluster has no leader just now; nothing was done, try again (${reason})`,
  );
