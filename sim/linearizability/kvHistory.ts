/**
 * Histories of a key-value store that many clients use at once, made up to try checkers on: what
 * each operation answers is decided at a moment between its call and its return.
 */
import { draw } from '../chance.js';
import type { KvInput, KvValue } from './kv.js';
import type { Operation } from './operation.js';

/** What such a store does wrong, once, in the middle of the history. */
export type KvDefect = 'staleRead' | 'lostAppend' | 'duplicatedAppend';

export interface KvHistoryOptions {
  readonly seed: number;
  readonly clients: number;
  /** How many in all. */
  readonly operations: number;
  readonly keys: number;
  /** Of a hundred operations (0): clients never hear of them, and half of them take effect. */
  readonly unknownPercent?: number;
  readonly defect?: KvDefect;
}

type KvOperation = Operation<KvInput, KvValue>;

interface Planned {
  readonly client: number;
  readonly input: KvInput;
  readonly called: number;
  readonly takesEffect: number;
  readonly returned: number;
  readonly isUnknown: boolean;
  readonly isLost: boolean;
}

/** In this purpose of drawing nothing else takes part. */
const purpose = 100;
/** An operation takes 1 to 100 ms, of which clients wait for all but a few. */
const durationMsMax = 100;
const pauseMsMax = 5;

/** The history, in the order of calls. The same for the same options. */
export function kvHistory(options: KvHistoryOptions): KvOperation[] {
  const planned = plan(options).sort((a, b) => a.takesEffect - b.takesEffect);
  const store = new Map<string, { value: KvValue; earlier: KvValue }>();
  const defectAt = defectPlace(planned, options.defect);
  const operations = planned.map((one, i): KvOperation => {
    const { input, client, called, returned, isUnknown, isLost } = one;
    const defect = i === defectAt ? options.defect : undefined;
    const entry = store.get(input.key) ?? { value: null, earlier: null };
    store.set(input.key, entry);
    if (!isLost && defect !== 'lostAppend') apply(entry, input, defect === 'duplicatedAppend');
    if (isUnknown) return { client, input, called, outcome: 'unknown' };
    if (input.type !== 'get') return { client, input, called, returned, outcome: 'done' };
    const output = defect === 'staleRead' ? entry.earlier : entry.value;
    return { client, input, output, called, returned, outcome: 'done' };
  });
  return operations.sort((a, b) => a.called - b.called);
}

function apply(
  entry: { value: KvValue; earlier: KvValue },
  input: KvInput,
  isTwice: boolean,
): void {
  if (input.type === 'get') return;
  entry.earlier = entry.value;
  const before = input.type === 'append' ? (entry.value ?? '') : '';
  entry.value = before + input.value + (isTwice ? input.value : '');
}

function plan({
  seed,
  clients,
  operations,
  keys,
  unknownPercent = 0,
}: KvHistoryOptions): Planned[] {
  const freeAt = Array.from({ length: clients }, () => 0);
  return Array.from({ length: operations }, (_, i): Planned => {
    const drawn = (what: number, below: number) => draw(seed, purpose, i, what) % below;
    const client = i % clients;
    const called = freeAt[client]! + drawn(0, pauseMsMax);
    const returned = called + 1 + drawn(1, durationMsMax);
    freeAt[client] = returned;
    const takesEffect = called + drawn(2, returned - called + 1);
    const input = kvInput(
      `${drawn(3, keys)}`,
      drawn(4, 10),
      `${client}.${Math.floor(i / clients)} `,
    );
    const isUnknown = drawn(5, 100) < unknownPercent;
    const isLost = isUnknown && drawn(6, 2) === 0;
    return { client, input, called, takesEffect, returned, isUnknown, isLost };
  });
}

/** Half of them read, one in twenty writes anew, the others append; every value is another. */
function kvInput(key: string, drawn: number, value: string): KvInput {
  if (drawn < 5) return { type: 'get', key };
  return { type: drawn === 5 && value.charCodeAt(0) % 2 === 0 ? 'put' : 'append', key, value };
}

/** The first operation past the middle with which the defect can be seen; -1 for none. */
function defectPlace(planned: readonly Planned[], defect: KvDefect | undefined): number {
  if (defect === undefined) return -1;
  const isFit = defect === 'staleRead' ? isAfterAppend : isAppendThatIsRead;
  const middle = Math.floor(planned.length / 2);
  return planned.findIndex((one, i) => {
    if (i < middle || one.isUnknown) return false;
    const ofKey = (other: Planned) => other.input.key === one.input.key && !other.isUnknown;
    return isFit(one, planned.slice(0, i).filter(ofKey), planned.slice(i + 1).filter(ofKey));
  });
}

/** Whether it is a read, and the last change an append that had returned before it was called. */
function isAfterAppend({ called, input }: Planned, before: readonly Planned[]): boolean {
  const last = before.findLast((other) => other.input.type !== 'get');
  return input.type === 'get' && last?.input.type === 'append' && last.returned < called;
}

/** Whether it is an append, and a read that is called after it comes before the next put. */
function isAppendThatIsRead(
  { returned, input }: Planned,
  _before: readonly Planned[],
  after: readonly Planned[],
): boolean {
  const next = after.find(
    (other) =>
      other.input.type === 'put' || (other.input.type === 'get' && other.called > returned),
  );
  return input.type === 'append' && next?.input.type === 'get';
}
