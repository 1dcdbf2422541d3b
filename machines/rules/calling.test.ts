/** Tests of a client's commands: what is sent, when it is sent again, and how it ends. */
import { describe, expect, it } from 'vitest';
import {
  clientStage,
  done,
  noBytes,
  openedStage,
  refused,
  threw,
} from '../../properties/support/clientStage.js';

describe('a command', () => {
  it('is answered with what came back, also where that is what the state machine threw', () => {
    const { command, answer, outcomes } = openedStage();
    command();
    command();
    answer(0, done(12));
    answer(1, threw);
    expect(outcomes).toEqual(['2 done', '3 threw']);
  });

  it.each(['notDone', 'unknown'] as const)(
    'is sent again after *%s*, as the same session and sequence (§8)',
    (type) => {
      const { command, answer, advance, sent } = openedStage();
      command();
      answer(0, refused(type));
      expect(sent()).toEqual(['command 10/2 from 2']);
      advance(20);
      expect(sent()).toEqual(['command 10/2 from 2']);
    },
  );

  it('is sent again when no answer comes', () => {
    const { command, advance, sent } = openedStage({ patienceMs: 100 });
    command();
    advance(99);
    expect(sent()).toHaveLength(1);
    advance(1);
    expect(sent()).toEqual(['command 10/2 from 2']);
  });

  it('rests longer with each refusal, up to a bound', () => {
    const { command, answer, advance, sends } = openedStage();
    command(100_000);
    for (const restMs of [20, 40, 80, 80, 80]) {
      answer(-1, refused('notDone'));
      const before = sends.length;
      advance(restMs - 1);
      expect(sends.length).toBe(before);
      advance(1);
      expect(sends.length).toBe(before + 1);
    }
  });

  it('takes the answer of an earlier attempt: it is the same', () => {
    const { command, answer, advance, outcomes } = openedStage({ patienceMs: 100 });
    command();
    advance(100);
    answer(0, done(12));
    answer(1, done(12));
    expect(outcomes).toEqual(['2 done']);
  });

  it('does not rest because an earlier attempt was refused', () => {
    const { command, answer, advance, sends } = openedStage({ patienceMs: 100 });
    command();
    advance(100);
    answer(0, refused('notDone'));
    advance(50);
    expect(sends).toHaveLength(2);
  });

  it('that is refused twice by one call rests once', () => {
    const { stepper, command, answer } = openedStage();
    command();
    answer(0, refused('unknown'));
    const { inFlight } = stepper.context;
    answer(0, refused('notDone'));
    expect(stepper.context.inFlight).toBe(inFlight);
  });

  it('says with each call which answer is the first that is still waited for', () => {
    const { command, answer, sent } = openedStage();
    for (let count = 0; count < 3; count++) command();
    answer(1, done(12));
    command();
    answer(0, done(13));
    command();
    expect(sent().slice(3)).toEqual(['command 10/5 from 2', 'command 10/6 from 4']);
  });

  it('waits when 256 are under way, counted from the first without an answer', () => {
    const { stepper, command, answer, sends, sent } = clientStage();
    for (let count = 0; count < 300; count++) command();
    answer(0, done(10));
    expect(sends).toHaveLength(1 + 256);
    answer(2, done(11));
    expect(sends).toHaveLength(1 + 256);
    answer(1, done(12));
    expect(sent().slice(257)).toEqual(['command 10/257 from 3', 'command 10/258 from 3']);
    expect(stepper.context.waiting).toHaveLength(42);
  });

  it('does not pass those that wait', () => {
    const { command, answer, sent } = openedStage({ requestsInFlightMax: 1 });
    command();
    command();
    command();
    answer(0, done(12));
    answer(1, done(13));
    expect(sent()).toEqual(['command 10/2 from 2', 'command 10/3 from 3', 'command 10/4 from 4']);
  });

  it('past its deadline is *not done* if it was never sent', () => {
    const { stepper, command, advance, outcomes, answer } = clientStage();
    command(50);
    command(70);
    advance(60);
    expect(outcomes).toEqual(['1 notDone timeout']);
    answer(0, done(10));
    expect(stepper.context.inFlight.map(({ number }) => number)).toEqual([2]);
  });

  it('past its deadline is *not done* if every attempt was definitely refused', () => {
    const { command, answer, advance, outcomes } = openedStage();
    command(50);
    answer(-1, refused('notDone'));
    advance(20);
    answer(-1, refused('notDone'));
    advance(30);
    expect(outcomes).toEqual(['2 notDone timeout']);
  });

  it.each([
    ['no attempt was answered', []],
    ['an attempt before was not refused', ['unknown', 'notDone']],
  ] as const)('past its deadline is *unknown* if %s', (_, answers) => {
    const { command, answer, advance, outcomes } = openedStage();
    command(50);
    for (const type of answers) {
      answer(-1, refused(type));
      advance(20);
    }
    advance(50);
    expect(outcomes).toEqual(['2 unknown timeout']);
  });

  it('past its deadline says what was said last', () => {
    const { stepper } = clientStage();
    const ask = { type: 'ask', number: 1, kind: 'query', bytes: noBytes, timeoutMs: 50 } as const;
    stepper.step({ ...ask, atMs: 0 });
    const answer = refused('notDone', 'no leader');
    stepper.step({ type: 'answered', number: 1, attempt: 1, answer, atMs: 1 });
    const reason = 'no answer within 50 ms; the last answer was: no leader';
    const outcome = { type: 'notDone', cause: 'timeout', reason };
    expect(stepper.step({ type: 'wake', atMs: 50 })[0]).toEqual({
      type: 'settle',
      number: 1,
      outcome,
    });
  });

  it('that was given up makes room for the next, and a late answer to it is nobody’s', () => {
    const { command, answer, advance, outcomes, sent } = openedStage({ requestsInFlightMax: 1 });
    command(50);
    command();
    advance(50);
    answer(0, done(12));
    expect(outcomes).toEqual(['2 unknown timeout']);
    expect(sent()).toEqual(['command 10/2 from 2', 'command 10/3 from 3']);
  });

  it('that is aborted is *not done* before it was sent, and *unknown* after', () => {
    const { command, outcomes, tell, answer, sends } = openedStage({ requestsInFlightMax: 1 });
    const [sent, unsent, next] = [command(), command(), command()];
    tell({ type: 'abort', number: unsent });
    tell({ type: 'abort', number: sent });
    expect(outcomes).toEqual([`${unsent} notDone aborted`, `${sent} unknown aborted`]);
    expect(sends.map(({ number }) => number)).toEqual([sent, next]);
    answer(-1, done(12));
    tell({ type: 'abort', number: next });
    expect(outcomes).toHaveLength(3);
  });
});
