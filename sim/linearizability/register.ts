/** Registers that are read, written, and compared and set. */
import type { Model } from './model.js';
import type { Operation } from './operation.js';

/** What a register holds; null until it is written. */
export type RegisterValue = string | number | null;

/** What is asked of a register. `key` says of which, where there are several. */
export type RegisterInput =
  | { readonly type: 'read'; readonly key?: string }
  | { readonly type: 'write'; readonly key?: string; readonly value: RegisterValue }
  | {
      /** Compare and set: writes `value` if the register holds `expected`, else does nothing. */
      readonly type: 'cas';
      readonly key?: string;
      readonly expected: RegisterValue;
      readonly value: RegisterValue;
    };

/** A read answers the value, a cas whether it wrote, a write nothing. */
export type RegisterOutput = RegisterValue | boolean;

/** The model of registers. */
export const register: Model<RegisterValue, RegisterInput, RegisterOutput> = {
  initial: null,
  key: ({ key = '' }) => key,
  step(state, input, output) {
    const isAnswer = output === undefined || input.type === 'write';
    return isAnswer || output === answer(state, input) ? stateAfter(state, input) : false;
  },
  answer,
  mayAnswer(state, input, output, between) {
    const needed = stateNeeded(input, output);
    if (needed === undefined || state === needed) return true;
    return between.some((other) => other.type !== 'read' && other.value === needed);
  },
  isShownBy(input, by) {
    return input.type !== 'read' && isShown(input.value, by);
  },
};

function stateAfter(state: RegisterValue, input: RegisterInput): RegisterValue {
  const isWritten = input.type === 'write' || (input.type === 'cas' && state === input.expected);
  return isWritten ? input.value : state;
}

function answer(state: RegisterValue, input: RegisterInput): RegisterOutput | undefined {
  if (input.type === 'read') return state;
  return input.type === 'cas' ? state === input.expected : undefined;
}

/** The one state in which an operation answers so; undefined where there are more. */
function stateNeeded(input: RegisterInput, output: RegisterOutput): RegisterValue | undefined {
  if (input.type === 'read') return output as RegisterValue;
  return input.type === 'cas' && output === true ? input.expected : undefined;
}

/** A write is shown by who finds its value, and by a cas that did not find what it expected. */
function isShown(
  value: RegisterValue,
  { input, output }: Operation<RegisterInput, RegisterOutput>,
): boolean {
  if (input.type === 'cas') return input.expected === value || output === false;
  return input.type === 'read' && output === value;
}
