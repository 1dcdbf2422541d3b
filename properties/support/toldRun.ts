/** A run that a test makes up, step by step, for a law to watch. */
import type { Applied, Step } from '../../actors/serverActor.js';
import { initialContext, type ServerContext } from '../../machines/context.js';
import type { Persist } from '../../machines/effects.js';
import type { Entry, ServerId } from '../../machines/entry.js';
import { Log, type LogBase, logStart } from '../../machines/log.js';
import type { Role, ServerSnapshot } from '../../machines/server.js';
import { defaultSettings } from '../../machines/settings.js';
import type { Law, Watch } from '../../sim/law.js';
import { entriesAfter, snapshotAt } from './script.js';

/** What of a server a law may look at; a log is written by the terms of its entries. */
interface Scene {
  readonly role: Role;
  readonly term: number;
  readonly log: readonly number[];
  readonly commitIndex: number;
  /** Where its log begins: a snapshot covers what is before. */
  readonly base: LogBase;
}

function sceneOf({ role, term, log, commitIndex, base }: Scene): ServerSnapshot {
  const input = {
    id: 'a',
    settings: defaultSettings,
    currentTerm: term,
    votedFor: undefined,
    base,
    snapshot: snapshotAt(base.index, base.term),
    nowMs: 0,
    entries: [],
  };
  const leadership = role === 'leader' ? ({} as ServerContext['leadership']) : undefined;
  const context = { ...initialContext({ input }), commitIndex, leadership };
  const value = role === 'leader' ? { leader: 'serving' } : role;
  return {
    value,
    context: { ...context, log: Log.empty(base).append(entriesAfter(base.index, log)) },
  } as unknown as ServerSnapshot;
}

/** Servers that do as they are told, watched by one law. */
export class ToldRun {
  readonly watch: Watch;
  readonly #servers = new Map<ServerId, { scene: Scene; snapshot: ServerSnapshot }>();

  constructor(law: Law) {
    this.watch = law.watch();
  }

  /** A server starts from this; what is not said is a follower's of term 1, without a log. */
  starts(id: ServerId, given: Partial<Scene> = {}): string | undefined {
    const nothing = { log: [], commitIndex: 0, base: logStart };
    const scene: Scene = { role: 'follower', term: 1, ...nothing, ...given };
    const after = sceneOf(scene);
    this.#servers.set(id, { scene, snapshot: after });
    return this.watch.started?.(id, { event: undefined, before: undefined, after, effects: [] });
  }

  /** A server becomes this; what is not said stays as it is. */
  becomes(id: ServerId, given: Partial<Scene>, effects: Step['effects'] = []): string | undefined {
    if (!this.#servers.has(id)) this.starts(id);
    const { scene: was, snapshot: before } = this.#servers.get(id)!;
    const scene = { ...was, ...given };
    const isLogSame = given.log === undefined && given.base === undefined;
    const next = sceneOf(scene);
    const context = isLogSame ? { ...next.context, log: before.context.log } : next.context;
    const after = { ...next, context } as ServerSnapshot;
    this.#servers.set(id, { scene, snapshot: after });
    return this.watch.step?.(id, { event: undefined, before, after, effects });
  }

  /** A server installs a snapshot up to `base`; its log is discarded. */
  installs(id: ServerId, base: LogBase): string | undefined {
    return this.becomes(id, { base, log: [], commitIndex: base.index }, [
      { type: 'restore', base },
    ]);
  }

  /** A server writes this log; its entries from `from` on are new. */
  writes(id: ServerId, log: readonly number[], from: number, entries = entriesAfter(0, log)) {
    const write: Persist = {
      type: 'persist',
      number: 1,
      currentTerm: 1,
      votedFor: undefined,
      isVote: false,
      entries: entries.slice(from - 1),
      lastIndex: log.length,
    };
    return this.becomes(id, { log }, [write]);
  }

  /** A server applies an entry; what is not said answers it with nothing. */
  applies(
    id: ServerId,
    entry: Entry,
    outcome: Applied['outcome'] = { type: 'done', index: entry.index, value: undefined },
  ): string | undefined {
    return this.watch.applied?.(id, { entry, outcome });
  }
}
