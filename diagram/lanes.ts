/**
 * The ways below a row of states: each goes down, along, and up again. A way over others lies
 * deeper than they do, and the ends at a state are in such an order that ways within one another do
 * not cross.
 */
import { lineHeight, type PlacedEdge, type PlacedState, textFontSize } from './drawing.js';
import { type Edge, labelOf } from './edges.js';
import { charactersIn, type Line, widthOfAll, wrap } from './lines.js';

const labelGap = 5;
const laneGap = 12;
const sidePadding = 8;

/** A way between two places of the row, and where its ends meet the states above. */
interface Lane {
  readonly edge: Edge;
  readonly left: number;
  readonly right: number;
}

/** A place for every way below a row of states, none of them from a state to itself. */
export function placedLanes(
  edges: readonly Edge[],
  row: readonly PlacedState[],
): readonly PlacedEdge[] {
  const lanes = edges.map((edge) => laneOf(edge, row)).sort((a, b) => spanOf(a) - spanOf(b));
  const portOf = portsOf(lanes, row);
  const floors = new Map<Lane, number>();
  return lanes.map((lane, i) => {
    const above = [...floors].filter(([other]) => areOverlapping(lane, other)).map(([, y]) => y);
    const top = Math.max(lowerEdge(row), ...above) + laneGap;
    const deeper = lanes.slice(i + 1);
    const passing = deeper.flatMap((other) => [portOf(other, 'left'), portOf(other, 'right')]);
    const ends = [portOf(lane, 'left'), portOf(lane, 'right')] as const;
    const placed = placedLane(lane, ends, gapBetween(ends, passing), top, row);
    floors.set(lane, placed.label.y + placed.label.height + labelGap);
    return placed;
  });
}

function laneOf(edge: Edge, row: readonly PlacedState[]): Lane {
  const places = [edge.from, edge.to].map((id) => row.findIndex(({ state }) => state.id === id));
  return { edge, left: Math.min(...places), right: Math.max(...places) };
}

function spanOf({ left, right }: Lane): number {
  return right - left;
}

function areOverlapping(a: Lane, b: Lane): boolean {
  return a.left < b.right && b.left < a.right;
}

function lowerEdge(row: readonly PlacedState[]): number {
  return Math.max(...row.map(({ box }) => box.y + box.height));
}

/**
 * Where lanes meet a state: those to its left before those to its right, and the deeper ones in the
 * middle.
 */
function portsOf(lanes: readonly Lane[], row: readonly PlacedState[]) {
  return (lane: Lane, side: 'left' | 'right'): number => {
    const place = lane[side];
    const toLeft = lanes.filter(({ right }) => right === place);
    const toRight = lanes.filter(({ left }) => left === place).toReversed();
    const ends = [...toLeft, ...toRight];
    const { x, width } = row[place]!.box;
    return x + (width * (ends.indexOf(lane) + 1)) / (ends.length + 1);
  };
}

/**
 * The widest gap between two ends that no other lane passes through on its way down: the label's
 * room.
 */
function gapBetween(ends: readonly [number, number], passing: readonly number[]) {
  const [from, to] = ends;
  const bounds = [from, ...passing.filter((x) => from < x && x < to), to].sort((a, b) => a - b);
  const gaps = bounds.slice(1).map((end, i) => [bounds[i]!, end] as const);
  return gaps.reduce((widest, gap) => (gap[1] - gap[0] > widest[1] - widest[0] ? gap : widest));
}

/** The lane between two ends, with its label above its floor. */
function placedLane(
  { edge, left }: Lane,
  [from, to]: readonly [number, number],
  [gapStart, gapEnd]: readonly [number, number],
  top: number,
  row: readonly PlacedState[],
): PlacedEdge {
  const room = charactersIn(gapEnd - gapStart - 2 * sidePadding, textFontSize);
  const lines: readonly Line[] = labelOf(edge).flatMap((line) => wrap(line, room));
  const [width, height] = [widthOfAll(lines, textFontSize), lines.length * lineHeight];
  const [start, floor] = [lowerEdge(row), top + height + labelGap];
  const route = [
    { x: from, y: start },
    { x: from, y: floor },
    { x: to, y: floor },
    { x: to, y: start },
  ];
  return {
    ...edge,
    lines,
    label: { x: (gapStart + gapEnd - width) / 2, y: top, width, height },
    isMain: false,
    route: edge.from === row[left]!.state.id ? route : route.toReversed(),
  };
}
