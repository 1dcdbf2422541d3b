/** What may be tuned of the protocol: times and bounds, with their defaults. */

/**
 * Times in ms, and bounds on what is under way. All may be set; {@link defaultSettings} has the
 * defaults.
 */
export interface Settings {
  /** A leader lets its followers hear from it at least this often. */
  readonly heartbeatMs: number;
  /** How soon followers learn of a new commit index when no entries follow it. */
  readonly commitNoticeMs: number;
  /**
   * A follower that hears nothing for a time drawn between these two stands for election (§5.2).
   */
  readonly electionTimeoutMinMs: number;
  readonly electionTimeoutMaxMs: number;
  /**
   * After a lost election or pre-vote, the next one follows after a time drawn between these two.
   */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** One AppendEntries carries at most so many entries, */
  readonly entriesPerMessageMax: number;
  /** and so many bytes of them, unless the first alone is larger. */
  readonly bytesPerMessageMax: number;
  /** So many messages with entries may be under way to one follower, */
  readonly messagesInFlightMax: number;
  /** and so many bytes of entries. */
  readonly bytesInFlightMax: number;
  /** A command is refused while so many bytes of entries are not committed, unless none are. */
  readonly uncommittedBytesMax: number;
  /**
   * A snapshot is taken once so many bytes of entries were applied since the last one (or as many
   * as that one has, if it is larger), each entry counted with 128 bytes besides its own;
   */
  readonly snapshotAfterBytes: number;
  /** or once so many entries were. */
  readonly snapshotAfterEntries: number;
  /** A piece of a snapshot on its way to a follower has at most so many bytes. */
  readonly chunkBytesMax: number;
  /** Behind a snapshot, at most so many entries stay in the log for slow followers, */
  readonly trailingEntriesMax: number;
  /** and at most so many bytes of them. */
  readonly trailingBytesMax: number;
  /**
   * Whether reads rest on a lease where one holds, and ask nobody then. It costs what makes leases
   * safe: a server that starts grants no vote within the shortest election timeout. To be the same
   * on all servers.
   */
  readonly leaseReads: boolean;
  /** By how much monotonic clocks may run apart, in percent: leases end so much earlier. */
  readonly clockDriftPercentMax: number;
}

export const defaultSettings: Settings = {
  heartbeatMs: 50,
  commitNoticeMs: 10,
  electionTimeoutMinMs: 200,
  electionTimeoutMaxMs: 400,
  retryMinMs: 20,
  retryMaxMs: 120,
  entriesPerMessageMax: 1_024,
  bytesPerMessageMax: 256 * 1_024,
  messagesInFlightMax: 64,
  bytesInFlightMax: 4 * 1_024 * 1_024,
  uncommittedBytesMax: 64 * 1_024 * 1_024,
  snapshotAfterBytes: 64 * 1_024 * 1_024,
  snapshotAfterEntries: 500_000,
  chunkBytesMax: 128 * 1_024,
  trailingEntriesMax: 4_096,
  trailingBytesMax: 8 * 1_024 * 1_024,
  leaseReads: false,
  clockDriftPercentMax: 10,
};

/**
 * What is wrong with settings that would make a cluster that cannot work, in one line; undefined if
 * nothing is.
 */
export function settingsFlaw(settings: Settings): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== 'number') continue;
    const isBound = name === 'trailingEntriesMax' || name === 'trailingBytesMax';
    const least = isBound || name === 'clockDriftPercentMax' ? 0 : 1;
    if (!(value >= least)) return `${name}: ${value} is not a number from ${least} on`;
  }
  const tooLarge = ordered.find(([small, large]) => settings[small] > settings[large]);
  if (tooLarge !== undefined) {
    const [small, large] = tooLarge;
    return `${small}: ${settings[small]} is more than ${large}, ${settings[large]}`;
  }
  if (2 * settings.heartbeatMs > settings.electionTimeoutMinMs) {
    return (
      `heartbeatMs: ${settings.heartbeatMs} is more than half of electionTimeoutMinMs, ` +
      `${settings.electionTimeoutMinMs}: one lost heartbeat would make an election`
    );
  }
  const { clockDriftPercentMax } = settings;
  return clockDriftPercentMax < 100
    ? undefined
    : `clockDriftPercentMax: ${clockDriftPercentMax} leaves no lease at all`;
}

/** The first of each pair must not be the larger one. */
const ordered = [
  ['electionTimeoutMinMs', 'electionTimeoutMaxMs'],
  ['retryMinMs', 'retryMaxMs'],
  ['commitNoticeMs', 'heartbeatMs'],
  ['bytesPerMessageMax', 'bytesInFlightMax'],
] as const;
