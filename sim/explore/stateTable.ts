/**
 * The worlds that were seen: for each its fingerprint, the world that it was reached from, and by
 * which action. That takes sixteen bytes a world, a hash table of open addressing eight to sixteen
 * more, and what just has grown up to twice as much.
 */

/** No world: what the first one was reached from. */
export const noState = -1;

export class StateTable {
  /** Fingerprint, parent and action of each state, four numbers a state. */
  #states: Int32Array = new Int32Array(4 * 1_024);
  /** The number of a state and one, or 0; at least as many again are free. */
  #slots: Int32Array = new Int32Array(4 * 1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Memory for it, in bytes. */
  get bytes(): number {
    return this.#states.byteLength + this.#slots.byteLength;
  }

  /** The number of a state that was not seen before, from 0 on; `noState` if it was. */
  add(high: number, low: number, parent: number, action: number): number {
    const mask = this.#slots.length - 1;
    let slot = (high ^ (low >>> 7)) & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      const at = 4 * (found - 1);
      if (this.#states[at] === high && this.#states[at + 1] === low) return noState;
      slot = (slot + 1) & mask;
    }
    const state = this.#size++;
    if (4 * this.#size > this.#states.length) this.#states = grown(this.#states);
    this.#states.set([high, low, parent, action], 4 * state);
    this.#slots[slot] = state + 1;
    if (2 * this.#size > this.#slots.length) this.#rehash();
    return state;
  }

  parentOf(state: number): number {
    return this.#states[4 * state + 2]!;
  }

  /** The actions that lead to a state, from the first state on. */
  pathTo(state: number): number[] {
    const actions: number[] = [];
    for (let at = state; this.parentOf(at) !== noState; at = this.parentOf(at)) {
      actions.push(this.#states[4 * at + 3]!);
    }
    return actions.toReversed();
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let state = 0; state < this.#size; state++) {
      const [high, low] = [this.#states[4 * state]!, this.#states[4 * state + 1]!];
      let slot = (high ^ (low >>> 7)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = state + 1;
    }
    this.#slots = slots;
  }
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
