/**
 * A request as a client sent it: its arguments, the command's name first, as positions in a buffer.
 * Positions and views are valid until the next request is read: what is to last is copied.
 */
import { parseInteger } from './integer.js';
import { latin1 } from './latin1.js';

export interface Request {
  readonly bytes: Uint8Array;
  /**
   * How many arguments there are, at least 1. Entries of `starts` and `ends` beyond it are left
   * over.
   */
  readonly count: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A view of an argument. */
export function argument(request: Request, index: number): Uint8Array {
  return request.bytes.subarray(request.starts[index], request.ends[index]);
}

/** An argument as a keyword: in lower case, to be compared. */
export function keyword(request: Request, index: number): string {
  return latin1(request.bytes, request.starts[index], request.ends[index]).toLowerCase();
}

/** An argument as text for people: UTF-8, with what is none of it replaced. */
export function argumentText(request: Request, index: number): string {
  return utf8.decode(argument(request, index));
}

/** An argument as an integer of 64 bits, or undefined where it is none. */
export function integerArgument(request: Request, index: number): number | bigint | undefined {
  return parseInteger(request.bytes, request.starts[index], request.ends[index]);
}

const utf8 = new TextDecoder();
