/**
 * State Machine Safety: where one server has applied an entry, no other ever applies a different
 * one (Figure 3, §5.4.3). Checked where an entry is said to be committed, and again where it is
 * applied; each server applies every index once, in order, but for those that a snapshot has
 * brought it; and the same entry is answered alike, so that the states are the same, too.
 */
import type { Applied, Step } from '../actors/serverActor.js';
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
  readonly sometimes = {
    'an entry was applied by two servers': 0,
    'a snapshot was installed': 0,
    'a server began from a snapshot': 0,
  };
  readonly #committed: { readonly entry: Entry; readonly server: ServerId }[] = [];
  readonly #lastApplied = new Map<ServerId, number>();

  started(server: ServerId, { after }: Step): string | undefined {
    const { base } = after.context.snapshot;
    this.#lastApplied.set(server, base.index);
    if (base.index === 0) return undefined;
    this.sometimes['a server began from a snapshot']++;
    return this.#agreeOnTerm(server, base);
  }

  step(server: ServerId, { before, after, effects }: Step): string | undefined {
    const { commitIndex, log, snapshot } = after.context;
    const was = before!.context.commitIndex;
    for (let index = was + 1; index <= commitIndex; index++) {
      const entry = log.entryAt(index);
      if (entry === undefined && index <= snapshot.base.index) continue;
      const broken = this.#agree(server, entry!, 'committed');
      if (broken !== undefined) return broken;
    }
    if (!effects.some(({ type }) => type === 'restore')) return undefined;
    this.sometimes['a snapshot was installed']++;
    this.#lastApplied.set(server, snapshot.base.index);
    return this.#agreeOnTerm(server, snapshot.base);
  }

  applied(server: ServerId, { entry }: Applied): string | undefined {
    const last = this.#lastApplied.get(server) ?? 0;
    if (entry.index !== last + 1) return `${server} applied entry ${entry.index} after ${last}`;
    this.#lastApplied.set(server, entry.index);
    const isSecond = this.#committed[entry.index]?.server !== server;
    if (isSecond) this.sometimes['an entry was applied by two servers']++;
    return this.#agree(server, entry, 'applied');
  }

  #agreeOnTerm(server: ServerId, { index, term }: Pick<Entry, 'index' | 'term'>) {
    const known = this.#committed[index]?.entry.term ?? term;
    if (known === term) return undefined;
    return `${server} has a snapshot up to entry ${index} of term ${term}, not ${known}`;
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
