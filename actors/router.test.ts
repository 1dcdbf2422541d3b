/** Tests of the router: where requests go, and in which order. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { done, refused, startRouter } from '../properties/support/routerStage.js';
import type { ForwardAnswer } from './transport.js';

describe('a request', () => {
  it('is handled by this very server when it leads', () => {
    const { ask, follow, sent, streams, ended } = startRouter();
    follow('a');
    ask(1);
    expect(sent).toMatchObject([{ to: 'a', kind: 'command', name: '1' }]);
    expect(ended).toEqual({ 1: [] });
    sent[0]!.answer(done());
    expect(ended).toEqual({ 1: ['done'] });
    expect(streams).toEqual([]);
  });

  it('is sent to the leader, in order, on one stream for each leader and term', () => {
    const { ask, follow, sent, streams } = startRouter();
    follow('b');
    for (const name of [1, 2, 3]) ask(name, name === 2 ? 'query' : 'command');
    expect(sent.map(({ to, kind, name }) => [to, kind, name])).toEqual([
      ['b', 'command', '1'],
      ['b', 'query', '2'],
      ['b', 'command', '3'],
    ]);
    expect(streams).toEqual([{ to: 'b', term: 2, isOpen: true }]);
    for (const one of sent) one.answer(done());
    follow('b');
    ask(4);
    expect(streams).toEqual([
      { to: 'b', term: 2, isOpen: false },
      { to: 'b', term: 3, isOpen: true },
    ]);
  });

  it('waits while no leader is known, and goes in order when one is', () => {
    const { ask, follow, names, ended } = startRouter();
    ask(1);
    ask(2);
    expect(names()).toEqual([]);
    follow('b');
    ask(3);
    expect(names('b')).toEqual(['1', '2', '3']);
    expect(ended).toEqual({ 1: [], 2: [], 3: [] });
  });

  it('that was refused is tried again, soon, and not at once', () => {
    const { ask, follow, sent, names, ended, clock } = startRouter();
    follow('b');
    ask(1);
    sent[0]!.answer(refused);
    expect(names()).toEqual(['1']);
    clock.advance(20);
    expect(names()).toEqual(['1', '1']);
    sent[1]!.answer(done());
    expect(ended).toEqual({ 1: ['done'] });
  });

  it('that was refused goes to the next leader before all that was asked later', () => {
    const { ask, follow, sent, names, clock } = startRouter();
    follow('b');
    for (const name of [1, 2, 3, 4]) ask(name);
    ask(5);
    for (const one of [3, 1, 2, 0, 4]) sent[one]!.answer(refused);
    ask(6);
    follow('c');
    clock.advance(20);
    expect(names('c')).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('keeps its place when the ones before it are refused while they are sent', () => {
    const { ask, follow, names, clock, atOnce } = startRouter();
    for (const name of [1, 2, 3]) ask(name);
    atOnce.answer = refused;
    follow('b');
    expect(names('b')).toEqual(['1']);
    atOnce.answer = undefined;
    clock.advance(20);
    expect(names('b').slice(1)).toEqual(['1', '2', '3']);
  });

  it('keeps its place when it is asked from within the answer to another', () => {
    const { ask, follow, names, atOnce } = startRouter();
    ask(1, 'command', () => ask(4));
    ask(2);
    ask(3);
    atOnce.answer = done();
    follow('b');
    expect(names('b')).toEqual(['1', '2', '3', '4']);
  });

  it('keeps its place when the leader changes within the answer to another', () => {
    const { ask, follow, names, atOnce } = startRouter();
    ask(1, 'command', () => {
      ask(4);
      follow('c');
    });
    ask(2);
    ask(3);
    atOnce.answer = done();
    follow('b');
    expect(names('b')).toEqual(['1']);
    expect(names('c')).toEqual(['2', '3', '4']);
  });

  it('waits until nothing is left of the leader before', () => {
    const { ask, follow, sent, names } = startRouter();
    follow('a');
    ask(1);
    follow('b');
    ask(2);
    expect(names('b')).toEqual([]);
    sent[0]!.answer(refused);
    expect(names('b')).toEqual(['1', '2']);
  });

  it('that may have taken effect is unknown, and never sent again', () => {
    const { ask, follow, names, ended, clock } = startRouter();
    follow('b');
    ask(1);
    follow('c');
    clock.advance(100);
    expect(ended).toEqual({ 1: ['unknown'] });
    expect(names('c')).toEqual([]);
  });

  it('that only reads is asked again, whatever became of it', () => {
    const { ask, follow, sent, names, ended, clock } = startRouter();
    follow('b');
    ask(1, 'query');
    follow('c');
    clock.advance(100);
    expect(names('c')).toEqual(['1']);
    sent[1]!.answer(done());
    expect(ended).toEqual({ 1: ['done'] });
  });

  it('may still be answered by a leader that was deposed, for a short time', () => {
    const { ask, follow, sent, names, ended, clock } = startRouter();
    follow('b');
    ask(1);
    ask(2);
    follow('c');
    ask(3);
    clock.advance(99);
    sent[0]!.answer(done());
    expect([ended, names('c')]).toEqual([{ 1: ['done'], 2: [], 3: [] }, []]);
    clock.advance(1);
    expect([ended, names('c')]).toEqual([{ 1: ['done'], 2: ['unknown'], 3: [] }, ['3']]);
  });

  it('that the state machine threw at is answered so', () => {
    const { ask, follow, sent, ended } = startRouter();
    follow('b');
    ask(1);
    sent[0]!.answer({ type: 'threw', message: 'no such account' });
    expect(ended).toEqual({ 1: ['threw'] });
  });

  it('leaves no stream behind that nothing is sent on any more', () => {
    const { ask, follow, sent, streams, clock } = startRouter();
    follow('b');
    ask(1);
    for (let time = 0; time < 10; time++) {
      sent.at(-1)!.answer(refused);
      clock.advance(20);
    }
    expect(streams).toHaveLength(11);
    expect(streams.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  });
});

describe('the commands of one caller', () => {
  it('take effect in their order, each at most once, over any change of leaders', () => {
    const happening = fc.oneof(
      { weight: 3, arbitrary: fc.constant('ask' as const) },
      { weight: 3, arbitrary: fc.constant('take' as const) },
      { weight: 1, arbitrary: fc.constant('refuse' as const) },
      { weight: 1, arbitrary: fc.constant('refuse at once' as const) },
      { weight: 1, arbitrary: fc.constantFrom('follow a', 'follow b', 'follow nobody') },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }) },
    );
    const property = fc.property(
      fc.array(happening, { maxLength: 80, size: 'max' }),
      (happenings) => {
        const { ask, follow, sent, ended, clock, router, atOnce } = startRouter();
        const taken: number[] = [];
        let asked = 0;
        let answered = 0;
        /** A leader takes what comes, in order, until it takes nothing any more. */
        const next = (answer: ForwardAnswer) => {
          const one = sent[answered];
          if (one === undefined) return;
          answered++;
          if (answer.type === 'done') taken.push(Number(one.name));
          one.answer(answer);
        };
        const refuseAll = () => {
          for (let left = sent.length - answered; left > 0; left--) next(refused);
        };
        for (const what of happenings) {
          if (what === 'ask') ask(++asked);
          else if (what === 'take') next(done());
          else if (what === 'refuse') refuseAll();
          else if (what === 'refuse at once') {
            refuseAll();
            atOnce.answer = refused;
            for (const name of [++asked, ++asked, ++asked]) ask(name);
            clock.advance(20);
            atOnce.answer = undefined;
            answered = sent.length;
          } else if (typeof what === 'number') clock.advance(what);
          else {
            follow(what === 'follow nobody' ? undefined : what.slice(7));
            refuseAll();
          }
        }
        expect(taken).toEqual(taken.toSorted((a, b) => a - b));
        expect(new Set(taken).size).toBe(taken.length);
        router.stop();
        refuseAll();
        for (const endings of Object.values(ended)) expect(endings).toHaveLength(1);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
