/**
 * Tests of the router: how each request ends, at its deadline, at the leader, or with the router.
 */
import type { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  done,
  type Kind,
  lost,
  refused,
  requested,
  startRouter,
  timeoutMs,
} from '../properties/support/routerStage.js';
import type { ForwardAnswer, Forwarded } from './transport.js';

describe('a deadline', () => {
  it('ends a request that was never sent as not done', () => {
    const { ask, clock, ended } = startRouter();
    ask(1);
    clock.advance(timeoutMs - 1);
    ask(2, 'query');
    expect(ended).toEqual({ 1: [], 2: [] });
    clock.advance(1);
    expect(ended).toEqual({ 1: ['notDone'], 2: [] });
    clock.advance(timeoutMs);
    expect(ended).toEqual({ 1: ['notDone'], 2: ['notDone'] });
    expect(clock.timers).toBe(0);
  });

  it('ends one that was sent as unknown, unless it only reads, and for good', () => {
    const { ask, follow, clock, sent, ended } = startRouter();
    follow('b');
    ask(1);
    ask(2, 'query');
    clock.advance(timeoutMs);
    expect(ended).toEqual({ 1: ['unknown'], 2: ['notDone'] });
    for (const one of sent) one.answer(done());
    expect(ended).toEqual({ 1: ['unknown'], 2: ['notDone'] });
    expect(clock.timers).toBe(0);
  });

  it('ends one that was refused until then as not done', () => {
    const { ask, follow, clock, sent, ended } = startRouter();
    follow('b');
    ask(1);
    sent[0]!.answer(refused);
    follow(undefined);
    clock.advance(timeoutMs);
    expect(ended).toEqual({ 1: ['notDone'] });
    expect(clock.timers).toBe(0);
  });

  it('is kept for each, also where an earlier one waits behind a later one', () => {
    const { ask, follow, clock, sent, ended } = startRouter();
    follow('a');
    ask(1);
    clock.advance(100);
    ask(2);
    clock.advance(4_800);
    ask(3);
    follow('b');
    sent[1]!.answer(refused); // 2 waits again, while 1 and 3 are in flight at the old leader
    clock.advance(100);
    expect(ended).toEqual({ 1: ['unknown'], 2: [], 3: [] });
    clock.advance(100);
    expect(ended).toEqual({ 1: ['unknown'], 2: ['notDone'], 3: [] });
  });

  it('sets free what waited for the last of an old leader’s requests', () => {
    const { ask, follow, clock, sent, names, ended } = startRouter();
    follow('a');
    ask(1);
    clock.advance(1_000);
    follow('b');
    ask(2);
    expect(names('b')).toEqual([]);
    clock.advance(4_000);
    expect(ended).toEqual({ 1: ['unknown'], 2: [] });
    expect(names('b')).toEqual(['2']);
    sent[1]!.answer(done());
    expect(ended).toEqual({ 1: ['unknown'], 2: ['done'] });
  });
});

describe('a router that is stopped', () => {
  it('ends what was never sent as not done, and takes nothing more', () => {
    const { router, ask, clock, ended, streams, follow } = startRouter();
    ask(1);
    router.stop();
    ask(2);
    expect(ended).toEqual({ 1: ['notDone'], 2: ['notDone'] });
    follow('b');
    expect(streams).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('leaves no timer either while a leader that was deposed may still answer', () => {
    const { router, ask, clock, ended, sent, streams, follow } = startRouter();
    follow('b');
    ask(1);
    follow('c');
    router.stop();
    expect([ended, clock.timers]).toEqual([{ 1: ['unknown'] }, 0]);
    const other = startRouter();
    other.follow('b');
    other.ask(1);
    other.follow('c');
    other.sent[0]!.answer({ type: 'unknown', reason: 'lost' });
    other.router.stop();
    expect([other.ended, other.clock.timers]).toEqual([{ 1: ['unknown'] }, 0]);
    expect([sent.length, streams.map(({ isOpen }) => isOpen)]).toEqual([1, [false]]);
  });

  it('leaves neither stream nor timer, and what was sent is unknown', () => {
    const { router, ask, clock, ended, streams, follow } = startRouter();
    follow('b');
    ask(1);
    router.stop();
    expect(ended).toEqual({ 1: ['unknown'] });
    expect(streams).toMatchObject([{ to: 'b', isOpen: false }]);
    expect(clock.timers).toBe(0);
  });

  it('leaves nothing behind that was refused just before', () => {
    const { router, ask, clock, ended, sent, follow } = startRouter();
    follow('a');
    ask(1);
    ask(2);
    sent[0]!.answer(refused);
    router.stop();
    sent[1]!.answer(lost);
    expect(ended).toEqual({ 1: ['notDone'], 2: ['unknown'] });
    expect(clock.timers).toBe(0);
  });

  it('answers everything also when it is stopped from within an answer', () => {
    const { router, ask, ended, follow, atOnce, names, clock } = startRouter();
    ask(1, 'command', () => router.stop());
    ask(2);
    ask(3);
    atOnce.answer = done();
    follow('b');
    expect(ended).toEqual({ 1: ['done'], 2: ['notDone'], 3: ['notDone'] });
    expect(names()).toEqual(['1']);
    expect(clock.timers).toBe(0);
  });
});

describe('at the leader', () => {
  /** Forwards a request to `a`, as the leader of `term`, and notes the answers. */
  function forward(
    forwarded$: Subject<Forwarded>,
    kind: Kind,
    name: number,
    term?: number,
  ): ForwardAnswer[] {
    const answers: ForwardAnswer[] = [];
    const answer = (one: ForwardAnswer) => void answers.push(one);
    forwarded$.next({ ...requested(kind, name), term, answer });
    return answers;
  }

  it('requests of others are answered with index and value', () => {
    const { forwarded$, sent, follow } = startRouter();
    follow('a');
    const command = forward(forwarded$, 'command', 1);
    const query = forward(forwarded$, 'query', 2);
    sent[0]!.answer({ type: 'done', index: 7, bytes: Uint8Array.of(9) });
    sent[1]!.answer(done());
    expect(command).toEqual([{ type: 'done', index: 7, bytes: Uint8Array.of(9) }]);
    expect(query).toEqual([{ type: 'done', index: 1, bytes: Uint8Array.of(2) }]);
  });

  it('requests of others are never passed on: whoever does not lead refuses them', () => {
    const { forwarded$, streams, sent, follow } = startRouter();
    follow('b');
    expect(forward(forwarded$, 'command', 1)).toMatchObject([{ type: 'notDone' }]);
    const query = forward(forwarded$, 'query', 2);
    sent.at(-1)!.answer(refused);
    expect(query).toMatchObject([{ type: 'notDone' }]);
    expect(streams.length).toBeLessThanOrEqual(1);
    expect(sent.filter(({ to }) => to === 'b')).toEqual([]);
  });

  it('requests of others are taken in the term that they were meant for, and in no other', () => {
    const { forwarded$, sent, follow, now } = startRouter();
    follow('a', 7);
    const kinds = ['command', 'query', 'openSession', 'closeSession'] as const;
    for (const term of [6, 8]) {
      for (const kind of kinds) {
        const answers = forward(forwarded$, kind, 1, term);
        expect(answers).toMatchObject([{ type: 'notDone' }]);
        expect(answers).toMatchObject([{ reason: expect.stringContaining(`${term}`) }]);
      }
    }
    expect(sent).toEqual([]);
    const taken = forward(forwarded$, 'command', 2, now.term);
    sent[0]!.answer(done(5));
    expect(taken).toMatchObject([{ type: 'done', index: 5 }]);
  });

  it('a session is named by the index at which it was opened', () => {
    const { forwarded$, sent, follow } = startRouter();
    follow('a');
    const opened = forward(forwarded$, 'openSession', 1);
    expect(sent).toMatchObject([{ to: 'a', kind: 'openSession' }]);
    sent[0]!.answer(done(9));
    expect(opened).toEqual([{ type: 'done', index: 9, bytes: new Uint8Array(0) }]);
  });

  it('what a session was answered before is answered again, as it was', () => {
    const { forwarded$, sent, follow } = startRouter();
    follow('a');
    const answered = (threw: boolean, text: string) => {
      const bytes = new TextEncoder().encode(text);
      const answers = forward(forwarded$, 'command', 1);
      sent.at(-1)!.answer({ type: 'answered', answer: { index: 3, threw, bytes } } as never);
      return answers;
    };
    const bytes = new TextEncoder().encode('ok');
    expect(answered(false, 'ok')).toEqual([{ type: 'done', index: 3, bytes }]);
    expect(answered(true, 'no such account')).toEqual([
      { type: 'threw', message: 'no such account' },
    ]);
  });

  it('a session that is gone is an answer of its own', () => {
    const { forwarded$, sent, follow } = startRouter();
    follow('a');
    const command = forward(forwarded$, 'command', 1);
    sent[0]!.answer({ type: 'expired', reason: 'there is no session 4 any more' });
    expect(command).toEqual([{ type: 'expired', reason: 'there is no session 4 any more' }]);
  });

  it('what the state machine threw is an answer', () => {
    const { forwarded$, sent, follow } = startRouter();
    follow('a');
    const command = forward(forwarded$, 'command', 1);
    sent[0]!.answer({ type: 'threw', error: new Error('no such account') } as never);
    expect(command).toEqual([{ type: 'threw', message: 'no such account' }]);
  });

  it('a result that cannot be written down is no failure: it was applied all the same', () => {
    const { ask, follow, sent, ended } = startRouter({
      encodeValue: () => {
        throw new TypeError('a BigInt is not JSON');
      },
    });
    follow('a');
    ask(1);
    ask(2, 'query');
    for (const one of sent) one.answer(done());
    // Not `notDone`, which would say that it had no effect.
    expect(ended).toEqual({ 1: ['unknown'], 2: ['threw'] });
  });
});

describe('a client of this server', () => {
  it('is answered by whoever leads, and waits until somebody does', () => {
    const { clients$, follow, sent, names } = startRouter();
    const answers: ForwardAnswer[] = [];
    const answer = (one: ForwardAnswer) => void answers.push(one);
    clients$.next({ ...requested('command', 1), term: undefined, answer });
    expect(names()).toEqual([]);
    follow('b');
    expect(names('b')).toEqual(['1']);
    sent[0]!.answer(done(8));
    expect(answers).toMatchObject([{ type: 'done', index: 8 }]);
  });
});
