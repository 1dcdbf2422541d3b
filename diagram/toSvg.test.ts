import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { server } from '../machines/server.js';
import { chartOf, statesOf } from './chart.js';
import { toOverviewSvg } from './toOverviewSvg.js';
import { toSvg } from './toSvg.js';

describe('the SVG of a chart', () => {
  it('shows every state, event, guard and rule', async () => {
    const shown = textsOf(await toSvg(chartOf(server)));
    for (const state of statesOf(chartOf(server)).slice(1)) {
      const names = [state.name, ...state.entry, ...state.exit];
      const events = state.transitions.map(({ event }) => event);
      const guards = state.transitions.flatMap(({ guard }) => (guard ? `[${guard}]` : []));
      const rules = state.transitions.flatMap((line) => line.rules);
      expect(shown).toEqual(expect.arrayContaining([...names, ...events, ...guards, ...rules]));
    }
  });

  it('is the same to the byte each time', async () => {
    expect(await toSvg(chartOf(server))).toBe(await toSvg(chartOf(server)));
  });

  it('loads nothing, and runs nothing', async () => {
    const svg = await toSvg(chartOf(server));
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/http|href|<script/);
  });

  it('holds text that would be markup, and none that XML cannot hold', async () => {
    const name = '<b>&"\u0007';
    const machine = createMachine({ id: 'm', initial: name, states: { [name]: {} } } as never);
    expect(await toSvg(chartOf(machine))).toContain('&lt;b>&amp;&quot;?');
  });

  it('has a title to be read out: what the caller says, else the name of the machine', async () => {
    expect(await toSvg(chartOf(server), { title: 'A & B' })).toContain('<title>A &amp; B</title>');
    expect(await toSvg(chartOf(server))).toContain('<title>raft</title>');
  });

  it('draws a machine without states of its own', async () => {
    const chart = chartOf(createMachine({ id: 'idle', on: { go: { actions: 'act' } } }));
    expect(textsOf(await toSvg(chart))).toEqual(['idle', 'go', 'act']);
  });
});

describe('the overview of a chart', () => {
  it('shows the outermost states in their order, with what each does first', () => {
    const shown = textsOf(toOverviewSvg(chartOf(server)));
    expect(shown.slice(0, 8).join(' ')).toBe(
      'follower restartElectionTimer preCandidate startPreVote ' +
        'candidate startElection leader becomeLeader',
    );
  });

  it('leaves out what goes on inside a state', () => {
    expect(textsOf(toOverviewSvg(chartOf(server)))).not.toContain('campaigning');
  });

  it('makes the way from each state to the next the main one', () => {
    const svg = toOverviewSvg(chartOf(server));
    expect(svg.match(/class="edge main"/g)).toHaveLength(3);
    expect(svg.match(/class="edge"/g)).toHaveLength(7);
  });

  it('names below the row what is done in every state', () => {
    const shown = textsOf(toOverviewSvg(chartOf(server)));
    const root = chartOf(server);
    const below = shown.slice(shown.indexOf('in every state'));
    expect(root.transitions.length).toBeGreaterThan(3);
    for (const { event, rules } of root.transitions) {
      expect(below).toEqual(expect.arrayContaining([event, ...rules]));
    }
  });

  it('shows no such table of a root that does nothing by itself', () => {
    const machine = createMachine({ id: 'm', initial: 'a', on: { go: '.a' }, states: { a: {} } });
    expect(textsOf(toOverviewSvg(chartOf(machine)))).toEqual(['a', 'go']);
  });

  it('of a machine without states is an empty sheet', () => {
    expect(textsOf(toOverviewSvg(chartOf(createMachine({ id: 'idle' }))))).toEqual([]);
  });
});

/** The pieces of text in a picture, without the commas between them. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map(([, text]) =>
    text!.replace(/,$/, ''),
  );
}
