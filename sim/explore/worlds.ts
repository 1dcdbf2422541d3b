/**
 * Worlds: a whole cluster at one moment, which actions it offers, and where each leads.
 *
 * The network is a set: a message that is under way is not sent once more, and a message may arrive
 * at any time, in any order, or never. So nothing need be said of delay, reordering and loss. Stale
 * ones stay, too: that servers ignore them is what a search is to find out.
 */
import type { ServerId } from '../../machines/entry.js';
import { roleOf } from '../../machines/server.js';
import { type ActionName, actionAt, isOfMessage, nameOf, placeOf } from './action.js';
import { type Bounds, type CutName, noBounds } from './bounds.js';
import type { Reached, ServerSteps } from './exploredServer.js';
import { factsOfHistory } from './fact.js';
import type { WorldView } from './figureThree.js';
import type { Fingerprints } from './fingerprint.js';
import { type Deeds, type History, noHistory, withDeeds, withSpent } from './history.js';
import { type BrokenInvariant, KnownSteps } from './knownSteps.js';
import { Parts } from './parts.js';

/** A world: the numbers of its parts. */
export interface World {
  /** In the order of the servers' ids. */
  readonly servers: readonly number[];
  /** Under way, each once, in the order in which they were sent. */
  readonly letters: readonly number[];
  readonly history: number;
}

/** 64 bits that stand for a world. */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/** Where an action leads: to a world, beyond a bound, or into a broken law. */
export type Successor =
  | { readonly world: World }
  | { readonly cut: CutName }
  | { readonly broken: BrokenInvariant };

/** What may happen only so often, by the action. */
const spends: Readonly<Partial<Record<ActionName, keyof History['spent']>>> = {
  ClientRequest: 'requests',
  Restart: 'crashes',
  DuplicateMessage: 'duplicates',
  DropMessage: 'drops',
  CheckQuorum: 'stepDowns',
};

export class Worlds {
  readonly ids: readonly ServerId[];
  readonly steps: KnownSteps;
  readonly histories: Parts<History>;
  readonly #fingerprints: Fingerprints;
  #bounds: Bounds = noBounds;
  #termMax = Number.POSITIVE_INFINITY;
  #indexMax = Number.POSITIVE_INFINITY;

  constructor(ids: readonly ServerId[], serverSteps: ServerSteps, fingerprints: Fingerprints) {
    this.ids = ids;
    this.#fingerprints = fingerprints;
    this.steps = new KnownSteps(ids, serverSteps, fingerprints);
    this.histories = new Parts(fingerprints, factsOfHistory);
  }

  /** The world of these servers, with nothing under way but what they send. */
  worldOf(reached: readonly Reached[], history: History): World {
    const servers = reached.map(({ server }) => this.steps.servers.numberOf(server));
    const letters = new Set(reached.flatMap(({ sends }) => this.steps.lettersOf(sends)));
    return {
      servers,
      letters: [...letters],
      history: this.histories.numberOf(history),
    };
  }

  /** From this world on, bounds hold; what was spent before does not count. There were none yet. */
  bounded(world: World, bounds: Bounds): World {
    const contexts = this.viewOf(world).servers;
    this.#bounds = bounds;
    this.#termMax = Math.max(...contexts.map((c) => c.currentTerm)) + bounds.newTerms;
    this.#indexMax = Math.max(...contexts.map((c) => c.log.lastIndex)) + bounds.newEntries;
    const history = { ...this.histories.values[world.history]!, spent: noHistory.spent };
    return { ...world, history: this.histories.numberOf(history) };
  }

  /** Every action that the world offers, within the bounds. */
  actionsOf({ servers, letters, history }: World): number[] {
    const { spent } = this.histories.values[history]!;
    const may = (name: ActionName) => {
      const what = spends[name]!;
      return spent[what] < this.#bounds[what];
    };
    const actions: number[] = [];
    for (let i = 0; i < servers.length; i++) {
      const { snapshot, writes } = this.steps.servers.values[servers[i]!]!;
      if (snapshot.context.leadership === undefined) actions.push(actionAt('Timeout', i));
      else {
        actions.push(actionAt('HeartbeatTimer', i));
        if (may('ClientRequest')) actions.push(actionAt('ClientRequest', i));
        if (may('CheckQuorum')) actions.push(actionAt('CheckQuorum', i));
      }
      if (writes.length > 0) actions.push(actionAt('Persisted', i));
      if (may('Restart')) actions.push(actionAt('Restart', i));
    }
    for (let i = 0; i < letters.length; i++) {
      actions.push(actionAt('Receive', i));
      if (may('DuplicateMessage')) actions.push(actionAt('DuplicateMessage', i));
      if (may('DropMessage')) actions.push(actionAt('DropMessage', i));
    }
    return actions;
  }

  /** Where an action leads that the world offers. */
  successor(world: World, action: number): Successor {
    const name = nameOf(action);
    const place = placeOf(action);
    if (name === 'DropMessage') {
      const letters = world.letters.toSpliced(place, 1);
      return { world: { ...world, letters, history: this.#history(world.history, name) } };
    }
    const letter = isOfMessage(name) ? world.letters[place]! : undefined;
    const server = letter === undefined ? place : this.steps.letters.values[letter]!.to;
    const step = this.steps.take(world.servers[server]!, name, letter);
    if ('law' in step) return { broken: step };
    const cut = this.#cutOf(step.after);
    if (cut !== undefined) return { cut };
    const servers = world.servers.with(server, step.after);
    const staying = name === 'Receive' ? world.letters.toSpliced(place, 1) : world.letters;
    const fresh = step.sends.filter((sent) => !staying.includes(sent));
    const letters = fresh.length === 0 ? staying : [...staying, ...fresh];
    if (letters.length > this.#bounds.messages) return { cut: 'messages' };
    return { world: { servers, letters, history: this.#history(world.history, name, step.deeds) } };
  }

  /** The same for worlds that differ only in which server is which. */
  fingerprintOf({ servers, letters, history }: World): Fingerprint {
    const { servers: serverParts, letters: letterParts } = this.steps;
    const signatures = servers.map((server) => serverParts.signatures[server]!);
    const sums = servers.map((server) => serverParts.sumsOf(server));
    for (const letter of letters) sums.push(letterParts.sumsOf(letter));
    sums.push(this.histories.sumsOf(history));
    let least: Fingerprint | undefined;
    for (const renaming of this.#fingerprints.renamingsFor(signatures)) {
      let high = 0;
      let low = 0;
      for (const sum of sums) {
        high = (high + sum[2 * renaming]!) | 0;
        low = (low + sum[2 * renaming + 1]!) | 0;
      }
      const isLess = least === undefined || high < least.high;
      if (isLess || (high === least!.high && low < least!.low)) least = { high, low };
    }
    return least!;
  }

  /** What laws look at. */
  viewOf({ servers, history }: World): WorldView {
    const contexts = servers.map((server) => this.steps.servers.values[server]!.snapshot.context);
    return {
      servers: contexts,
      leaders: contexts.filter(({ leadership }) => leadership !== undefined),
      history: this.histories.values[history]!,
    };
  }

  #history(before: number, name: ActionName, deeds?: Deeds): number {
    const what = spends[name];
    if (what === undefined && deeds === undefined) return before;
    let history = this.histories.values[before]!;
    if (what !== undefined) history = withSpent(history, what);
    if (deeds !== undefined) history = withDeeds(history, deeds);
    return this.histories.numberOf(history);
  }

  #cutOf(server: number): CutName | undefined {
    const { snapshot } = this.steps.servers.values[server]!;
    const { currentTerm, log } = snapshot.context;
    const aim = roleOf(snapshot) === 'preCandidate' ? currentTerm + 1 : currentTerm;
    if (aim > this.#termMax) return 'newTerms';
    return log.lastIndex > this.#indexMax ? 'newEntries' : undefined;
  }
}
