/** What an object does when one operation comes after the other: the measure of what is right. */
import type { Operation } from './operation.js';

/**
 * The sequential specification of an object. States are never changed, only followed by others.
 * What is optional makes checks faster, and never changes a verdict.
 */
export interface Model<S, I, O> {
  readonly initial: S;
  /**
   * The state after an operation that answered `output`, or false where it cannot have answered
   * that in this state. An undefined output fits every state.
   */
  step(state: S, input: I, output?: O): S | false;
  /**
   * The part of the object that an operation concerns, where that is one part: the operations of
   * each part are checked by themselves, each from `initial`. Undefined where an operation concerns
   * more than one; a history with such an operation is checked as a whole.
   */
  key?(input: I): string | undefined;
  /**
   * A primitive value that two states share exactly if nothing can tell them apart. States that are
   * primitives need none; objects without it are the same only if they are one object, which makes
   * a check slow, but not wrong.
   */
  canonical?(state: S): unknown;
  /** What an operation answers in a state; for people, who want to know what was expected. */
  answer?(state: S, input: I): O | undefined;
  /**
   * False if an operation cannot answer `output` any more after this state, whichever of `between`
   * come before it, in whichever order: they are all that may, and the operation itself. True where
   * that is hard to tell.
   */
  mayAnswer?(state: S, input: I, output: O, between: readonly I[]): boolean;
  /**
   * False if `by` can go on as it went, should this operation, of which nothing is known, never
   * have taken effect. Asked of one such operation at a time; one that nothing shows is left out.
   */
  isShownBy?(input: I, by: Operation<I, O>): boolean;
}
