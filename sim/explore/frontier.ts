/**
 * The frontier: the worlds of one depth, in the order in which they were found, as a row of
 * numbers. A world takes some fifty bytes; its parts are kept elsewhere, once each.
 */
import type { World } from './worlds.js';

export class Frontier {
  #row = new Int32Array(1_024);
  #end = 0;
  #size = 0;
  readonly #servers: number;

  constructor(servers: number) {
    this.#servers = servers;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#row.byteLength;
  }

  push(state: number, { servers, letters, history }: World): void {
    const end = this.#end + 3 + servers.length + letters.length;
    if (end > this.#row.length) {
      const longer = new Int32Array(Math.max(end, 2 * this.#row.length));
      longer.set(this.#row);
      this.#row = longer;
    }
    let at = this.#end;
    this.#row[at++] = state;
    this.#row[at++] = history;
    this.#row[at++] = letters.length;
    for (const server of servers) this.#row[at++] = server;
    for (const letter of letters) this.#row[at++] = letter;
    this.#end = end;
    this.#size++;
  }

  /** Every world with its state's number, in order. */
  *worlds(): Generator<{ readonly state: number; readonly world: World }> {
    const row = this.#row;
    for (let at = 0; at < this.#end; ) {
      const state = row[at]!;
      const history = row[at + 1]!;
      const from = at + 3;
      const middle = from + this.#servers;
      at = middle + row[from - 1]!;
      const servers = [...row.subarray(from, middle)];
      yield { state, world: { servers, letters: [...row.subarray(middle, at)], history } };
    }
  }
}
