/** Tests of the client's chart on whatever may happen, line by line. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import {
  clientStage,
  done,
  type Heard,
  refused,
  type Send,
  threw,
} from '../properties/support/clientStage.js';
import { clientMachine } from './client.js';
import type { ClientState } from './clientStepper.js';

/** Every line of the chart, as text. */
function linesOf(node: AnyStateNode): string[] {
  const own = [...(node.always ?? []), ...[...node.transitions.values()].flat()];
  return [...own.map(lineOf), ...Object.values(node.states).flatMap(linesOf)];
}

function lineOf({ source, eventType, guard, target }: AnyTransitionDefinition): string {
  const event = eventType === '' ? 'always' : eventType;
  const leads = (target ?? []).map(({ key }) => key).join(' ');
  return `${source.key}: ${event} ${JSON.stringify(guard)} ${leads}`;
}

const settings = {
  requestsInFlightMax: 3,
  unansweredMax: 6,
  unansweredBytesMax: 120,
  patienceMs: 60,
  sessionUnusedMs: 200,
};

type Stage = ReturnType<typeof clientStage>;

/** Something that happens; commands and queries answer true. */
type Happening = (stage: Stage) => unknown;

const asking = fc
  .tuple(
    fc.constantFrom('command', 'command', 'query'),
    fc.integer({ min: 1, max: 300 }),
    fc.nat(40),
  )
  .map(
    ([kind, timeoutMs, size]): Happening =>
      (stage) => {
        stage[kind as 'command' | 'query'](timeoutMs, new Uint8Array(size));
        return true;
      },
  );

/** An answer to one of the latest calls; a session's index is never given twice. */
const answering = fc
  .tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(...Array<'done'>(5).fill('done'), 'threw', 'notDone', 'unknown', 'expired'),
  )
  .map(
    ([back, type]): Happening =>
      (stage) => {
        if (stage.sends.length < back) return;
        if (type === 'done') stage.answer(-back, done(100 + stage.sends.length));
        else stage.answer(-back, type === 'threw' ? threw : refused(type));
      },
  );

const aborting = fc.integer({ min: 1, max: 20 }).map(
  (number): Happening =>
    (stage) =>
      stage.tell({ type: 'abort', number }),
);

const waiting = fc.nat(120).map(
  (ms): Happening =>
    (stage) =>
      stage.advance(ms),
);

const stopping = fc.constant<Happening>((stage) => {
  const { state } = stage.stepper;
  if (state !== 'closing' && state !== 'stopped') stage.tell({ type: 'stop' });
});

const happenings = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: asking },
    { weight: 9, arbitrary: answering },
    { weight: 1, arbitrary: aborting },
    { weight: 4, arbitrary: waiting },
    { weight: 1, arbitrary: stopping },
  ),
  { maxLength: 60, size: 'max' },
);

describe('the chart, whatever happens', () => {
  it('settles each request once, in time, in bounds and in order, and takes every line', () => {
    const taken = new Set<string>();
    const states = new Set<ClientState>();
    const check = (happened: readonly Happening[]) => {
      const stage = clientStage(settings, noteLines(taken));
      let asked = 0;
      for (const happens of happened) {
        if (happens(stage) === true) asked++;
        states.add(stage.stepper.state);
        expect(brokenIn(stage)).toEqual([]);
      }
      stage.advance(1_000);
      const settled = stage.outcomes.map((outcome) => Number.parseInt(outcome, 10));
      const all = Array.from({ length: asked }, (_, at) => at + 1);
      expect(settled.toSorted((a, b) => a - b)).toEqual(all);
      checkSends(stage.sends);
    };
    fc.assert(fc.property(happenings, check), { seed: 1, numRuns: 200 });
    expect([...states].sort()).toEqual(['closing', 'idle', 'open', 'opening', 'stopped']);
    const notTaken = linesOf(clientMachine.root).filter((line) => !taken.has(line));
    expect(notTaken).toEqual([]);
  });
});

/** What does not hold of a client, of that which always must. */
function brokenIn({ stepper, wakeMs }: Stage): string[] {
  const { waiting, inFlight, unansweredBytes } = stepper.context;
  const all = [...waiting, ...inFlight];
  const sequences = inFlight.flatMap(({ sequence }) => (sequence > 0 ? sequence : []));
  const laws = {
    'bytes are counted': unansweredBytes === all.reduce((sum, { bytes }) => sum + bytes.length, 0),
    'bytes are bounded': unansweredBytes <= settings.unansweredBytesMax,
    'commands are in their order': sequences.every((it, at) => at === 0 || it > sequences[at - 1]!),
    'it is woken in time': all.every(
      ({ state, deadlineMs, dueMs }) =>
        wakeMs() <= deadlineMs && (state === 'waiting' || wakeMs() <= dueMs),
    ),
  };
  return Object.entries(laws).flatMap(([law, holds]) => (holds ? [] : law));
}

interface Inspected {
  getTransitionData(snapshot: unknown, event: unknown): readonly AnyTransitionDefinition[];
}

/** Notes the lines that the chart takes from `state` with `event`. */
function noteLines(taken: Set<string>): Heard {
  const machine = clientMachine as unknown as Inspected;
  return (value, context, event, after) => {
    const lines = machine.getTransitionData(clientMachine.resolveState({ value, context }), event);
    for (const line of lines) taken.add(lineOf(line));
    const reached: AnyStateNode = lines[0]?.target?.[0] ?? clientMachine.states[value]!;
    if (reached.key === after) return;
    for (const line of reached.always ?? []) taken.add(lineOf(line));
  };
}

/** Commands are first sent in the order of asking, under one sequence each, within the window. */
function checkSends(sends: readonly Send[]): void {
  const bySequence = new Map<string, number>();
  let lastFirstSent = 0;
  for (const { number, attempt, call } of sends) {
    if (call.kind !== 'command') continue;
    const key = `${call.sessionId}/${call.sequence}`;
    expect(bySequence.get(key) ?? number).toBe(number);
    bySequence.set(key, number);
    expect(call.sequence).toBeGreaterThanOrEqual(call.firstUnacknowledged);
    expect(call.sequence - call.firstUnacknowledged).toBeLessThan(settings.requestsInFlightMax);
    if (attempt > 1) continue;
    expect(number).toBeGreaterThan(lastFirstSent);
    lastFirstSent = number;
  }
}
