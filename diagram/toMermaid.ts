/**
 * Writes a statechart as Mermaid text (`stateDiagram-v2`), which GitHub and many editors draw. A
 * change of state is an arrow; what a state does without leaving is listed in its box, or in a note
 * beside a state around others.
 */
import { type Chart, type ChartState, type ChartTransition, statesOf } from './chart.js';
import { edgesOf } from './edges.js';

/** Mermaid's own words, which cannot name a state. */
const reserved = ['direction', 'end', 'note', 'state', 'class', 'style', 'click'];

/** The Mermaid text of a chart. It ends with a newline. */
export function toMermaid(chart: Chart): string {
  const ids = idsOf(chart);
  const isFramed = chart.type !== 'compound' || linesOf(chart).length > 0;
  const body = isFramed ? stateLines(chart, ids) : insideLines(chart, ids);
  const edges = edgesOf(chart).flatMap(({ from, to, transitions }) =>
    transitionLabels(transitions).map(
      (label) => `${ids.get(from)} --> ${ids.get(to)} : ${escaped(label)}`,
    ),
  );
  return ['stateDiagram-v2', ...[...body, ...edges].map(indented), ''].join('\n');
}

/** A name for each state that Mermaid can read: its id, with underscores. */
function idsOf(chart: Chart): ReadonlyMap<string, string> {
  const taken = new Set(reserved);
  return new Map(
    statesOf(chart).map(({ id }) => {
      let name = id.replace(/\W/g, '_');
      while (taken.has(name)) name += '_';
      taken.add(name);
      return [id, name];
    }),
  );
}

function stateLines(state: ChartState, ids: ReadonlyMap<string, string>): readonly string[] {
  const id = ids.get(state.id)!;
  const named = `state "${escaped(state.name)}" as ${id}`;
  const lines = linesOf(state).map(escaped);
  const end = state.type === 'final' ? [`${id} --> [*]`] : [];
  if (state.states.length === 0) {
    const initial = state.initial?.targets.map((to) => `${id} --> ${ids.get(to)}`) ?? [];
    return [named, ...lines.map((line) => `${id} : ${line}`), ...initial, ...end];
  }
  const note = [`note right of ${id}`, ...lines.map(indented), 'end note'];
  const inside = insideLines(state, ids).map(indented);
  return [`${named} {`, ...inside, '}', ...(lines.length > 0 ? note : [])];
}

function insideLines(state: ChartState, ids: ReadonlyMap<string, string>): readonly string[] {
  const regions = state.states.map((child) => stateLines(child, ids));
  if (state.type === 'parallel') {
    return regions.flatMap((region, i) => (i === 0 ? region : ['--', ...region]));
  }
  const rules = state.initial?.rules.join(', ') ?? '';
  const label = rules === '' ? '' : ` : ${escaped(rules)}`;
  const targets = state.initial?.targets ?? [];
  const begin = targets.map((to) => `[*] --> ${ids.get(to)}${label}`);
  return [...begin, ...regions.flat()];
}

/** What a state does without leaving it. */
function linesOf({ entry, exit, invokes, transitions }: ChartState): readonly string[] {
  const deeds = Object.entries({ entry, exit, invoke: invokes });
  return [
    ...deeds.flatMap(([when, names]) => (names.length > 0 ? `${when} / ${names.join(', ')}` : [])),
    ...transitions
      .filter(({ isInternal }) => isInternal)
      .flatMap((line) => transitionLabels([line])),
  ];
}

/** `event [guard] / rules`, where events that differ in nothing else are named together. */
function transitionLabels(transitions: readonly ChartTransition[]): readonly string[] {
  const events = new Map<string, string[]>();
  for (const { event, guard, rules } of transitions) {
    const condition = guard === undefined ? '' : ` [${guard}]`;
    const rest = condition + (rules.length > 0 ? ` / ${rules.join(', ')}` : '');
    events.set(rest, [...(events.get(rest) ?? []), event]);
  }
  return [...events].map(([rest, names]) => names.join(', ') + rest);
}

function indented(line: string): string {
  return `  ${line}`;
}

/** Text that Mermaid takes as text. */
function escaped(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
    .replace(/[#:;"<>{}]/g, (character) => `#${character.codePointAt(0)};`);
}
