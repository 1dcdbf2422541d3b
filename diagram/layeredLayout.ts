/**
 * The layout of a detailed chart: states in layers, from the initial state down, boxes within
 * boxes. It is made by the Eclipse Layout Kernel (`elkjs`), an optional peer that is loaded only
 * here.
 */
import type { ElkExtendedEdge, ElkNode, ElkShape } from 'elkjs/lib/elk-api.js';
import { cardOf } from './card.js';
import { type Chart, type ChartState, statesOf } from './chart.js';
import {
  type Box,
  type Card,
  type Drawing,
  labelLengthMax,
  lineHeight,
  type PlacedEdge,
  textFontSize,
} from './drawing.js';
import { edgesOf, isMain, labelOf } from './edges.js';
import { type Line, widthOfAll, wrap } from './lines.js';
import { straightened } from './straighten.js';

const dotSize = 10;
const startPrefix = 'start of ';
const margin = 14;

const layoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': paddingOf(margin),
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '16',
  'elk.spacing.edgeLabel': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '20',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.crossingMinimization.hierarchicalSweepiness': '1', // looks into boxes for crossings
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST', //            the initial state comes first
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
};

/** An edge to be laid out, with its label; `from` may be the dot where a compound state begins. */
interface Wanted {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly Line[];
  readonly isMain: boolean;
}

/** A place for every state, edge and label of a chart. Rejects if `elkjs` is not installed. */
export async function layeredLayout(chart: Chart): Promise<Drawing> {
  const Elk = await loadElk();
  const states = new Map(statesOf(chart).map((state) => [state.id, state]));
  const cards = new Map(
    [...states].map(([id, state]) => [id, cardOf(state, (other) => states.get(other)!.name)]),
  );
  const wanted = wantedEdges(chart);
  const placed = await new Elk().layout<ElkNode>({
    id: '',
    layoutOptions,
    children: hasFrame(chart) ? [nodeOf(chart, cards)] : childrenOf(chart, cards),
    edges: wanted.map(elkEdgeOf),
  });
  const boxes = new Map(nodesIn(placed).map((node) => [node.id, boxOf(node)]));
  return {
    width: placed.width!,
    height: placed.height!,
    states: [...states.values()].flatMap((state) => {
      const [box, card] = [boxes.get(state.id), cards.get(state.id)!];
      return box === undefined ? [] : [{ state, kind: kindOf(state), box, card }];
    }),
    dots: [...boxes]
      .filter(([id]) => id.startsWith(startPrefix))
      .map(([, { x, y }]) => ({ x: x + dotSize / 2, y: y + dotSize / 2 })),
    edges: placed.edges!.map((edge, i) => placedEdge(edge, wanted[i]!, boxes)),
  };
}

async function loadElk() {
  const { default: elkjs } = await import('elkjs/lib/elk.bundled.js').catch(() => {
    throw new Error('diagram: the package elkjs is not installed; run `npm install elkjs`');
  });
  return elkjs.default;
}

/**
 * A root that does something by itself is drawn as a box around its states; else its states stand
 * alone.
 */
function hasFrame({ entry, exit, invokes, transitions, type }: Chart): boolean {
  const deeds = [...entry, ...exit, ...invokes, ...transitions];
  return type !== 'compound' || deeds.length > 0;
}

function nodeOf(state: ChartState, cards: ReadonlyMap<string, Card>): ElkNode {
  const { width, height } = cards.get(state.id)!;
  if (state.states.length === 0) return { id: state.id, width, height };
  return {
    id: state.id,
    layoutOptions: {
      ...layoutOptions,
      'elk.padding': paddingOf(margin, height + margin),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(0, ${width})`, // elkjs takes the two turned, as the layers are
    },
    children: childrenOf(state, cards),
  };
}

function childrenOf(state: ChartState, cards: ReadonlyMap<string, Card>): ElkNode[] {
  const dot = { id: startOf(state.id), width: dotSize, height: dotSize };
  const children = state.states.map((child) => nodeOf(child, cards));
  return state.initial === undefined ? children : [dot, ...children];
}

function kindOf({ states, type }: ChartState) {
  if (type === 'final') return 'end';
  return states.length > 0 ? 'around' : 'state';
}

function paddingOf(around: number, top = around): string {
  return `[top=${top},left=${around},bottom=${around},right=${around}]`;
}

function startOf(id: string): string {
  return startPrefix + id;
}

/**
 * All edges of a chart, in the source order of what they lead to: so the layout keeps that order
 * too.
 */
function wantedEdges(chart: Chart): readonly Wanted[] {
  const order = statesOf(chart).map(({ id }) => id);
  const sorted = [...edgesOf(chart)].sort((a, b) => order.indexOf(a.to) - order.indexOf(b.to));
  const edges = sorted.map((edge) => ({
    from: edge.from,
    to: edge.to,
    lines: labelOf(edge).flatMap((line) => wrap(line, labelLengthMax)),
    isMain: isMain(chart, edge),
  }));
  return [...statesOf(chart).flatMap(startsOf), ...edges];
}

/**
 * From the dot of a compound state to where it begins; from a history state to where it leads at
 * first.
 */
function startsOf(state: ChartState): readonly Wanted[] {
  const { id, initial, type } = state;
  if (initial === undefined) return [];
  const from = type === 'history' ? id : startOf(id);
  const lines: readonly Line[] = initial.rules.map((text) => [{ text, tone: 'rule' }]);
  return initial.targets.map((to) => ({ from, to, lines, isMain: false }));
}

function elkEdgeOf({ from, to, lines }: Wanted, index: number): ElkExtendedEdge {
  const label = {
    text: ' ', // the layout skips a label without text
    width: widthOfAll(lines, textFontSize),
    height: lines.length * lineHeight,
    layoutOptions: { 'elk.edgeLabels.placement': 'CENTER' },
  };
  const labels = lines.length === 0 ? [] : [label];
  return { id: String(index), sources: [from], targets: [to], labels };
}

function nodesIn(node: ElkNode): readonly ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(nodesIn)];
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: ElkShape): Box {
  return { x, y, width, height };
}

function placedEdge(
  { sections = [], labels = [] }: ElkExtendedEdge,
  wanted: Wanted,
  boxes: ReadonlyMap<string, Box>,
): PlacedEdge {
  const route = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const [from, to] = [boxes.get(wanted.from)!, boxes.get(wanted.to)!];
  const label = boxOf(labels[0] ?? {});
  return { ...wanted, route: straightened(route, { from, to, label }), label };
}
