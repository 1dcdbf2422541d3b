/**
 * Values of programs as plain JSON: what the context of a replicated machine, its output and its
 * events may hold. Besides JSON there are Map, Set, Date, Uint8Array, bigint, undefined, and the
 * numbers that JSON has not. Each of those is an object with one name that begins with `$`:
 *
 * | value               | as JSON                             |
 * | ------------------- | ----------------------------------- |
 * | `new Map([[k, v]])` | `{ "$map": [[k, v]] }`              |
 * | `new Set([v])`      | `{ "$set": [v] }`                   |
 * | `new Date(1)`       | `{ "$date": 1 }`, null if invalid   |
 * | `new Uint8Array(3)` | `{ "$bytes": "AAAA" }`, base64      |
 * | `7n`                | `{ "$bigint": "7" }`                |
 * | `undefined`         | `{ "$undefined": true }`            |
 * | `NaN`, `-0`         | `{ "$number": "NaN" }`, `"-0"`      |
 * | `{ $map: 1 }`       | `{ "$object": { "$map": 1 } }`      |
 *
 * Everything else (functions, symbols, objects of classes, holes in arrays, cycles) is refused by
 * the name of its place: it would be another value on the next server.
 */
import { base64Of } from './base64.js';
import { limits } from './limits.js';
import { RealDate } from './platformTraps.js';

/** What JSON can say. */
export type Packed =
  | null
  | boolean
  | number
  | string
  | readonly Packed[]
  | { readonly [name: string]: Packed };

/** Values are nested so deep at most: deeper ones may overflow the stack of one server alone. */
export const depthMax = 100;

/** Thrown for what cannot be packed or unpacked; the message names the place, and what to do. */
export class NotPackable extends Error {
  constructor(path: string, what: string) {
    super(`${path}: ${what}`);
    this.name = 'NotPackable';
  }
}

/**
 * The same value as JSON. What is plain already is not copied. `path` is what its place is called
 * in errors. Throws {@link NotPackable}.
 */
export function pack(value: unknown, path: string): Packed {
  return packAt(value, path, 0);
}

function packAt(value: unknown, path: string, depth: number): Packed {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return isPlainNumber(value) ? value : { $number: Object.is(value, -0) ? '-0' : `${value}` };
    case 'bigint':
      return packBigint(value, path);
    case 'undefined':
      return { $undefined: true };
    case 'object':
      return value === null ? null : packObject(value, path, depth + 1);
    default:
      throw new NotPackable(path, `a ${typeof value} cannot be replicated; keep plain values`);
  }
}

function packBigint(value: bigint, path: string): Packed {
  const digits = `${value}`;
  const { bigintDigitsMax } = limits;
  if (digits.length <= bigintDigitsMax) return { $bigint: digits };
  throw new NotPackable(path, `a bigint of more than ${bigintDigitsMax} digits`);
}

function packObject(value: object, path: string, depth: number): Packed {
  refuseDepth(path, depth, depthMax);
  if (Array.isArray(value)) return packArray(value, path, depth);
  if (isPlain(value)) return packRecord(value as Record<string, unknown>, path, depth);
  if (value instanceof Map) {
    const pairs = [...value].map((pair, at) => packArray(pair, `${path}.$map[${at}]`, depth));
    return { $map: pairs };
  }
  if (value instanceof Set) return { $set: packArray([...value], `${path}.$set`, depth) };
  if (value instanceof RealDate) {
    const ms = value.getTime();
    return { $date: Number.isNaN(ms) ? null : ms };
  }
  if (value instanceof Uint8Array) return { $bytes: base64Of(value) };
  const name = (value.constructor as { name?: string } | undefined)?.name || 'a class';
  throw new NotPackable(path, `an object of ${name} cannot be replicated; keep its plain fields`);
}

function packArray(values: readonly unknown[], path: string, depth: number): Packed[] {
  const names = Object.keys(values);
  if (names.length !== values.length) {
    throw new NotPackable(path, 'an array with holes or names cannot be replicated; fill them');
  }
  let copy: Packed[] | undefined;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    const packed = isPlainLeaf(value) ? value : packAt(value, `${path}[${at}]`, depth);
    if (packed !== value) copy ??= values.slice(0, at) as Packed[];
    if (copy !== undefined) copy.push(packed);
  }
  return copy ?? (values as Packed[]);
}

function packRecord(
  record: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): Packed {
  if (Object.getOwnPropertySymbols(record).length > 0) {
    throw new NotPackable(path, 'a symbol as a name cannot be replicated; use a string');
  }
  const names = Object.keys(record);
  let copy: Record<string, Packed> | undefined;
  for (const name of names) {
    if (name === '__proto__') throw new NotPackable(path, 'rename the field named __proto__');
    const value = record[name];
    if (isPlainLeaf(value)) continue;
    const packed = packAt(value, `${path}.${name}`, depth);
    if (packed === value) continue;
    copy ??= { ...record } as Record<string, Packed>;
    copy[name] = packed;
  }
  const packed = copy ?? (record as Record<string, Packed>);
  return names.length === 1 && names[0]!.startsWith('$') ? { $object: packed } : packed;
}

function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** What is the same packed and unpacked, in one look. */
export function isPlainLeaf(value: unknown): value is string | boolean | null {
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** Of no class, in whatever realm it was made. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Throws for what is nested deeper than `max`. */
export function refuseDepth(path: string, depth: number, max: number): void {
  if (depth <= max) return;
  const what = `nested deeper than ${max}, or in a circle; keep it flatter`;
  throw new NotPackable(`${path.slice(0, 60)}…`, what);
}
