/**
 * The edges of a chart: which state leads to which, and by what. Where many messages lead the same
 * way under the same guard, the label counts them; the states' tables have every line.
 */
import { type Chart, type ChartState, type ChartTransition, statesOf } from './chart.js';
import type { Line } from './lines.js';

export interface Edge {
  /** Ids of two states. */
  readonly from: string;
  readonly to: string;
  /** What leads there, in source order; at least one. */
  readonly transitions: readonly ChartTransition[];
}

/** So many events are named beside their guard; of more, their number is. */
const eventsNamedMax = 2;

/**
 * Every edge of a chart, one for each two states, in source order. What the root does, each of its
 * states does; the one that it leads to is entered anew.
 */
export function edgesOf(chart: Chart): readonly Edge[] {
  const singles = statesOf(chart).flatMap((state) =>
    leadingAway(state).flatMap((transition) =>
      sourcesOf(chart, state).flatMap((from) =>
        transition.targets.map((to) => ({ from: from.id, to, transitions: [transition] })),
      ),
    ),
  );
  return merged(singles);
}

/** The edges between the outermost states alone; what goes on inside one of them is left out. */
export function outerEdgesOf(chart: Chart): readonly Edge[] {
  const outermost = new Map(
    chart.states.flatMap((outer) => statesOf(outer).map(({ id }) => [id, outer.id] as const)),
  );
  const lifted = edgesOf(chart).flatMap(({ from, to, transitions }) => {
    const [outerFrom, outerTo] = [outermost.get(from), outermost.get(to)];
    if (outerFrom === undefined || outerTo === undefined) return [];
    const isInside = outerFrom === outerTo && (from !== outerFrom || to !== outerTo);
    return isInside ? [] : [{ from: outerFrom, to: outerTo, transitions }];
  });
  return merged(lifted);
}

/**
 * Whether an edge leads from an outermost state, or from inside it, to the next one in source
 * order.
 */
export function isMain(chart: Chart, { from, to }: Pick<Edge, 'from' | 'to'>): boolean {
  const place = (id: string) =>
    chart.states.findIndex((outer) => statesOf(outer).some((state) => state.id === id));
  return place(from) !== -1 && place(to) === place(from) + 1;
}

/** What stands at an edge: a line for each guard. */
export function labelOf({ transitions }: Pick<Edge, 'transitions'>): readonly Line[] {
  return groupsOf(transitions, ({ guard }) => guard).flatMap((alike) => {
    const { guard } = alike[0]!;
    const events = [...new Set(alike.map(({ event }) => event))];
    if (guard === undefined) return events.map((text): Line => [{ text, tone: 'event' }]);
    const condition = { text: `[${guard}]`, tone: 'guard' } as const;
    if (events.length > eventsNamedMax) {
      return [[{ text: `${events.length} events`, tone: 'hint' }, condition]];
    }
    return events.map(
      (text): Line => (text === 'always' ? [condition] : [{ text, tone: 'event' }, condition]),
    );
  });
}

function leadingAway(state: ChartState): readonly ChartTransition[] {
  return state.transitions.filter(({ isInternal }) => !isInternal);
}

/** The root has no box of its own to lead away from, so each of its states does. */
function sourcesOf(chart: Chart, state: ChartState): readonly ChartState[] {
  return state === chart ? chart.states : [state];
}

function merged(edges: readonly Edge[]): readonly Edge[] {
  return groupsOf(edges, ({ from, to }) => JSON.stringify([from, to])).map((alike) => ({
    ...alike[0]!,
    transitions: alike.flatMap(({ transitions }) => transitions),
  }));
}

/**
 * The items that have a key in common, in the order in which the keys first come. No group is
 * empty.
 */
function groupsOf<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly (readonly T[])[] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
