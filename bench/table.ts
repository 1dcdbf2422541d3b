/** Tables as lines of text: the first column to the left, numbers to the right. */

/** Lines of equal width; `header` and every row have the same number of cells. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => align(cell, widths[column]!)).join('  ');
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(header), rule, ...rows.map(line)].map((text) => text.trimEnd());
}

/** Three significant digits or a whole number, whichever says more; thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value < 100) return value.toPrecision(3);
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

function align(cell: string, width: number): string {
  return /^[<>≥]?[\d.-]/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
