/**
 * The layout of an overview: the outermost states in a row, in source order. The way from each to
 * the next is a straight arrow, and every other way runs below the row, the longer the deeper (as
 * in Figure 4 of the paper). Below all that stands the table of what is done in every state.
 */
import { cardOf, plainCardOf } from './card.js';
import type { Chart } from './chart.js';
import {
  type Box,
  type Drawing,
  lineHeight,
  type PlacedEdge,
  type PlacedState,
  textFontSize,
} from './drawing.js';
import { type Edge, isMain, labelOf, outerEdgesOf } from './edges.js';
import { placedLanes } from './lanes.js';
import { charactersIn, type Line, widthOfAll, wrap } from './lines.js';

const margin = 14;
const gapMin = 90;
/** What an arrow between two states needs beside its label. */
const arrowRoom = 13;
const loopHeight = 28;
const startHeight = 30;
const labelGap = 6;
/** So many characters of a label stand on one line between two states. */
const stepLengthMax = 24;

/** A place for the outermost states of a chart, and for all ways between them. */
export function rowLayout(chart: Chart): Drawing {
  const edges = outerEdgesOf(chart);
  const steps = edges.filter((edge) => isMain(chart, edge));
  const loops = edges.filter(({ from, to }) => from === to);
  const others = edges.filter((edge) => !steps.includes(edge) && !loops.includes(edge));
  const width = Math.max(0, ...chart.states.map((state) => plainCardOf(state).width));
  const loopRoom = loops.map((edge) => loopHeight + linesOfLoop(edge, width).length * lineHeight);
  const stepRoom = steps.map((edge) => linesOfStep(edge).length * lineHeight);
  const top = margin + Math.max(startHeight, ...loopRoom, ...stepRoom);
  const states = rowOf(chart, steps, width, top);
  const boxOf = (id: string) => states.find(({ state }) => state.id === id)!.box;
  const start = startOf(chart, boxOf);
  const placed = [
    ...start,
    ...steps.map((edge) => placedStep(edge, boxOf(edge.from), boxOf(edge.to))),
    ...loops.map((edge) => placedLoop(edge, boxOf(edge.from))),
    ...placedLanes(others, states),
  ];
  const lowest = [...states.map(({ box }) => box.y + box.height), ...placed.map(bottomOf)];
  const all = [...states, ...everywhereOf(chart, Math.max(0, ...lowest) + margin)];
  return {
    width: Math.max(0, ...all.map(({ box }) => box.x + box.width)) + margin,
    height: Math.max(0, ...lowest, ...all.map(({ box }) => box.y + box.height)) + margin,
    states: all,
    dots: start.map(({ route }) => route[0]!),
    edges: placed,
  };
}

function rowOf(
  chart: Chart,
  steps: readonly Edge[],
  width: number,
  top: number,
): readonly PlacedState[] {
  const cards = chart.states.map((state) => plainCardOf(state, width));
  const height = Math.max(0, ...cards.map((card) => card.height));
  const labelWidth = widthOfAll(steps.flatMap(linesOfStep), textFontSize);
  const pitch = width + Math.max(gapMin, labelWidth + arrowRoom);
  return chart.states.map((state, place) => {
    const box = { x: margin + place * pitch, y: top, width, height };
    return { state, kind: 'step', box, card: cards[place]! };
  });
}

/** What the root does without leading anywhere, in a box of its own, if there is anything. */
function everywhereOf(chart: Chart, y: number): readonly PlacedState[] {
  const transitions = chart.transitions.filter(({ isInternal }) => isInternal);
  const { entry, exit, invokes } = chart;
  if (entry.length + exit.length + invokes.length + transitions.length === 0) return [];
  const state = { ...chart, name: 'in every state', transitions, states: [] };
  const card = cardOf(state, (id) => id);
  const box = { x: margin, y, width: card.width, height: card.height };
  return [{ state, kind: 'around', box, card }];
}

/** Each part of a step's label has a line of its own, which keeps the states close together. */
function linesOfStep(edge: Edge): readonly Line[] {
  const parts = labelOf(edge).flatMap((line) => line.map((span) => [span]));
  return parts.flatMap((part) => wrap(part, stepLengthMax));
}

/** A loop's label is no wider than its state, so that neighbours have room for theirs. */
function linesOfLoop(edge: Edge, width: number): readonly Line[] {
  return labelOf(edge).flatMap((line) => wrap(line, charactersIn(width, textFontSize)));
}

function placedStep(edge: Edge, from: Box, to: Box): PlacedEdge {
  const y = from.y + from.height / 2;
  const [left, right] = [from.x + from.width, to.x];
  const lines = linesOfStep(edge);
  const height = lines.length * lineHeight;
  const width = widthOfAll(lines, textFontSize);
  const label = { x: (left + right - width) / 2, y: y - labelGap - height, width, height };
  return { ...edge, lines, label, isMain: true, route: [left, right].map((x) => ({ x, y })) };
}

/** A state that is entered anew from itself: a loop above it. */
function placedLoop(edge: Edge, { x, y, width: stateWidth }: Box): PlacedEdge {
  const middle = x + stateWidth / 2;
  const [left, right] = [middle - 22, middle + 22];
  const top = y - loopHeight;
  const lines = linesOfLoop(edge, stateWidth);
  const [width, height] = [widthOfAll(lines, textFontSize), lines.length * lineHeight];
  const label = { x: middle - width / 2, y: top - 3 - height, width, height };
  const route = [
    { x: left, y },
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y },
  ];
  return { ...edge, lines, label, isMain: false, route };
}

/** The arrow from the dot to where the chart begins. */
function startOf(chart: Chart, boxOf: (id: string) => Box): readonly PlacedEdge[] {
  return (chart.initial?.targets ?? []).map((to) => {
    const { x, y } = boxOf(to);
    const route = [y - startHeight + 5, y].map((at) => ({ x: x + 20, y: at }));
    const label = { x, y, width: 0, height: 0 };
    return { from: `start of ${chart.id}`, to, lines: [], label, isMain: false, route };
  });
}

function bottomOf({ route }: PlacedEdge): number {
  return Math.max(...route.map(({ y }) => y));
}
