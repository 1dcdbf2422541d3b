/**
 * The exhaustive explorer: every world that a small cluster can come to, from where a scenario has
 * brought it, within bounds.
 *
 * A schedule of `simulate` is one run among very many. Here nothing is drawn: from one world on,
 * whatever can happen next does, in every order, and each world is looked at by the laws of Figure
 * 3. The servers are the statecharts that ship. What such a search proves is as much as its bounds
 * let in; so it says whether it saw all there is within them, and which of them cut something off.
 */
import { firstEntry } from '../../actors/founding.js';
import { server as shipped } from '../../machines/server.js';
import { defaultSettings, type Settings } from '../../machines/settings.js';
import type { ServerView } from '../run.js';
import { type Bounds, type CutName, defaultBounds } from './bounds.js';
import { type DiskSpeed, founded, type Reached, ServerSteps } from './exploredServer.js';
import { figureThree, type WorldLaw } from './figureThree.js';
import { Fingerprints } from './fingerprint.js';
import { historyKnownTo } from './history.js';
import { followPrefix } from './prefix.js';
import { type End, type Progress, Search } from './search.js';
import { sometimesOf } from './sometimes.js';
import { timeless } from './timeless.js';
import { traceOf } from './trace.js';
import { Worlds } from './worlds.js';

export interface ExploreOptions {
  /** How many servers there are, 1 to 5 (3). */
  readonly servers?: number | undefined;
  /** Where to begin, in place of a new cluster: what a simulation's `view()` says. */
  readonly from?: readonly ServerView[] | undefined;
  /** What happens first, in actions as a trace has them. */
  readonly prefix?: readonly string[] | undefined;
  readonly bounds?: Partial<Bounds> | undefined;
  /** Whether writes take their time (`instant`). */
  readonly disk?: DiskSpeed | undefined;
  /** Whether worlds are one that differ only in which server is which (true). */
  readonly symmetry?: boolean | undefined;
  /** The laws of Figure 3. */
  readonly laws?: readonly WorldLaw[] | undefined;
  readonly settings?: Partial<Settings> | undefined;
  /** Another machine in place of the server's: a mutant. */
  readonly machine?: typeof shipped | undefined;
  /** A clock, ms: without it there is no bound on time, and no rate. */
  readonly nowMs?: (() => number) | undefined;
  /** Told each time that all worlds of a depth were found. */
  readonly onDepth?: ((progress: Progress) => void) | undefined;
}

/** A law that does not hold, and how it comes to that. */
export interface Violation {
  readonly law: string;
  readonly detail: string;
  /** The actions from the first world on, a line each; those of the prefix come before them. */
  readonly trace: readonly string[];
}

export interface Exploration {
  /** Why it ended. */
  readonly end: End;
  /** Worlds that were left out, by the bound beyond which they are; empty if there are none. */
  readonly cuts: Readonly<Partial<Record<CutName, number>>>;
  readonly violation: Violation | undefined;
  /** Different worlds, and the actions that were taken to find them. */
  readonly states: number;
  readonly steps: number;
  /** So many actions lead to the furthest world. */
  readonly depth: number;
  readonly milliseconds: number;
  /** Different worlds a second; 0 without a clock. */
  readonly statesPerSecond: number;
  /** Different states of one server, and different messages, that worlds are made of. */
  readonly serverStates: number;
  readonly messages: number;
  /** Memory for all worlds that were seen, and for those of the two largest depths, in bytes. */
  readonly tableBytes: number;
  readonly frontierBytes: number;
  /** What happened on the way: a search in which nothing did shows nothing. */
  readonly sometimes: Readonly<Record<string, number>>;
}

/** Explores. Throws a PrefixError for a prefix that cannot happen, and a RangeError for more than
 * five servers, or one that is down; each says what is wrong. */
export function explore(options: ExploreOptions): Exploration {
  const { laws = figureThree, nowMs = () => 0, onDepth = () => {} } = options;
  const bounds = { ...defaultBounds, ...options.bounds };
  const startMs = nowMs();
  const { worlds, first } = firstWorld(options, bounds);
  const search = new Search({ worlds, bounds, laws, nowMs, onDepth });
  const end = search.run(first);
  const milliseconds = nowMs() - startMs;
  const { broken, states } = search;
  return {
    end,
    cuts: Object.fromEntries(Object.entries(search.cuts).filter(([, count]) => count > 0)),
    violation: broken && {
      law: broken.law,
      detail: broken.detail,
      trace: traceOf(worlds, first, broken.path),
    },
    states,
    steps: search.steps,
    depth: search.depth,
    milliseconds,
    statesPerSecond: milliseconds === 0 ? 0 : Math.round((states * 1_000) / milliseconds),
    serverStates: worlds.steps.servers.values.length,
    messages: worlds.steps.letters.values.length,
    tableBytes: search.tableBytes,
    frontierBytes: search.frontierBytes,
    sometimes: sometimesOf(worlds),
  };
}

/** The world after the prefix. What that spends is not counted. */
function firstWorld(options: ExploreOptions, bounds: Bounds) {
  const { machine = shipped, disk = 'instant', prefix = [], from } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const ids = from?.map(({ id }) => id) ?? idsOf(options.servers ?? 3);
  const steps = new ServerSteps(machine, settings, disk);
  const fingerprints = new Fingerprints(ids, options.symmetry ?? true);
  const worlds = new Worlds(ids, steps, fingerprints);
  const servers = from === undefined ? newServers(steps, ids) : runningServers(steps, from);
  const history = historyKnownTo(servers.map(({ server }) => server.snapshot));
  const beginning = worlds.worldOf(servers, history);
  const first = worlds.bounded(followPrefix(worlds, beginning, prefix), bounds);
  return { worlds, first };
}

function idsOf(servers: number): string[] {
  return Array.from({ length: servers }, (_, i) => `S${i + 1}`);
}

function newServers(steps: ServerSteps, ids: readonly string[]): Reached[] {
  const first = firstEntry(Object.fromEntries(ids.map((id) => [id, ''])));
  return ids.map((id) => ({ server: steps.restart(id, founded(first)), sends: [] }));
}

function runningServers(steps: ServerSteps, views: readonly ServerView[]): Reached[] {
  return views.map(({ id, snapshot }) => {
    if (snapshot !== undefined) return steps.resume(timeless(snapshot));
    throw new RangeError(`${id} is down: take a moment of the run at which every server is up`);
  });
}
