/**
 * What a person is told when the command line cannot do what was asked: one line, and an exit code.
 */
import { oneLine } from '../actors/oneLine.js';

/** Longer reasons are cut; the longest of our own has a path or two in it. */
const lengthMax = 1000;

interface RefusalOptions extends ErrorOptions {
  /** 1 */
  readonly exitCode?: number;
}

/** A fault of the world, not of the program: it is told without a stack. */
export class Refusal extends Error {
  readonly exitCode: number;

  /** `line` says what is wrong, where, and what to do. */
  constructor(line: string, { exitCode = 1, ...options }: RefusalOptions = {}) {
    super(oneLine(line, lengthMax), options);
    this.name = 'Refusal';
    this.exitCode = exitCode;
  }
}

/** Makes a refusal of an error that came as an answer: what those say is meant for people. */
export function refuse(error: unknown): never {
  throw new Refusal(error instanceof Error ? error.message : String(error), { cause: error });
}
