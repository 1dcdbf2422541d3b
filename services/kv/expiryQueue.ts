/**
 * The expiry queue: what expires, the earliest first. A binary heap whose members know their place,
 * so that one that is overwritten leaves at once, and the queue is never longer than the keys that
 * expire.
 */

/**
 * A member: when it expires (ms), and where it stands in the queue, which keeps that up to date.
 */
export interface Expiring {
  readonly expiresAt: number;
  place: number;
}

export class ExpiryQueue<T extends Expiring> {
  readonly #heap: T[] = [];

  get length(): number {
    return this.#heap.length;
  }

  get earliest(): T | undefined {
    return this.#heap[0];
  }

  add(member: T): void {
    this.#heap.push(member);
    this.#moveUp(member, this.#heap.length - 1);
  }

  /** Takes out a member that was added. */
  remove(member: T): void {
    const last = this.#heap.pop()!;
    if (last === member) return;
    if (last.expiresAt < member.expiresAt) this.#moveUp(last, member.place);
    else this.#moveDown(last, member.place);
  }

  /** Puts a member in the place of another that expires at the same time. */
  replace(member: T, by: T): void {
    this.#put(by, member.place);
  }

  /** Finds the place for `member` at `from` or nearer to the front. */
  #moveUp(member: T, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above]!;
      if (parent.expiresAt <= member.expiresAt) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(member, place);
  }

  /** Finds the place for `member` at `from` or further back. */
  #moveDown(member: T, from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const leftChild = this.#heap[left];
      if (leftChild === undefined) break;
      const rightChild = this.#heap[right];
      const isRight = rightChild !== undefined && rightChild.expiresAt < leftChild.expiresAt;
      const child = isRight ? rightChild : leftChild;
      if (child.expiresAt >= member.expiresAt) break;
      this.#put(child, place);
      place = isRight ? right : left;
    }
    this.#put(member, place);
  }

  #put(member: T, place: number): void {
    this.#heap[place] = member;
    member.place = place;
  }
}
