/**
 * State Machine Safety: where one server has applied an entry, no other ever applies a different
 * one (Figure 3, §5.4.3). Checked where an entry is said to be committed, and again where it is
 * applied; and each server applies every index once, in order.
 */
import type { Step } from '../actors/serverActor.js';
import type { Entry, ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';
import { sameContent } from './logMatching.js';

export const stateMachineSafety: Law = {
  name: 'State Machine Safety',
  sentence:
    'No two servers apply different entries at the same index, and each applies them in order.',
  watch: () => new StateMachineSafetyWatch(),
};

class StateMachineSafetyWatch implements Watch {
  readonly sometimes = { 'an entry was applied by two servers': 0 };
  readonly #committed: { readonly entry: Entry; readonly server: ServerId }[] = [];
  readonly #lastApplied = new Map<ServerId, number>();

  started(server: ServerId): undefined {
    this.#lastApplied.set(server, 0);
  }

  step(server: ServerId, { before, after }: Step): string | undefined {
    const { commitIndex, log } = after.context;
    const was = before!.context.commitIndex;
    if (commitIndex < was) return `the commit index of ${server} went back`;
    for (let index = was + 1; index <= commitIndex; index++) {
      const broken = this.#agree(server, log.entryAt(index)!, 'committed');
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  applied(server: ServerId, entry: Entry): string | undefined {
    const last = this.#lastApplied.get(server) ?? 0;
    if (entry.index !== last + 1) return `${server} applied entry ${entry.index} after ${last}`;
    this.#lastApplied.set(server, entry.index);
    const isSecond = this.#committed[entry.index]?.server !== server;
    if (isSecond) this.sometimes['an entry was applied by two servers']++;
    return this.#agree(server, entry, 'applied');
  }

  #agree(server: ServerId, entry: Entry, what: string): string | undefined {
    const first = this.#committed[entry.index];
    if (first === undefined) {
      this.#committed[entry.index] = { entry, server };
      return undefined;
    }
    if (first.entry.term === entry.term && sameContent(first.entry, entry)) return undefined;
    const terms = `of term ${entry.term}, not ${first.entry.term} as ${first.server} did`;
    return `${server} ${what} entry ${entry.index} ${terms}`;
  }
}
