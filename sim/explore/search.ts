/**
 * The search itself: breadth first, so that a law is broken by as few actions as it can be. Worlds
 * are numbered as they are found; each is looked at once, whichever server is which.
 */
import type { Bounds, CutName } from './bounds.js';
import type { WorldLaw } from './figureThree.js';
import { Frontier } from './frontier.js';
import { noState, StateTable } from './stateTable.js';
import type { World, Worlds } from './worlds.js';

/** Why an exploration ended: all was seen, a law broke, or a bound of that name was reached. */
export type End = 'exhausted' | 'broken' | 'depth' | 'states' | 'milliseconds';

/** A broken law, and the actions that lead to it from the first world. */
export interface Broken {
  readonly law: string;
  readonly detail: string;
  readonly path: readonly number[];
}

export interface SearchOptions {
  readonly worlds: Worlds;
  readonly bounds: Bounds;
  readonly laws: readonly WorldLaw[];
  /** Now, ms on any clock. */
  readonly nowMs: () => number;
  readonly onDepth: (progress: Progress) => void;
}

/** How far a search is. */
export interface Progress {
  readonly depth: number;
  readonly states: number;
}

/** So many worlds are looked at between two glances at the clock. */
const worldsPerGlance = 256;

export class Search {
  readonly #options: SearchOptions;
  readonly #states = new StateTable();
  readonly #cuts: Record<CutName, number> = { newTerms: 0, newEntries: 0, messages: 0 };
  readonly #untilMs: number;
  #broken: Broken | undefined;
  #steps = 0;
  #depth = 0;
  #frontierBytes = 0;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#untilMs = options.nowMs() + options.bounds.milliseconds;
  }

  /** Different worlds that were seen. */
  get states(): number {
    return this.#states.size;
  }

  /** Actions that were taken. */
  get steps(): number {
    return this.#steps;
  }

  /** So many actions lead to the furthest world. */
  get depth(): number {
    return this.#depth;
  }

  /** How many worlds were left out, by the bound beyond which they are. */
  get cuts(): Readonly<Record<CutName, number>> {
    return this.#cuts;
  }

  get broken(): Broken | undefined {
    return this.#broken;
  }

  /** Memory for the worlds that were seen, in bytes. */
  get tableBytes(): number {
    return this.#states.bytes;
  }

  /** Memory for the worlds of two depths, where these were largest, in bytes. */
  get frontierBytes(): number {
    return this.#frontierBytes;
  }

  run(first: World): End {
    const { bounds, worlds } = this.#options;
    let frontier = new Frontier(worlds.ids.length);
    const found = this.#add(first, noState, 0);
    this.#look(first, found);
    frontier.push(found, first);
    while (this.#broken === undefined) {
      if (this.#depth >= bounds.depth) return 'depth';
      const next = new Frontier(worlds.ids.length);
      const end = this.#expand(frontier, next);
      this.#frontierBytes = Math.max(this.#frontierBytes, frontier.bytes + next.bytes);
      if (this.#broken !== undefined) break;
      if (next.size === 0) return end ?? 'exhausted';
      this.#depth++;
      this.#options.onDepth({ depth: this.#depth, states: this.#states.size });
      if (end !== undefined) return end;
      frontier = next;
    }
    this.#depth = this.#broken.path.length;
    return 'broken';
  }

  #expand(frontier: Frontier, next: Frontier): End | undefined {
    const { bounds, nowMs } = this.#options;
    let sinceGlance = 0;
    for (const { state, world } of frontier.worlds()) {
      this.#follow(world, state, next);
      if (this.#broken !== undefined) return undefined;
      if (this.#states.size >= bounds.states) return 'states';
      if (++sinceGlance < worldsPerGlance) continue;
      sinceGlance = 0;
      if (nowMs() > this.#untilMs) return 'milliseconds';
    }
    return undefined;
  }

  /** Takes every action that `world` offers. */
  #follow(world: World, state: number, next: Frontier): void {
    const { worlds } = this.#options;
    for (const action of worlds.actionsOf(world)) {
      this.#steps++;
      const successor = worlds.successor(world, action);
      if ('cut' in successor) {
        this.#cuts[successor.cut]++;
        continue;
      }
      if ('broken' in successor) {
        this.#broken = { ...successor.broken, path: [...this.#states.pathTo(state), action] };
        return;
      }
      const { world: after } = successor;
      const found = this.#add(after, state, action);
      if (found === noState) continue;
      this.#look(after, found);
      if (this.#broken !== undefined) return;
      next.push(found, after);
    }
  }

  #add(world: World, parent: number, action: number): number {
    const { high, low } = this.#options.worlds.fingerprintOf(world);
    return this.#states.add(high, low, parent, action);
  }

  #look(world: World, state: number): void {
    const view = this.#options.worlds.viewOf(world);
    for (const law of this.#options.laws) {
      const detail = law.broken(view);
      if (detail === undefined) continue;
      this.#broken = { law: law.name, detail, path: this.#states.pathTo(state) };
      return;
    }
  }
}
