/** What servers say of themselves, as a table for people and as a document for programs. */
import type { KvReport } from '../services/kv/nodeKvServer.js';
import { addressText } from './optionValues.js';
import { leaderAmong, type ServerAnswer } from './serverAnswer.js';
import { type Column, textTable } from './textTable.js';

type Cell = string | number | null | undefined;

/** A column, and what stands in it for a server, of which its leader says more. */
interface Shown extends Column {
  of(report: KvReport, follower: KvReport['followers'][string] | undefined): Cell;
}

const shown: readonly Shown[] = [
  { title: 'SERVER', align: 'left', of: ({ id }) => id },
  { title: 'ROLE', align: 'left', of: ({ role }) => role },
  { title: 'TERM', align: 'right', of: ({ term }) => term },
  { title: 'LEADER', align: 'left', of: ({ leaderId }) => leaderId },
  { title: 'COMMITTED', align: 'right', of: ({ commitIndex }) => commitIndex },
  { title: 'APPLIED', align: 'right', of: ({ lastApplied }) => lastApplied },
  { title: 'SNAPSHOT', align: 'right', of: ({ snapshotIndex }) => snapshotIndex || undefined },
  { title: 'LAG', align: 'right', of: (_, follower) => follower?.lagEntries },
  { title: 'LAG MS', align: 'right', of: (_, follower) => rounded(follower?.lagMs) },
  { title: 'DISK', align: 'left', of: ({ disk }) => disk },
  { title: 'KEYS', align: 'right', of: ({ keys }) => keys },
];

/** A header, and a line for each server. What is not known is a dash. */
export function statusTable(answers: readonly ServerAnswer[]): string[] {
  const leader = leaderAmong(answers);
  const rows = answers.map(({ address, report }) => {
    const cells = shown.map((column): string => {
      if (report === undefined) return column.title === 'ROLE' ? 'down' : '-';
      return String(column.of(report, leader?.followers[report.id]) ?? '-');
    });
    return [addressText(address), ...cells];
  });
  return textTable([{ title: 'REDIS CLIENTS', align: 'left' }, ...shown], rows);
}

/**
 * The same for programs, with all that is known. Every name is always there; what has no value is
 * null.
 */
export function statusDocument(answers: readonly ServerAnswer[]): object {
  const leader = leaderAmong(answers);
  return {
    leaderId: leader?.id ?? null,
    term: leader?.term ?? null,
    servers: answers.map(({ address, report, refusal }) => ({
      address: addressText(address),
      error: refusal?.message ?? null,
      status: report ?? null,
    })),
  };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
