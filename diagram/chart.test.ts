import { describe, expect, it } from 'vitest';
import {
  type AnyStateMachine,
  and,
  assign,
  createMachine,
  enqueueActions,
  not,
  raise,
  stateIn,
} from 'xstate';
import { clientMachine } from '../machines/client.js';
import { installationMachine } from '../machines/installation.js';
import { progressMachine } from '../machines/progress.js';
import { roleMachine, server } from '../machines/server.js';
import { type ChartState, chartOf, statesOf } from './chart.js';

/** A state as its source has it. */
interface Config {
  readonly entry?: unknown;
  readonly exit?: unknown;
  readonly initial?: string;
  readonly type?: string;
  readonly on?: Record<string, unknown>;
  readonly always?: unknown;
  readonly states?: Record<string, Config>;
}

interface LineConfig {
  readonly guard?: string;
  readonly target?: string;
  readonly actions?: string | readonly string[];
}

const machines: readonly AnyStateMachine[] = [
  server,
  roleMachine('follower'),
  roleMachine('preCandidate'),
  roleMachine('candidate'),
  roleMachine('leader'),
  progressMachine,
  installationMachine,
  clientMachine,
];

describe('the chart of a machine', () => {
  it.each(machines)('has every line of the source, in its order ($config.initial)', (machine) => {
    expect(asSource(chartOf(machine))).toEqual(
      fromSource(machine.root.key, machine.config as Config),
    );
  });

  it('has every guard and rule that the server has a name for, but `perform`', () => {
    const lines = statesOf(chartOf(server)).flatMap((state) => [
      ...state.entry,
      ...state.exit,
      ...state.transitions.flatMap(({ rules }) => rules),
    ]);
    const guards = statesOf(chartOf(server)).flatMap((state) =>
      state.transitions.flatMap(({ guard }) => guard ?? []),
    );
    const { actions, guards: named } = server.implementations;
    expect([...new Set([...lines, 'perform'])].sort()).toEqual(Object.keys(actions).sort());
    expect([...new Set(guards)].sort()).toEqual(Object.keys(named).sort());
  });

  it('never shows the plumbing', () => {
    for (const machine of machines) {
      expect(JSON.stringify(chartOf(machine))).not.toMatch(/xstate\.|perform/);
    }
  });
});

describe('a line of a chart', () => {
  const lineOf = (config: object, event: string) => {
    const states = { a: config, b: {} };
    const machine = createMachine({ id: 'm', initial: 'a', states } as never);
    const lines = chartOf(machine).states[0]!.transitions.filter((line) => line.event === event);
    expect(lines).toHaveLength(1);
    return lines[0]!;
  };

  it('is internal without a target, or with its own state as target', () => {
    expect(lineOf({ on: { go: { actions: 'act' } } }, 'go').isInternal).toBe(true);
    expect(lineOf({ on: { go: { target: 'a', actions: 'act' } } }, 'go').isInternal).toBe(true);
  });

  it('is not internal if its state is entered anew, or begins again inside', () => {
    expect(lineOf({ on: { go: { target: 'a', reenter: true } } }, 'go').isInternal).toBe(false);
    const compound = { initial: 'c', states: { c: {} }, on: { go: { target: 'a' } } };
    expect(lineOf(compound, 'go').isInternal).toBe(false);
  });

  it('names a delay as its source does', () => {
    expect(lineOf({ after: { 100: 'b' } }, 'after 100 ms').targets).toEqual(['m.b']);
    expect(lineOf({ after: { 'my.delay': 'b' } }, 'after my.delay').targets).toEqual(['m.b']);
  });

  it('names the end of a child, and what went wrong with an actor', () => {
    expect(lineOf({ initial: 'c', states: { c: {} }, onDone: 'b' }, 'done').targets).toEqual([
      'm.b',
    ]);
    const invoke = { id: 'fetcher', src: 'fetch', onError: 'b' };
    expect(lineOf({ invoke }, 'error fetcher').targets).toEqual(['m.b']);
  });

  it('spells out combined guards', () => {
    const guard = and(['isUp', not(and(['isLate', 'isOld'])), stateIn('a')]);
    expect(lineOf({ on: { go: { guard } } }, 'go').guard).toBe(
      'isUp and not (isLate and isOld) and in a',
    );
  });

  it('says that something has no name instead of leaving it out', () => {
    const actions = [assign({}), raise({ type: 'next' }), () => {}, enqueueActions(() => {})];
    const line = lineOf({ on: { go: { guard: () => true, actions } } }, 'go');
    expect(line.guard).toBe('(unnamed)');
    expect(line.rules).toEqual(Array(4).fill('(unnamed)'));
  });

  it('has the name of a function or an action with parameters', () => {
    const actions = [function sound() {}, { type: 'ring', params: { times: 2 } }];
    expect(lineOf({ on: { go: { actions } } }, 'go').rules).toEqual(['sound', 'ring']);
  });
});

describe('a state of a chart', () => {
  it('does not show what arms and disarms a delay', () => {
    const a = { after: { 100: 'b' }, entry: 'enter', exit: 'leave' };
    const machine = createMachine({ id: 'm', initial: 'a', states: { a, b: {} } } as never);
    expect(chartOf(machine).states[0]).toMatchObject({ entry: ['enter'], exit: ['leave'] });
  });

  it('names the actors that run in it', () => {
    const machine = createMachine({ id: 'm', invoke: [{ src: 'fetch' }] } as never);
    expect(chartOf(machine).invokes).toEqual(['fetch']);
  });

  it('knows where history leads that has nothing to remember', () => {
    const states = { a: {}, b: { initial: 'c', states: { c: {}, d: {} } } };
    const history = { plain: { type: 'history' }, deep: { type: 'history', target: 'b.d' } };
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { ...states, ...history },
    } as never);
    const targets = chartOf(machine).states.map(({ initial }) => initial?.targets);
    expect(targets).toEqual([undefined, ['m.b.c'], ['m.a'], ['m.b.d']]);
  });
});

/** A state of a chart, in the words of its source: names of targets instead of ids. */
function asSource(state: ChartState): object {
  const nameOf = (id: string) => id.split('.').at(-1);
  return {
    name: state.name,
    isFinal: state.type === 'final',
    initial: state.initial?.targets.map(nameOf),
    entry: state.entry,
    exit: state.exit,
    lines: state.transitions.map(({ event, guard, rules, targets }) => ({
      event,
      guard,
      rules,
      targets: targets.map(nameOf),
    })),
    states: state.states.map(asSource),
  };
}

function fromSource(name: string, config: Config): object {
  const byEvent = Object.entries({
    ...(config.always ? { always: config.always } : {}),
    ...config.on,
  });
  return {
    name,
    isFinal: config.type === 'final',
    initial: config.initial === undefined ? undefined : [config.initial],
    entry: listOf(config.entry),
    exit: listOf(config.exit),
    lines: byEvent.flatMap(([event, lines]) =>
      listOf(lines).map((line) => {
        const { guard, target, actions } = (
          typeof line === 'string' ? { target: line } : line
        ) as LineConfig;
        const targets = target === undefined ? [] : [target.split('.').at(-1)];
        return { event, guard, rules: listOf(actions), targets };
      }),
    ),
    states: Object.entries(config.states ?? {}).map(([key, state]) => fromSource(key, state)),
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
