/** What a server says of itself in INFO, as names and values: for people, and for monitoring. */
import type { FollowerStatus, Status } from '../../actors/status.js';

/** Names with values, in the order in which they are shown; of a leader also its followers. */
export function statusLines(status: Status): Record<string, string | number> {
  const followers = Object.entries(status.followers).map(
    ([id, follower]) => [`follower_${id}`, followerLine(follower)] as const,
  );
  return {
    server_id: status.id,
    role: status.role,
    term: status.term,
    leader: status.leaderId ?? '',
    transfer_to: status.transferTo ?? '',
    commit_index: status.commitIndex,
    applied_index: status.lastApplied,
    last_index: status.lastIndex,
    base_index: status.baseIndex,
    snapshot_index: status.snapshotIndex,
    log_time_ms: status.logTimeMs,
    sessions: status.sessions,
    disk: status.disk,
    ...Object.fromEntries(followers),
  };
}

/** In the form that INFO has for what has several figures. */
function followerLine(follower: FollowerStatus): string {
  const figures: [string, string | number][] = [
    ['state', follower.state],
    ['match', follower.matchIndex],
    ['lag_entries', follower.lagEntries],
    ['lag_bytes', follower.lagBytes],
    ['lag_ms', Math.round(follower.lagMs)],
    ['silent_ms', follower.silentMs],
  ];
  if (follower.snapshotOffset !== undefined) {
    figures.push(['snapshot_offset', follower.snapshotOffset]);
  }
  return figures.map(([name, value]) => `${name}=${value}`).join(',');
}
