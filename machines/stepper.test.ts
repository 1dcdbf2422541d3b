/**
 * Tests of the stepper: it calls the machine in a way of its own, and must do exactly what an actor
 * of XState does, on whatever happens.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, enqueueActions } from 'xstate';
import { type Happening, happenings } from '../properties/support/happenings.js';
import { appendEntries, entry, logOfTerms } from '../properties/support/script.js';
import { noSnapshot, type ServerInput } from './context.js';
import type { Effect } from './effects.js';
import { logStart } from './log.js';
import { type Role, roleOf, type ServerSnapshot, server } from './server.js';
import { defaultSettings } from './settings.js';
import { createStepper } from './stepper.js';

const input: ServerInput = {
  id: 'S1',
  settings: { ...defaultSettings, trailingEntriesMax: 2, leaseReads: true },
  currentTerm: 2,
  votedFor: undefined,
  base: logStart,
  snapshot: noSnapshot,
  nowMs: 0,
  entries: logOfTerms([1, 1, 2]),
};

const roles: readonly Role[] = ['follower', 'preCandidate', 'candidate', 'leader'];

type Resolve = (_: unknown, before: object, said: object) => [ServerSnapshot, unknown, unknown[]?];

/** The same rule, as an action that XState makes: one assignment, and what is to be performed. */
function plainAction({ resolve }: { resolve: Resolve }) {
  return enqueueActions(({ context, event, enqueue }) => {
    const [after, , performed = []] = resolve(undefined, {}, { context, event });
    enqueue.assign(after.context as never);
    for (const action of performed) enqueue(action as never);
  });
}

/**
 * A server that is XState's alone, its actors' and its actions', and what it performed since it was
 * last asked.
 */
function startActor() {
  let performed: Effect[] = [];
  const perform = (_: unknown, { effects }: { effects: readonly Effect[] }) => {
    performed.push(...effects);
  };
  const rules = Object.entries(server.implementations.actions as Record<string, any>)
    .filter(([, action]) => action.type === 'rule')
    .map(([name, action]) => [name, plainAction(action)]);
  const actions = { ...Object.fromEntries(rules), perform };
  const actor = createActor(server.provide({ actions }), { input }).start();
  const takeEffects = () => {
    const effects = performed;
    performed = [];
    return effects;
  };
  return { actor, takeEffects, ruleCount: rules.length };
}

function traceOf(effects: readonly Effect[], { value, context }: ServerSnapshot) {
  const { log, ...rest } = context;
  const terms = log.slice(log.firstIndex, log.length).map(({ term }) => term);
  return { value, context: { ...rest, base: log.base, terms }, effects };
}

describe('the stepper', () => {
  it('does what a started actor does, to the last effect, whatever happens', () => {
    const rolesAndEvents = new Set<string>();
    const check = (history: readonly Happening[]) => {
      const { actor, takeEffects, ruleCount } = startActor();
      expect(ruleCount).toBeGreaterThan(20);
      const { stepper, effects } = createStepper(input);
      const byStepper = [traceOf(effects, stepper.snapshot)];
      const byActor = [traceOf(takeEffects(), actor.getSnapshot())];
      for (const happening of history) {
        const event = happening(stepper.snapshot);
        rolesAndEvents.add(`${roleOf(stepper.snapshot)} ${event.type}`);
        byStepper.push(traceOf(stepper.step(event), stepper.snapshot));
        actor.send(event);
        byActor.push(traceOf(takeEffects(), actor.getSnapshot()));
      }
      expect(byStepper).toEqual(byActor);
    };
    fc.assert(fc.property(happenings, check), { seed: 1, numRuns: 120 });
    const eventTypes = 20;
    expect(rolesAndEvents.size).toBe(roles.length * eventTypes);
  });

  it('hands over what an invariant throws, and stays as it was', () => {
    const { stepper } = createStepper(input);
    stepper.step(appendEntries({ term: 2, prevIndex: 3, prevTerm: 2, commit: 3 }));
    const { snapshot } = stepper;
    const overwriting = appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [3] });
    expect(() => stepper.step(overwriting)).toThrow('Leader Completeness');
    expect(stepper.snapshot).toBe(snapshot);
    const heartbeat = appendEntries({ term: 2, prevIndex: 3, prevTerm: 2 });
    expect(stepper.step(heartbeat).map(({ type }) => type)).toEqual(['send', 'setTimer']);
  });

  it('does not start from what it cannot read', () => {
    const cut = new TextEncoder().encode('{');
    const entries = [entry(1, 1, cut, 'configuration')];
    expect(() => createStepper({ ...input, entries })).toThrow(SyntaxError);
  });

  it('leaves every snapshot as it was, however far it steps', () => {
    const { stepper } = createStepper(input);
    const { snapshot } = stepper;
    const before = traceOf([], snapshot);
    stepper.step(appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, terms: [3, 3] }));
    stepper.step({ type: 'timer.election', atMs: 0 });
    expect(traceOf([], snapshot)).toEqual(before);
  });
});
