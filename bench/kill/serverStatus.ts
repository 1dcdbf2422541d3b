/** What a server says of itself in the section of INFO that is raftchart's own. */

export interface ServerStatus {
  readonly id: string;
  readonly role: string;
  readonly term: number;
  /** The server that it follows; empty if it knows none. */
  readonly leader: string;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
}

/** Reads the answer to `INFO raftchart`; nothing where a line is missing. */
export function parseStatus(text: string): ServerStatus | undefined {
  const lines = new Map(
    text
      .split(/\r?\n/u)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const [id, role] = [lines.get('server_id'), lines.get('role')];
  const number = (name: string) => Number.parseInt(lines.get(name) ?? '', 10);
  const status = {
    term: number('term'),
    leader: lines.get('leader') ?? '',
    commitIndex: number('commit_index'),
    appliedIndex: number('applied_index'),
    lastIndex: number('last_index'),
  };
  if (id === undefined || role === undefined) return undefined;
  if (Object.values(status).some(Number.isNaN)) return undefined;
  return { id, role, ...status };
}

/** So few entries behind what the leader had committed a moment before is no lag. */
export const lagMax = 8;

/** The leader that most of the servers follow in one term, itself among them. */
export function leaderAmong(
  statuses: readonly (ServerStatus | undefined)[],
): ServerStatus | undefined {
  return statuses.find((status) => {
    if (status?.role !== 'leader') return false;
    const followers = statuses.filter((other) => follows(other, status));
    return followers.length * 2 > statuses.length;
  });
}

/**
 * Whether all servers follow one leader and have applied what it had committed: `before` was asked
 * before `after`.
 */
export function areCaughtUp(
  before: readonly (ServerStatus | undefined)[],
  after: readonly (ServerStatus | undefined)[],
): boolean {
  const leader = leaderAmong(before);
  if (leader === undefined) return false;
  return after.every(
    (status) =>
      status !== undefined &&
      follows(status, leader) &&
      status.appliedIndex >= leader.commitIndex - lagMax,
  );
}

/** Whether all logs end alike, with nothing that is not committed and applied. */
export function endAlike(statuses: readonly (ServerStatus | undefined)[]): boolean {
  const leader = leaderAmong(statuses);
  return statuses.every(
    (status) =>
      status !== undefined &&
      leader !== undefined &&
      follows(status, leader) &&
      status.lastIndex === leader.lastIndex &&
      status.commitIndex === leader.lastIndex &&
      status.appliedIndex === leader.lastIndex,
  );
}

function follows(status: ServerStatus | undefined, leader: ServerStatus): boolean {
  return status?.leader === leader.id && status.term === leader.term;
}
