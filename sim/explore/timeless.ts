/**
 * A snapshot of a running server, as one in which all that ever happened did so at one instant: the
 * explorer's worlds know no time.
 */
import type { Leadership } from '../../machines/context.js';
import type { ServerSnapshot } from '../../machines/server.js';

/** The same state, with every time that it remembers set to 0. */
export function timeless(snapshot: ServerSnapshot): ServerSnapshot {
  const { leaderContactMs, leadership } = snapshot.context;
  const context = {
    ...snapshot.context,
    leaderContactMs: Math.min(leaderContactMs, 0),
    leadership: leadership && timelessOffice(leadership),
  };
  return { ...snapshot, context } as ServerSnapshot;
}

function timelessOffice(leadership: Leadership): Leadership {
  const followers = Object.entries(leadership.progress).map(([id, progress]) => {
    const { installing } = progress;
    const times = { movedMs: 0, contactMs: 0, answeredSentMs: 0 };
    return [id, { ...progress, ...times, installing: installing && { ...installing, sentMs: 0 } }];
  });
  return { ...leadership, progress: Object.fromEntries(followers) };
}
