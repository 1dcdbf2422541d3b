/** Lines of text in columns. */

/** What is above a column, and on which side its cells begin. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** The header and a line for each row, without anything at their ends. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)));
  const padded = (cell: string, i: number): string =>
    columns[i]!.align === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
  return lines.map((cells) => cells.map(padded).join('  ').trimEnd());
}
