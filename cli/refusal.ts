/**
 * What a person is told when the command line cannot do what was asked: one line, and exit code 1.
 */
import { oneLine } from '../actors/oneLine.js';

/** Longer reasons are cut; the longest of our own has a path or two in it. */
const lengthMax = 1000;

/** A fault of the world, not of the program: it is told without a stack. */
export class Refusal extends Error {
  /** `line` says what is wrong, where, and what to do. */
  constructor(line: string, options?: ErrorOptions) {
    super(oneLine(line, lengthMax), options);
    this.name = 'Refusal';
  }
}

/** Makes a refusal of an error that came as an answer: what those say is meant for people. */
export function refuse(error: unknown): never {
  throw new Refusal(error instanceof Error ? error.message : String(error), { cause: error });
}
