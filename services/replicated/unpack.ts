/** Values of programs out of plain JSON: what `pack.ts` has made of them. */
import { bytesOf } from './base64.js';
import { limits } from './limits.js';
import { depthMax, isPlainLeaf, NotPackable, refuseDepth } from './pack.js';
import { RealDate } from './platformTraps.js';

/** As JSON, values are deeper: a Map is an object with an array of pairs. */
const packedDepthMax = 4 * depthMax;

/** The value that `pack` was given; what is plain is not copied. Throws {@link NotPackable}. */
export function unpack(packed: unknown, path: string): unknown {
  return unpackAt(packed, path, 0);
}

function unpackAt(packed: unknown, path: string, depth: number): unknown {
  if (typeof packed !== 'object' || packed === null) return packed;
  refuseDepth(path, depth + 1, packedDepthMax);
  if (Array.isArray(packed)) return unpackArray(packed, path, depth + 1);
  const names = Object.keys(packed);
  if (names.length === 1 && names[0]!.startsWith('$')) {
    const tag = names[0]!;
    return unpackTagged(tag, (packed as Record<string, unknown>)[tag], path, depth + 1);
  }
  return unpackRecord(packed as Record<string, unknown>, path, depth + 1);
}

function unpackArray(packed: readonly unknown[], path: string, depth: number): unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < packed.length; at++) {
    const item = packed[at];
    const value = isPlainLeaf(item) ? item : unpackAt(item, `${path}[${at}]`, depth);
    if (value !== item) copy ??= packed.slice(0, at);
    if (copy !== undefined) copy.push(value);
  }
  return copy ?? (packed as unknown[]);
}

function unpackRecord(packed: Readonly<Record<string, unknown>>, path: string, depth: number) {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(packed)) {
    if (name === '__proto__') throw new NotPackable(path, 'rename the field named __proto__');
    const item = packed[name];
    if (isPlainLeaf(item)) continue;
    const value = unpackAt(item, `${path}.${name}`, depth);
    if (value === item) continue;
    copy ??= { ...packed };
    copy[name] = value;
  }
  return copy ?? packed;
}

function unpackTagged(tag: string, content: unknown, path: string, depth: number): unknown {
  const malformed = () => new NotPackable(path, `${tag} with what it cannot hold`);
  switch (tag) {
    case '$map': {
      if (!isListOf(content, (pair) => Array.isArray(pair) && pair.length === 2)) throw malformed();
      return new Map(unpackArray(content, path, depth) as [unknown, unknown][]);
    }
    case '$set':
      if (!isListOf(content, () => true)) throw malformed();
      return new Set(unpackArray(content, path, depth));
    case '$date':
      if (content !== null && typeof content !== 'number') throw malformed();
      return new RealDate(content ?? Number.NaN);
    case '$bytes':
      return (typeof content === 'string' ? bytesOf(content) : undefined) ?? fail(malformed());
    case '$bigint':
      if (typeof content !== 'string' || content.length > limits.bigintDigitsMax) throw malformed();
      if (!/^-?\d+$/u.test(content)) throw malformed();
      return BigInt(content);
    case '$undefined':
      return undefined;
    case '$number':
      if (typeof content !== 'string' || !oddNumbers.has(content)) throw malformed();
      return Number(content);
    case '$object':
      if (typeof content !== 'object' || content === null) throw malformed();
      return unpackRecord(content as Record<string, unknown>, path, depth);
    default:
      throw new NotPackable(path, `${tag} is no kind of value that this release knows`);
  }
}

const oddNumbers = new Set(['NaN', 'Infinity', '-Infinity', '-0']);

function fail(error: Error): never {
  throw error;
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(fits);
}
