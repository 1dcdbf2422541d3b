/** How the log that was read from disk fits together with the newest snapshot beside it. */
import type { Entry } from '../machines/entry.js';
import { type LogBase, logStart } from '../machines/log.js';
import type { WalReplay } from './walReplay.js';

export interface Connection {
  /** The last entry before `entries`: the snapshot's, or an earlier one. */
  readonly base: LogBase;
  readonly entries: readonly Entry[];
  /** Whether the log on disk is another one, and has to begin anew behind `base`. */
  readonly isNew: boolean;
}

/**
 * A snapshot that was received is in place before the log begins anew behind it, so a crash may
 * come between. Then what follows the snapshot's last entry in the log stays, if that entry is
 * there with the same term, and else nothing does (Figure 13, 6 and 7). Undefined: entries are
 * missing that no snapshot covers.
 */
export function connect(replay: WalReplay, snapshot: LogBase | undefined): Connection | undefined {
  const { base, entries, baseIndex } = replay;
  if (baseIndex > (snapshot?.index ?? 0)) return undefined;
  if (snapshot === undefined) return { base: base ?? logStart, entries, isNew: false };
  const term = replay.termAt(snapshot.index);
  // Segments go only when the snapshot covers all that they end with: another one was there.
  if (term === undefined && snapshot.index < replay.lastIndex) return undefined;
  if (term !== snapshot.term) return { base: snapshot, entries: [], isNew: true };
  if (base !== undefined) return { base, entries, isNew: false };
  const [first] = entries;
  if (first === undefined || first.index > snapshot.index)
    return { base: snapshot, entries, isNew: false };
  // The entries before the first are gone, and it can stand for them: so those up to the snapshot
  // survive a restart, for followers that lag behind.
  return { base: baseOf(first), entries: entries.slice(1), isNew: false };
}

function baseOf({ index, term, stampMs }: Entry): LogBase {
  return { index, term, stampMs };
}
