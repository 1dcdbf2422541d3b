/** Expiries as clients give them: read, brought to ms, and refused where they cannot be kept. */
import { invalidExpireTime, notAnInteger } from './errors.js';
import { latin1Bytes } from './latin1.js';
import type { Reply } from './reply.js';
import { integerArgument, type Request } from './request.js';

export interface ExpiryRules {
  /** ms per unit: 1000 for seconds. */
  readonly unitMs: 1 | 1000;
  /** What it is counted from, ms: the wall clock, or 0 for a point in time. */
  readonly originMs: number;
  /** Whether it may lie in the past; SET refuses zero and less. */
  readonly mayBePast: boolean;
  /** For the error. */
  readonly command: string;
}

const latestMs = Number.MAX_SAFE_INTEGER;

/** The digits of the argument's ms, as commands hold them, or the error that answers the client. */
export function expiryDigits(
  request: Request,
  index: number,
  rules: ExpiryRules,
): { digits: Uint8Array } | { error: Reply } {
  const value = integerArgument(request, index);
  if (value === undefined) return { error: notAnInteger };
  const ms = Number(value) * rules.unitMs;
  if ((ms <= 0 && !rules.mayBePast) || rules.originMs + ms > latestMs) {
    return { error: invalidExpireTime(rules.command) };
  }
  return { digits: latin1Bytes(String(Math.max(ms, -latestMs))) };
}
