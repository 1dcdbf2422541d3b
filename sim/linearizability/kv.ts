/** A key-value store that is read, written and appended to, as in the labs: each key by itself. */
import type { Model } from './model.js';

/** The text under a key; null where there is none. */
export type KvValue = string | null;

/** What is asked of a store. An append to a key without a value writes it. */
export type KvInput =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put' | 'append'; readonly key: string; readonly value: string };

/**
 * The model of such a store. A get answers the value, null where there is none; what the others
 * answer does not matter. For a store whose missing keys read as empty text, use
 * `{ ...kv, initial: '' }`.
 */
export const kv: Model<KvValue, KvInput, KvValue> = {
  initial: null,
  key: ({ key }) => key,
  step(state, input, output) {
    if (input.type === 'put') return input.value;
    if (input.type === 'append') return (state ?? '') + input.value;
    return output === undefined || output === state ? state : false;
  },
  answer(state, { type }) {
    return type === 'get' ? state : undefined;
  },
  mayAnswer(state, input, output, between) {
    if (input.type !== 'get' || output === state) return true;
    return output !== null && isWithinReach(state ?? '', output, between);
  },
  isShownBy(input, { input: by, output }) {
    if (input.type === 'get' || by.type !== 'get') return false;
    return typeof output === 'string' && output.includes(input.value);
  },
};

/**
 * Whether a text may be a state, or what some put writes, and then what appends add: each of them
 * as often as it likes, which is less strict than they are, and quick.
 */
function isWithinReach(state: string, wanted: string, between: readonly KvInput[]): boolean {
  const starts = wanted.startsWith(state) ? [state.length] : [];
  const values: string[] = [];
  for (const input of between) {
    if (input.type === 'append' && input.value !== '') values.push(input.value);
    if (input.type === 'put' && wanted.startsWith(input.value)) starts.push(input.value.length);
  }
  const reached = new Set(starts);
  // What is added to a set while it is gone through comes up too.
  for (const from of reached) {
    if (from === wanted.length) return true;
    for (const value of values) {
      if (wanted.startsWith(value, from)) reached.add(from + value.length);
    }
  }
  return false;
}
