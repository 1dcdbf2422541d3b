/**
 * What the parts of an XState machine are called on a diagram: as in the source, without XState's
 * own plumbing.
 */

/** What stands for a guard, action or actor that was written in place and has no name. */
export const unnamed = '(unnamed)';

/** Property names that JavaScript gives to functions written in place: they say nothing. */
const accidentalNames = new Set(['', 'guard', 'actions', 'entry', 'exit']);

/** XState registers a delay or the end of a child as `xstate.<kind>.<what it is about>.<state>`. */
const xstateEvent = /^xstate\.(after|done|error|snapshot)\.(?:actor\.|state\.)?(.+)$/;

/** Name of an event of the state `stateId`, given the type that XState registers it under. */
export function eventName(type: string, stateId: string): string {
  if (type === '') return 'always';
  const [, kind, about = ''] = xstateEvent.exec(type) ?? [];
  if (kind === undefined) return type;
  if (about === stateId) return kind;
  const subject = about.endsWith(`.${stateId}`) ? about.slice(0, -stateId.length - 1) : about;
  return /^\d+$/.test(subject) && kind === 'after' ? `after ${subject} ms` : `${kind} ${subject}`;
}

/** Name of an action; undefined for what XState itself adds to arm and disarm a delay. */
export function ruleName(action: unknown): string | undefined {
  if (typeof action === 'string') return action;
  if (isOfDelay(action)) return undefined;
  return namedType(action) ?? unnamed;
}

/** Name of a guard; combined guards are spelled out: `isUp and not isStale`. */
export function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  const { name, guards = [], stateValue } = guard as Combined;
  if (stateValue !== undefined) return `in ${asText(stateValue)}`;
  if (guards.length === 0) return namedType(guard) ?? unnamed;
  const parts = guards.map((part) => (isCompound(part) ? `(${guardName(part)})` : guardName(part)));
  return name === 'not' ? `not ${parts.join(' ')}` : parts.join(` ${name} `);
}

/** What XState's `and`, `or`, `not` and `stateIn` make: functions that carry their parts. */
interface Combined {
  readonly name?: string;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
}

function isCompound(guard: unknown): boolean {
  return typeof guard === 'function' && ((guard as Combined).guards?.length ?? 0) > 1;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * XState's own actions have a `resolve`, and are named for what they are, not for what they are
 * for.
 */
function namedType(part: unknown): string | undefined {
  if (typeof part === 'function') {
    return 'resolve' in part || accidentalNames.has(part.name) ? undefined : part.name;
  }
  const type = (part as { type?: unknown }).type;
  return typeof type === 'string' && !type.startsWith('xstate.') ? type : undefined;
}

function isOfDelay(action: unknown): boolean {
  const { event, sendId } = action as { event?: { type?: unknown }; sendId?: unknown };
  return [event?.type, sendId].some(
    (id) => typeof id === 'string' && id.startsWith('xstate.after.'),
  );
}
