/**
 * What CONFIG GET shows and CONFIG SET remembers. Settings are kept by this front alone, until it
 * stops, and change nothing: tools ask for them, and expect to be told what they set.
 */
import { globMatch } from './globMatch.js';

/** How many settings may be remembered beside those that are here from the start. */
const rememberedMax = 1000;
/** How long a name and a value may be, in characters. */
const textMax = 4096;

export class Settings {
  readonly #fixed: ReadonlyMap<string, string>;
  readonly #remembered = new Map<string, string>([
    ['save', ''],
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory', '0'],
    ['maxmemory-policy', 'noeviction'],
    ['timeout', '0'],
    ['databases', '1'],
  ]);
  readonly #roomFor: number;

  /** `fixed` are those that mean something here: they are shown, and cannot be set. */
  constructor(fixed: Readonly<Record<string, string>>) {
    this.#fixed = new Map(Object.entries(fixed));
    this.#roomFor = this.#remembered.size + rememberedMax;
  }

  /** Names and values of those whose name matches one of the patterns. */
  matching(patterns: readonly string[]): [string, string][] {
    const all = [...this.#fixed, ...this.#remembered];
    return all.filter(([name]) => patterns.some((pattern) => globMatch(pattern, name)));
  }

  /** Remembers all of them, or none: then answers what is wrong with which. */
  set(pairs: readonly (readonly [string, string])[]): { name: string; why: string } | undefined {
    const added = new Set<string>();
    for (const [name, value] of pairs) {
      if (this.#fixed.has(name)) return { name, why: "can't set immutable config" };
      if (name.length > textMax || value.length > textMax) {
        return { name: name.slice(0, 40), why: `longer than ${textMax} characters` };
      }
      if (!this.#remembered.has(name)) added.add(name);
    }
    if (this.#remembered.size + added.size > this.#roomFor) {
      return { name: pairs[0]![0], why: `more than ${rememberedMax} settings` };
    }
    for (const [name, value] of pairs) this.#remembered.set(name, value);
    return undefined;
  }
}
