/** What a server is doing, in figures: for people, dashboards and tests. */
import type { DiskCondition, ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Progress } from '../machines/progress.js';
import type { Role } from '../machines/server.js';

export interface Status {
  readonly id: ServerId;
  readonly role: Role | 'stopped';
  readonly term: number;
  readonly leaderId: ServerId | undefined;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastIndex: number;
  /** The log begins behind this index. */
  readonly baseIndex: number;
  /** The newest snapshot covers everything up to this index; 0: there is none. */
  readonly snapshotIndex: number;
  /** Log time: the stamp of the last applied entry, ms since 1970; 0 before the first. */
  readonly logTimeMs: number;
  /** Client sessions that are open. */
  readonly sessions: number;
  readonly disk: DiskCondition;
  /** Whom it is handing leadership over to. */
  readonly transferTo: ServerId | undefined;
  /** Of a leader: the others, by id. */
  readonly followers: Readonly<Record<ServerId, FollowerStatus>>;
}

/** A follower as its leader sees it. */
export interface FollowerStatus {
  readonly state: Progress['state'];
  /** Its log is durable and the leader's up to here. */
  readonly matchIndex: number;
  /** What the leader has and it has not: entries, */
  readonly lagEntries: number;
  /** about so many bytes (measured over the first 4,096 entries), */
  readonly lagBytes: number;
  /** and since when the oldest of it is in the leader's log, ms. */
  readonly lagMs: number;
  /** Since it last answered, ms. */
  readonly silentMs: number;
  /** While it gets a snapshot: where that stands, bytes. */
  readonly snapshotOffset: number | undefined;
}

/** What the protocol's state says of it; of a server that does not run yet, nothing. */
export function statusOf(context: ServerContext | undefined, monotonicMs: number, wallMs: number) {
  return {
    term: context?.currentTerm ?? 0,
    leaderId: context?.leaderId,
    commitIndex: context?.commitIndex ?? 0,
    lastIndex: context?.log.lastIndex ?? 0,
    baseIndex: context?.log.base.index ?? 0,
    snapshotIndex: context?.snapshot.base.index ?? 0,
    transferTo: context?.leadership?.transfer?.to,
    followers: context === undefined ? {} : followersOf(context, monotonicMs, wallMs),
  };
}

/** The followers of a leader; none for anybody else. */
function followersOf(
  { leadership, log }: ServerContext,
  monotonicMs: number,
  wallMs: number,
): Readonly<Record<ServerId, FollowerStatus>> {
  const followers = Object.entries(leadership?.progress ?? {}).map(([id, progress]) => {
    const { state, matchIndex, contactMs, installing } = progress;
    const lagEntries = log.lastIndex - matchIndex;
    const oldest = log.entryAt(Math.max(matchIndex + 1, log.firstIndex)) ?? log.base;
    const follower: FollowerStatus = {
      state,
      matchIndex,
      lagEntries,
      lagBytes: bytesAfter(log, matchIndex),
      lagMs: lagEntries === 0 ? 0 : Math.max(0, wallMs - oldest.stampMs),
      silentMs: Math.max(0, Math.round(monotonicMs - contactMs)),
      snapshotOffset: installing?.offset,
    };
    return [id, follower] as const;
  });
  return Object.fromEntries(followers);
}

const measuredEntriesMax = 4_096;

function bytesAfter(log: Log, index: number): number {
  const lag = log.lastIndex - index;
  const entries = log.slice(index + 1, measuredEntriesMax);
  if (entries.length === 0) return 0;
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
  return Math.round((bytes / entries.length) * lag);
}
