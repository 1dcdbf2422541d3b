/**
 * The card of a state: its name, what it does on entry and exit, and its table of messages in
 * source order.
 */
import type { ChartState, ChartTransition } from './chart.js';
import { type Card, lineHeight, nameFontSize, type PlacedLine, textFontSize } from './drawing.js';
import { type Line, type Span, type Tone, widthOf, widthOfAll, wrap } from './lines.js';

const padding = 14;
const headHeight = 32;
const columnGap = 16;
const groupGap = 6;
const plainFontSize = 10.5;
const plainPadding = 11;
const widthMin = 96;
const cellLengthMax = 40;

/**
 * A line of the source, cell by cell: event, guard, rules, target; each cell may take several
 * lines.
 */
type Row = readonly (readonly Line[])[];

/** The whole card of a state. `nameOf` gives the name of a state's id. */
export function cardOf(state: ChartState, nameOf: (id: string) => string): Card {
  const name: Line = [{ text: state.name, tone: 'name' }];
  const deeds = deedsOf(state);
  const rows = rowsOf(state, nameOf);
  const columns = columnsOf(rows);
  const width = Math.max(
    widthMin,
    widthOf(name, nameFontSize) + 2 * padding,
    widthOfAll(deeds, textFontSize) + 2 * padding,
    columns.end,
  );
  if (deeds.length + rows.length + state.states.length === 0) {
    const texts = [centred(name, width / 2, 21, nameFontSize)];
    return { width, height: headHeight, texts, rulers: [] };
  }
  const head = [
    placed(name, padding, 21, nameFontSize),
    ...deeds.map((line, i) => placed(line, padding, headHeight + 11 + i * lineHeight)),
  ];
  const headEnd = headHeight + deeds.length * lineHeight + (deeds.length > 0 ? 5 : 0);
  const table = tableOf(rows, columns.starts, headEnd);
  return { width, height: table.end, texts: [...head, ...table.texts], rulers: table.rulers };
}

/**
 * The rows of a table from `top` on, with a ruler above each event, and a little room at the end.
 */
function tableOf(rows: readonly Row[], starts: readonly number[], top: number) {
  const texts: PlacedLine[] = [];
  const rulers: number[] = [];
  let y = top;
  for (const row of rows) {
    if (row[0]!.length > 0) {
      if (rulers.length > 0) y += groupGap;
      rulers.push(y);
      y += groupGap;
    }
    row.forEach((lines, column) => {
      lines.forEach((line, i) => {
        texts.push(placed(line, starts[column]!, y + 11 + i * lineHeight));
      });
    });
    y += lineHeight * Math.max(...row.map((lines) => lines.length));
  }
  return { texts, rulers, end: rows.length > 0 ? y + groupGap : y };
}

/**
 * A card with only the name, and what the state does on entry, in the middle of `width`; of its own
 * width if 0.
 */
export function plainCardOf({ name, entry }: ChartState, width = 0): Card {
  const nameLine: Line = [{ text: name, tone: 'name' }];
  const rules = entry.flatMap((text) => wrap([{ text, tone: 'rule' }], cellLengthMax));
  const textWidth = Math.max(widthOf(nameLine, nameFontSize), widthOfAll(rules, plainFontSize));
  const widest = Math.max(width, textWidth + 2 * plainPadding);
  const middle = widest / 2;
  const texts = [
    centred(nameLine, middle, 28, nameFontSize),
    ...rules.map((line, i) => centred(line, middle, 48 + i * lineHeight, plainFontSize)),
  ];
  return { width: widest, height: 44 + rules.length * lineHeight, texts, rulers: [] };
}

function placed(line: Line, x: number, y: number, fontSize = textFontSize): PlacedLine {
  return { line, x, y, fontSize, anchor: 'start' };
}

function centred(line: Line, x: number, y: number, fontSize: number): PlacedLine {
  return { line, x, y, fontSize, anchor: 'middle' };
}

/** What a state does by being entered, left, or active. */
function deedsOf({ entry, exit, invokes, type }: ChartState): readonly Line[] {
  const deeds = { entry, exit, invoke: invokes };
  const lines = Object.entries(deeds)
    .filter(([, names]) => names.length > 0)
    .flatMap(([when, names]) =>
      wrap([{ text: when, tone: 'hint' }, ...spans(names, 'rule')], 2 * cellLengthMax),
    );
  return type === 'history' ? [[{ text: 'where it was before', tone: 'hint' }], ...lines] : lines;
}

function rowsOf({ transitions }: ChartState, nameOf: (id: string) => string): readonly Row[] {
  return transitions.map((transition, index): Row => {
    const isFirstOfEvent = transitions[index - 1]?.event !== transition.event;
    return [
      isFirstOfEvent ? cell([{ text: transition.event, tone: 'event' }]) : [],
      transition.guard === undefined
        ? []
        : cell([{ text: `[${transition.guard}]`, tone: 'guard' }]),
      cell(transition.rules.length === 0 ? [] : spans(transition.rules, 'rule')),
      cell(targetOf(transition, nameOf)),
    ];
  });
}

function targetOf(
  { isInternal, targets }: ChartTransition,
  nameOf: (id: string) => string,
): readonly Span[] {
  if (isInternal) return [];
  return [{ text: '→', tone: 'target' }, ...spans(targets.map(nameOf), 'target')];
}

function cell(line: Line): readonly Line[] {
  return wrap(line, cellLengthMax);
}

/** Names after one another, with commas between. */
function spans(names: readonly string[], tone: Tone): readonly Span[] {
  return names.map((name, i) => ({ text: i < names.length - 1 ? `${name},` : name, tone }));
}

/** Where each column starts, and where the last one ends, padding included. */
function columnsOf(rows: readonly Row[]): { starts: readonly number[]; end: number } {
  const starts: number[] = [];
  let x = padding;
  for (const column of [0, 1, 2, 3]) {
    starts.push(x);
    const width = widthOfAll(
      rows.flatMap((row) => row[column]!),
      textFontSize,
    );
    if (width > 0) x += width + columnGap;
  }
  return { starts, end: x - columnGap + padding };
}
