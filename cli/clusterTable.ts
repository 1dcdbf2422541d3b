/** The servers of `start` as a table: who listens where, who leads, and how far each has come. */
import type { Status } from '../actors/status.js';
import type { ServerState } from './serverProcess.js';
import { type Column, textTable } from './textTable.js';

/** What is shown of one server. */
export interface ServerRow {
  readonly id: string;
  /** Of its process. */
  readonly pid: number | undefined;
  /** Where its Redis clients connect. */
  readonly address: string;
  readonly folder: string;
  readonly state: ServerState;
  readonly status: Status | undefined;
}

const columns: readonly Column[] = [
  { title: 'SERVER', align: 'left' },
  { title: 'PROCESS', align: 'right' },
  { title: 'REDIS CLIENTS', align: 'left' },
  { title: 'ROLE', align: 'left' },
  { title: 'TERM', align: 'right' },
  { title: 'COMMIT', align: 'right' },
  { title: 'APPLIED', align: 'right' },
  { title: 'FOLDER', align: 'left' },
];

/** A header, and one line for each server; none is wider than `width`. */
export function clusterTable(
  rows: readonly ServerRow[],
  width: number,
  hasColor: boolean,
): string[] {
  const cells = rows.map(cellsOf);
  const lines = textTable(columns, cells).map((line) => line.slice(0, width));
  if (!hasColor) return lines;
  return lines.map((line, i) => (i === 0 ? styled('2', line) : inColor(line, rows[i - 1]!)));
}

/** The paper's word where a server is at work, else how it goes. */
export function roleText({ state, status }: ServerRow): string {
  if (state !== 'up' || status === undefined) return state;
  return status.role === 'preCandidate' ? 'pre-candidate' : status.role;
}

function cellsOf(row: ServerRow): string[] {
  const { id, address, folder, state, status } = row;
  const isGone = state === 'down' || state === 'stopped';
  const figures = [status?.term, status?.commitIndex, status?.lastApplied];
  const shown = [row.pid, ...figures].map((figure) => (isGone ? '-' : String(figure ?? '-')));
  return [id, shown[0]!, address, roleText(row), ...shown.slice(1), folder];
}

function inColor(line: string, row: ServerRow): string {
  switch (roleText(row)) {
    case 'leader':
      return styled('1;32', line);
    case 'down':
      return styled('31', line);
    case 'follower':
    case 'stopped':
      return line;
    default:
      return styled('33', line);
  }
}

/** In the style of an ANSI escape: 1 bold, 2 faint, 31 red, 32 green, 33 yellow. */
function styled(style: string, line: string): string {
  return `\u001B[${style}m${line}\u001B[0m`;
}
