import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { clientMachine } from '../machines/client.js';
import { installationMachine } from '../machines/installation.js';
import { progressMachine } from '../machines/progress.js';
import { roleMachine, server } from '../machines/server.js';
import { chartOf, statesOf } from './chart.js';
import type { Box, Drawing, PlacedState, Point } from './drawing.js';
import { layeredLayout } from './layeredLayout.js';
import { widthOf } from './lines.js';
import { rowLayout } from './rowLayout.js';

const charts = [
  server,
  roleMachine('follower'),
  roleMachine('preCandidate'),
  roleMachine('candidate'),
  roleMachine('leader'),
  progressMachine,
  installationMachine,
  clientMachine,
  unusualMachine(),
].map((machine: AnyStateMachine) => chartOf(machine));

describe('a drawing', () => {
  it.each(charts)('of $id ($initial.targets) has nothing over anything else', async (chart) => {
    expect(faultsOf(await layeredLayout(chart))).toEqual([]);
    expect(faultsOf(rowLayout(chart))).toEqual([]);
  });

  it.each(charts)('of $id ($initial.targets) shows each state', async (chart) => {
    const { states } = await layeredLayout(chart);
    const shown = new Set(states.map(({ state }) => state.id));
    const missing = statesOf(chart).filter(({ id }) => !shown.has(id) && id !== chart.id);
    expect(missing).toEqual([]);
    const row = rowLayout(chart).states.filter(({ kind }) => kind === 'step');
    expect(row.map(({ state }) => state)).toEqual(chart.states);
  });

  it('of any row of states has nothing over anything else', () => {
    const step = fc.record({ from: fc.nat(4), to: fc.nat(4), hasGuard: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const drawing = rowLayout(chartOf(machineOf(steps)));
        // Ways that only partly overlap must cross somewhere; what matters is that text is free.
        expect(faultsOf(drawing).filter((fault) => fault.includes('label'))).toEqual([]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

/** What a reader would trip over, in words. */
function faultsOf({ states, edges, width, height }: Drawing): readonly string[] {
  const labels = edges
    .filter(({ lines }) => lines.length > 0)
    .map(({ label, from, to, lines }) => ({ box: label, lines, name: `label ${from} > ${to}` }));
  const sheet = { x: 0, y: 0, width, height };
  const faults: string[] = [];
  for (const { name, box, lines } of labels) {
    if (!isInside(box, sheet)) faults.push(`${name} leaves the sheet`);
    if (lines.some((line) => widthOf(line, 11.5) > box.width + 0.01)) faults.push(`${name} is cut`);
    for (const other of labels) {
      if (other.box !== box && overlap(box, other.box))
        faults.push(`${name} is over ${other.name}`);
    }
    for (const { state, ...placed } of states) {
      const isAround = isInside(box, placed.box) && !overlap(box, writtenOn(placed));
      if (!isAround && overlap(box, placed.box)) faults.push(`${name} is over ${state.id}`);
    }
    for (const edge of edges) {
      if (segmentsOf(edge.route).some((segment) => overlap(segment, shrunk(box)))) {
        faults.push(`${edge.from} > ${edge.to} runs through ${name}`);
      }
    }
  }
  for (const { from, to, route } of edges) {
    for (const { state, box } of states) {
      const isEnd = statesOf(state).some(({ id }) => id === from || id === to);
      const crosses = segmentsOf(route).some((segment) => overlap(segment, shrunk(box)));
      if (crosses && !isEnd) faults.push(`${from} > ${to} runs through ${state.id}`);
    }
  }
  return [...faults, ...states.flatMap((state) => faultsOfState(state, states, sheet))];
}

function faultsOfState(
  { state, box, card }: PlacedState,
  states: readonly PlacedState[],
  sheet: Box,
): readonly string[] {
  const faults = isInside(box, sheet) ? [] : [`${state.id} leaves the sheet`];
  for (const { line, x, y, fontSize, anchor } of card.texts) {
    const width = widthOf(line, fontSize);
    const left = anchor === 'middle' ? x - width / 2 : x;
    const place = { x: left, y: y - fontSize, width, height: fontSize };
    if (!isInside(place, { ...box, x: 0, y: 0 }))
      faults.push(`${line[0]?.text} leaves ${state.id}`);
  }
  const inside = new Set(statesOf(state));
  for (const other of states) {
    if (other.state === state || inside.has(other.state)) continue;
    if (statesOf(other.state).includes(state)) {
      if (overlap(box, writtenOn(other))) faults.push(`${state.id} covers ${other.state.id}`);
    } else if (overlap(box, other.box)) faults.push(`${state.id} is over ${other.state.id}`);
  }
  return faults;
}

/** The upper part of a state's box, where its card is written. */
function writtenOn({ box, card }: Pick<PlacedState, 'box' | 'card'>): Box {
  return { ...box, height: card.height };
}

function segmentsOf(route: readonly Point[]): readonly Box[] {
  return route.slice(1).map((end, i) => {
    const start = route[i]!;
    const [x, y] = [Math.min(start.x, end.x), Math.min(start.y, end.y)];
    return { x, y, width: Math.abs(end.x - start.x), height: Math.abs(end.y - start.y) };
  });
}

function shrunk({ x, y, width, height }: Box): Box {
  return { x: x + 1, y: y + 1, width: width - 2, height: height - 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function isInside(a: Box, b: Box): boolean {
  return (
    a.x >= b.x &&
    a.y >= b.y &&
    a.x + a.width <= b.x + b.width + 0.01 &&
    a.y + a.height <= b.y + b.height + 0.01
  );
}

/** A machine of five states with the given steps. */
function machineOf(steps: readonly { from: number; to: number; hasGuard: boolean }[]) {
  const states = Object.fromEntries(
    [0, 1, 2, 3, 4].map((place) => [`state${place}`, { on: eventsOf(place) }]),
  );
  return createMachine({ id: 'row', initial: 'state2', states } as never);

  function eventsOf(place: number) {
    const own = steps.filter(({ from }) => from === place);
    return Object.fromEntries(
      own.map(({ to, hasGuard }, i) => {
        const guard = hasGuard ? { guard: 'isAllowedToGoThere' } : {};
        return [`event${i}`, { target: `state${to}`, reenter: true, ...guard }];
      }),
    );
  }
}

/**
 * What the project's own machines do not have: regions, history, delays, and names far too long.
 */
function unusualMachine() {
  const long = 'aVeryLongNameThatSomebodyGaveToThisWithoutThinkingOfThoseWhoDrawIt'.repeat(2);
  return createMachine({
    id: 'unusual',
    initial: 'first',
    on: { reset: { target: '.first', actions: ['one', 'two', 'three', 'four', long] } },
    states: {
      first: { after: { 100: 'both' }, on: { [long]: { guard: long, target: 'both' } } },
      both: {
        type: 'parallel',
        onDone: 'done',
        states: {
          left: {
            initial: 'a',
            states: {
              a: { on: { go: 'b' } },
              b: { on: { back: 'a', on: 'c' } },
              c: { type: 'final' },
            },
          },
          right: {
            initial: 'd',
            on: { again: { target: 'right', reenter: true }, into: '.e' },
            states: {
              d: { always: { guard: 'isReady', target: 'e' } },
              e: {},
              was: { type: 'history' },
            },
          },
        },
      },
      done: { type: 'final' },
    },
  });
}
