/** Why a history cannot be linearized, in one line for people. */
import type { Model } from './model.js';
import type { Operation } from './operation.js';

/** The end of the longest order, and the operation that had to come next. */
export interface Obstacle<S> {
  readonly place: number;
  readonly key: string | undefined;
  /** How many of `all` operations came before it. */
  readonly taken: number;
  readonly all: number;
  /** In which states it might have come. */
  readonly states: readonly S[];
}

/** So much of a value is shown; of longer ones the part where they differ. */
const shownMax = 60;
/** So much of what is alike stands before a difference. */
const alikeMax = 12;

export function explanationOf<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  { place, key, taken, all, states }: Obstacle<S>,
): string {
  const { client, input, output, called, returned } = history[place]!;
  const where = key === undefined || key === '' ? '' : `Key ${cut(JSON.stringify(key))}: `;
  const asked = `${cut(text(input))} of client ${client} from ${called} to ${returned} ms`;
  const expected = states.map((state) => text(model.answer?.(state, input) ?? state));
  const from = Math.min(...expected.map((other) => alike(text(output), other)));
  const shown = [...new Set(expected.map((value) => excerpt(value, from)))].join(' or ');
  const would = model.answer === undefined ? 'the state is' : 'it would be';
  return (
    `${where}${asked} answered ${excerpt(text(output), from)}. After the longest order found, ` +
    `${taken} of ${all} operations, ${would} ${shown}, and nothing that may still come before ` +
    'it explains its answer.'
  );
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function cut(value: string): string {
  return value.length <= shownMax ? value : `${value.slice(0, shownMax)}...`;
}

/** How many characters two texts have in common at their beginning. */
function alike(one: string, other: string): number {
  let i = 0;
  while (i < one.length && one[i] === other[i]) i++;
  return i;
}

/** As much as people read, from shortly before a difference on. */
function excerpt(value: string, difference: number): string {
  const from = value.length <= shownMax ? 0 : Math.max(0, difference - alikeMax);
  return `${from > 0 ? '...' : ''}${cut(value.slice(from))}`;
}
