/**
 * Tests of the client at work: against a port that is scripted, and against the session table
 * behind a port that loses, delays, doubles and reorders.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallOutcome } from '../machines/clientContext.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { SessionClient } from './sessionClient.js';
import { Sessions } from './sessions.js';
import type { ForwardAnswer, ForwardRequest } from './transport.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

/** A client whose port does nothing but wait for the test. */
function scripted(settings = {}) {
  const clock = new ManualClock();
  const calls: { what: ForwardRequest; done: (answer: ForwardAnswer) => void }[] = [];
  const port = {
    request: (what: ForwardRequest, done: (answer: ForwardAnswer) => void) =>
      void calls.push({ what, done }),
  };
  const client = new SessionClient({ port, clock, settings });
  const outcomes: string[] = [];
  const ask = (kind: 'command' | 'query', content: string, timeoutMs = 1_000) =>
    client.ask(kind, bytes(content), timeoutMs, (outcome) =>
      outcomes.push(`${content}: ${describeOutcome(outcome)}`),
    );
  return { clock, calls, client, outcomes, ask };
}

function describeOutcome(outcome: CallOutcome): string {
  if (outcome.type === 'done') return `done ${text(outcome.bytes)}`;
  if (outcome.type === 'threw') return `threw ${outcome.message}`;
  return `${outcome.type} ${outcome.cause}`;
}

const done = (index: number, content = ''): ForwardAnswer => ({
  type: 'done',
  index,
  bytes: bytes(content),
});

describe('SessionClient', () => {
  it('sends over its port, and tells whoever asked what came back', () => {
    const { calls, outcomes, ask } = scripted();
    ask('command', 'a');
    ask('query', 'b');
    calls[0]!.done(done(7));
    expect(calls.map(({ what }) => [what.kind, what.sessionId, text(what.bytes)])).toEqual([
      ['openSession', 0, ''],
      ['query', 0, 'b'],
      ['command', 7, 'a'],
    ]);
    calls[2]!.done(done(8, 'A'));
    calls[1]!.done({ type: 'threw', message: 'no' });
    expect(outcomes).toEqual(['a: done A', 'b: threw no']);
  });

  it('tells each outcome once, however often the port answers', () => {
    const { calls, outcomes, ask } = scripted();
    ask('query', 'a');
    for (const content of ['1', '2']) calls[0]!.done(done(7, content));
    expect(outcomes).toEqual(['a: done 1']);
  });

  it('keeps the time: sends again after a rest, and ends at the deadline', () => {
    const { clock, calls, outcomes, ask } = scripted({ retryMinMs: 20 });
    ask('query', 'a', 100);
    calls[0]!.done({ type: 'unknown', reason: 'lost' });
    clock.advance(20);
    expect(calls).toHaveLength(2);
    clock.advance(79);
    expect(outcomes).toEqual([]);
    clock.advance(1);
    expect(outcomes).toEqual(['a: notDone timeout']);
  });

  it('has one timer, and none once it has stopped', () => {
    const { clock, client, ask } = scripted();
    for (let count = 0; count < 10; count++) ask('query', 'a', 1_000 - count);
    expect(clock.timers).toBe(1);
    client.stop(() => {});
    expect(clock.timers).toBe(0);
  });

  it('may be asked again from within an answer, and answered from within a request', () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    const port = {
      request: (what: ForwardRequest, answer: (answer: ForwardAnswer) => void) => {
        seen.push(`${what.kind} ${what.sequence}`);
        answer(done(7));
      },
    };
    const client = new SessionClient({ port, clock });
    client.ask('command', bytes('a'), 100, () => {
      seen.push('answered');
      client.ask('command', bytes('b'), 100, () => seen.push('answered'));
      seen.push('asked');
    });
    expect(seen).toEqual([
      'openSession 0',
      'command 1',
      'answered',
      'asked',
      'command 2',
      'answered',
    ]);
  });

  it('ends what is aborted', () => {
    const { client, outcomes, ask } = scripted();
    client.abort(ask('command', 'a'));
    expect(outcomes).toEqual(['a: notDone aborted']);
  });

  it('stops once its session is closed, and says so to everyone who asks', () => {
    const { calls, client, outcomes, ask } = scripted();
    ask('command', 'a');
    calls[0]!.done(done(7));
    let stopped = 0;
    for (let count = 0; count < 2; count++) client.stop(() => stopped++);
    expect([outcomes, stopped]).toEqual([['a: unknown stopped'], 0]);
    expect(calls.at(-1)!.what).toMatchObject({ kind: 'closeSession', sessionId: 7 });
    calls.at(-1)!.done(done(9));
    expect(stopped).toBe(2);
    client.stop(() => stopped++);
    expect(stopped).toBe(3);
  });
});

/** What becomes of one call on its way; all times in ms. */
interface Fate {
  readonly thereMs: number;
  readonly backMs: number;
  /** A second copy, so much later. */
  readonly copyAfterMs: number | undefined;
  /** How the call is answered before, or instead of, the truth. */
  readonly lie: 'none' | 'unknown' | 'silence' | 'notDone';
}

const fates: fc.Arbitrary<readonly Fate[]> = fc.array(
  fc.record<Fate>({
    thereMs: fc.nat(90),
    backMs: fc.nat(90),
    copyAfterMs: fc.option(fc.nat(200), { nil: undefined, freq: 3 }),
    lie: fc.constantFrom('none', 'none', 'none', 'unknown', 'silence', 'notDone'),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

interface Asked {
  readonly afterMs: number;
  readonly kind: 'command' | 'query';
  readonly timeoutMs: number;
  readonly abortAfterMs: number | undefined;
}

const load: fc.Arbitrary<readonly Asked[]> = fc.array(
  fc.record<Asked>({
    afterMs: fc.nat(40),
    kind: fc.constantFrom('command', 'command', 'command', 'query'),
    timeoutMs: fc.integer({ min: 1, max: 900 }),
    abortAfterMs: fc.option(fc.nat(200), { nil: undefined, freq: 9 }),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/**
 * The servers, as one: a log whose entries are applied as they come, the session table, and a
 * network in between with these fates for its calls, over and over.
 */
class FaultyCluster {
  readonly clock: ManualClock;
  readonly #fates: readonly Fate[];
  readonly #sessions = new Sessions([], { sessionsMax: 2, sessionExpiryMs: 400 });
  #calls = 0;
  #index = 0;
  /** Contents of commands, as often as they were applied. */
  readonly applied: string[] = [];

  constructor(clock: ManualClock, fateOfCalls: readonly Fate[]) {
    this.clock = clock;
    this.#fates = fateOfCalls;
  }

  request(what: ForwardRequest, answer: (answer: ForwardAnswer) => void): void {
    const fate = this.#fates[this.#calls++ % this.#fates.length]!;
    const { thereMs, backMs, copyAfterMs, lie } = fate;
    if (lie === 'unknown') this.#after(backMs, () => answer({ type: 'unknown', reason: 'lost' }));
    // *Not done* is the truth: neither the call nor a copy of it arrives anywhere.
    if (lie === 'notDone')
      return this.#after(backMs, () => answer({ type: 'notDone', reason: 'no leader' }));
    const arrive = () => {
      const truth = this.#answerTo(what);
      if (lie !== 'silence') this.#after(backMs, () => answer(truth));
    };
    this.#after(thereMs, arrive);
    if (copyAfterMs !== undefined) this.#after(thereMs + copyAfterMs, arrive);
  }

  /** Another client opens a session: too many are one too many. */
  crowd(): void {
    this.#sessions.open({ index: ++this.#index, stampMs: this.clock.wallMs() });
  }

  #after(ms: number, run: () => void): void {
    this.clock.schedule(ms, run);
  }

  #answerTo({ kind, bytes: content, ...call }: ForwardRequest): ForwardAnswer {
    if (kind === 'query') return done(this.#index, 'looked');
    const entry = { ...call, index: ++this.#index, stampMs: this.clock.wallMs() };
    if (kind === 'openSession') this.#sessions.open(entry);
    if (kind === 'closeSession') this.#sessions.close(entry);
    if (kind !== 'command') return done(entry.index);
    const admission = this.#sessions.admit(entry);
    switch (admission.type) {
      case 'fresh':
        this.applied.push(text(content));
        this.#sessions.remember(entry, { threw: false, bytes: content });
        return { type: 'done', index: entry.index, bytes: content };
      case 'answered':
        return { type: 'done', index: admission.answer.index, bytes: admission.answer.bytes };
      case 'tooFar':
        return { type: 'notDone', reason: admission.type };
      case 'forgotten':
        return { type: 'unknown', reason: admission.type };
      default:
        return { type: 'expired', reason: admission.type };
    }
  }
}

describe('SessionClient and the session table, whatever the network does', () => {
  it('have every command applied exactly once, or at most once and its outcome unknown', () => {
    const seen = new Map<string, number>();
    const check = (fateOfCalls: readonly Fate[], asked: readonly Asked[], crowdEvery: number) => {
      const clock = new ManualClock();
      const cluster = new FaultyCluster(clock, fateOfCalls);
      const settings = { requestsInFlightMax: 8, patienceMs: 150, retryMinMs: 10, retryMaxMs: 80 };
      const client = new SessionClient({ port: cluster, clock, settings });
      const outcomes = new Map<string, CallOutcome>();
      for (const [at, { afterMs, kind, timeoutMs, abortAfterMs }] of asked.entries()) {
        clock.advance(afterMs);
        if (at % crowdEvery === crowdEvery - 1) cluster.crowd();
        const content = `${kind} ${at}`;
        const number = client.ask(kind, bytes(content), timeoutMs, (outcome) => {
          expect(outcomes.has(content)).toBe(false);
          outcomes.set(content, outcome);
        });
        if (abortAfterMs !== undefined) clock.schedule(abortAfterMs, () => client.abort(number));
      }
      clock.advance(2_000);
      let hasStopped = false;
      client.stop(() => {
        hasStopped = true;
      });
      clock.advance(2_000);
      expect(hasStopped).toBe(true);
      expect(outcomes.size).toBe(asked.length);
      expect(new Set(cluster.applied).size).toBe(cluster.applied.length);
      const applied = new Set(cluster.applied);
      for (const [content, outcome] of outcomes) {
        const how = describeOutcome(outcome).replace(/ (command|query) \d+$/u, '');
        seen.set(how, (seen.get(how) ?? 0) + 1);
        if (content.startsWith('query')) continue;
        if (outcome.type === 'done') expect(text(outcome.bytes)).toBe(content);
        if (outcome.type === 'done') expect(applied.has(content)).toBe(true);
        if (outcome.type === 'notDone') expect(applied.has(content)).toBe(false);
      }
    };
    const crowdEvery = fc.constantFrom(3, 1_000, 1_000);
    fc.assert(fc.property(fates, load, crowdEvery, check), { seed: 1, numRuns: 150 });
    expect([...seen.keys()].sort()).toEqual([
      'done',
      'done looked',
      'notDone aborted',
      'notDone timeout',
      'unknown aborted',
      'unknown sessionExpired',
      'unknown timeout',
    ]);
  });
});
