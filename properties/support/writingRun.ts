/** A run that a test makes up, write by write, for a law about disks to watch. */
import type { Step } from '../../actors/serverActor.js';
import { configuration } from '../../machines/configuration.js';
import { initialContext, type ServerContext, type ServerEvent } from '../../machines/context.js';
import type { Effect, Persist } from '../../machines/effects.js';
import type { Entry, ServerId } from '../../machines/entry.js';
import { Log, type LogBase, logStart } from '../../machines/log.js';
import type { Role, ServerSnapshot } from '../../machines/server.js';
import { defaultSettings } from '../../machines/settings.js';
import type { Law, Watch } from '../../sim/law.js';
import { entriesAfter, entry, members, snapshotAt } from './script.js';

/** What a server finds on its disk. */
interface Found {
  readonly term?: number;
  readonly votedFor?: ServerId;
  /** By the terms of its entries. */
  readonly log?: readonly number[];
  readonly base?: LogBase;
  /** The entry that its snapshot ends with, if that is another one. */
  readonly snapshot?: LogBase;
}

/** One write: term and vote as they are then, and entries. */
interface Writing {
  readonly term?: number;
  readonly votedFor?: ServerId;
  /** The first of these terms is that of the entry at `from` (behind the end). */
  readonly entries?: readonly number[] | readonly Entry[];
  readonly from?: number;
  readonly base?: LogBase;
}

const voters = configuration(0, members(['a', 'b', 'c']));

export class WritingRun {
  readonly watch: Watch;
  readonly #contexts = new Map<ServerId, ServerContext>();
  /** The role of each that does not lead, as it is, and as it will be with the next step. */
  readonly #role = new Map<ServerId, Role | undefined>();
  readonly #next = new Map<ServerId, Role>();

  constructor(law: Law) {
    this.watch = law.watch();
  }

  starts(id: ServerId, found: Found = {}): string | undefined {
    const { term = 1, votedFor, log = [], base = logStart, snapshot = base } = found;
    const first = initialContext({
      input: {
        id,
        settings: defaultSettings,
        currentTerm: term,
        votedFor,
        base,
        entries: entriesAfter(base.index, log),
        snapshot: snapshotAt(snapshot.index, snapshot.term),
        nowMs: 0,
      },
    });
    const context = { ...first, configuration: voters };
    this.#contexts.set(id, context);
    const after = { value: 'follower', context } as unknown as ServerSnapshot;
    return this.watch.started?.(id, { event: undefined, before: undefined, after, effects: [] });
  }

  /** A server writes, and has not heard so far that it is durable. */
  writes(id: ServerId, writing: Writing): string | undefined {
    const was = this.#of(id);
    const { term = was.currentTerm, votedFor, base, from = was.log.lastIndex + 1 } = writing;
    const entries = (writing.entries ?? []).map((one, i) =>
      typeof one === 'number' ? entry(from + i, one) : one,
    );
    const number = was.writeNumber + 1;
    const rest = base === undefined ? was.log.truncate(from) : Log.empty(base);
    const log = entries.length === 0 && base === undefined ? was.log : rest.append(entries);
    const write: Persist = {
      type: 'persist',
      number,
      currentTerm: term,
      votedFor,
      isVote: false,
      base,
      entries,
      lastIndex: log.lastIndex,
    };
    return this.steps(id, { currentTerm: term, votedFor, log, writeNumber: number }, undefined, [
      write,
    ]);
  }

  /** The disk of a server reports everything up to this write as durable; all, if not given. */
  persisted(
    id: ServerId,
    number = this.#of(id).writeNumber,
    patch: Partial<ServerContext> = {},
  ): string | undefined {
    return this.steps(id, patch, { type: 'persisted', number, lastIndex: 0, atMs: 0 });
  }

  /** A server is in this role from its next step on. */
  becomes(id: ServerId, role: Role): this {
    this.#of(id);
    this.#next.set(id, role);
    return this;
  }

  /** A server takes a step that leaves it so. */
  steps(
    id: ServerId,
    patch: Partial<ServerContext>,
    event?: ServerEvent,
    effects: readonly Effect[] = [],
  ): string | undefined {
    const was = this.#of(id);
    const context = { ...was, ...patch };
    this.#contexts.set(id, context);
    const before = snapshotOf(was, this.#role.get(id));
    this.#role.set(id, this.#next.get(id));
    const after = snapshotOf(context, this.#role.get(id));
    return this.watch.step?.(id, { event, before, after, effects } as Step);
  }

  #of(id: ServerId): ServerContext {
    if (!this.#contexts.has(id)) this.starts(id);
    return this.#contexts.get(id)!;
  }
}

function snapshotOf(context: ServerContext, role: Role = 'follower'): ServerSnapshot {
  const value = context.leadership === undefined ? role : 'leader';
  return { value, context } as unknown as ServerSnapshot;
}
