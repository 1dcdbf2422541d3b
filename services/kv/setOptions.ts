/** The options of SET: what may stand together, and the flags of the command that they make. */
import { syntaxError } from './errors.js';
import { type ExpiryRules, expiryDigits } from './expiryArgument.js';
import { encodeCommand, operation, setFlag } from './kvCommand.js';
import type { Reply } from './reply.js';
import { argument, keyword, type Request } from './request.js';

/** Each option: its flag, and the flags that it may not stand beside. */
const options: Readonly<Record<string, { flag: number; not: number }>> = {
  nx: { flag: setFlag.ifAbsent, not: setFlag.ifPresent },
  xx: { flag: setFlag.ifPresent, not: setFlag.ifAbsent },
  get: { flag: setFlag.returnOld, not: 0 },
  keepttl: { flag: setFlag.keepExpiry, not: setFlag.expiresAt | setFlag.expiresIn },
};

const expiries: Readonly<Record<string, { flag: number; unitMs: 1 | 1000 }>> = {
  ex: { flag: setFlag.expiresIn, unitMs: 1000 },
  px: { flag: setFlag.expiresIn, unitMs: 1 },
  exat: { flag: setFlag.expiresAt, unitMs: 1000 },
  pxat: { flag: setFlag.expiresAt, unitMs: 1 },
};

/** The command of a SET with options, or the error that answers it. */
export function setWithOptions(
  request: Request,
  wallMs: number,
): { command: Uint8Array } | { error: Reply } {
  let flags = 0;
  let expiry: { option: string; index: number } | undefined;
  for (let index = 3; index < request.count; index++) {
    const word = keyword(request, index);
    if (Object.hasOwn(expiries, word)) {
      // The same one may be given twice, and the last counts; another one may not stand beside it.
      const isClash = expiry !== undefined && expiry.option !== word;
      if (isClash || (flags & setFlag.keepExpiry) !== 0 || index + 1 >= request.count) {
        return { error: syntaxError };
      }
      flags |= expiries[word]!.flag;
      expiry = { option: word, index: ++index };
    } else if (Object.hasOwn(options, word) && (flags & options[word]!.not) === 0) {
      flags |= options[word]!.flag;
    } else {
      return { error: syntaxError };
    }
  }
  const key = argument(request, 1);
  const value = argument(request, 2);
  if (expiry === undefined) return { command: encodeCommand(operation.set, flags, key, value) };
  const { flag, unitMs } = expiries[expiry.option]!;
  const originMs = flag === setFlag.expiresIn ? wallMs : 0;
  const rules: ExpiryRules = { unitMs, originMs, mayBePast: false, command: 'set' };
  const read = expiryDigits(request, expiry.index, rules);
  if ('error' in read) return read;
  return { command: encodeCommand(operation.set, flags, key, value, read.digits) };
}
