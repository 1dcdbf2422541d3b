/** Who wants to be told of which instance. */
import type { Cancel, Update } from './watchable.js';

type Take = (update: Update) => void;

export class Watchers {
  readonly #byAddress = new Map<string, Set<Take>>();

  /** Tells `take` of all changes from now on. */
  add(address: string, take: Take): Cancel {
    const takes = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, takes);
    // Of its own, so that one `take` may be added twice.
    const own: Take = (update) => take(update);
    takes.add(own);
    return () => {
      takes.delete(own);
      if (takes.size === 0 && this.#byAddress.get(address) === takes) {
        this.#byAddress.delete(address);
      }
    };
  }

  /** The update is only made where somebody wants it. */
  tell(address: string, make: () => Update): void {
    const takes = this.#byAddress.get(address);
    if (takes === undefined) return;
    const update = make();
    for (const take of takes) take(update);
  }

  /** Everything may have changed. */
  tellAll(updateOf: (address: string) => Update): void {
    for (const address of this.#byAddress.keys()) this.tell(address, () => updateOf(address));
  }
}
