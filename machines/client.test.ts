/** Tests of the client's chart: its session, from the first command to the last. */
import { describe, expect, it } from 'vitest';
import { clientStage, done, openedStage, refused } from '../properties/support/clientStage.js';

describe('a client’s session', () => {
  it('is opened when the first command comes, and not before', () => {
    const { stepper, query, command, sent } = clientStage();
    query();
    expect([stepper.state, sent()]).toEqual(['idle', ['query']]);
    command();
    expect([stepper.state, sent()]).toEqual(['opening', ['openSession']]);
  });

  it('numbers the commands that waited for it, in the order in which they were asked for', () => {
    const { stepper, command, answer, sent } = clientStage();
    command();
    command();
    answer(0, done(10));
    expect(stepper.state).toBe('open');
    expect(sent()).toEqual(['openSession', 'command 10/1 from 1', 'command 10/2 from 1']);
  });

  it.each(['notDone', 'unknown', 'expired'] as const)('is asked for again after *%s*', (type) => {
    const { command, answer, advance, sent } = clientStage();
    command();
    answer(0, refused(type));
    advance(19);
    expect(sent()).toEqual(['openSession']);
    advance(1);
    expect(sent()).toEqual(['openSession']);
  });

  it('is asked for again when no answer comes, and whichever answer comes first is taken', () => {
    const { command, answer, advance, sent, sends } = clientStage({ patienceMs: 100 });
    command();
    advance(100);
    expect(sends).toHaveLength(2);
    answer(0, done(10));
    answer(1, done(12));
    expect(sent().at(-1)).toBe('command 10/1 from 1');
  });

  it('that nobody waits for any more is opened all the same, for the next command', () => {
    const { stepper, command, answer, advance, outcomes } = clientStage();
    command(50);
    advance(50);
    expect(outcomes).toEqual(['1 notDone timeout']);
    answer(0, done(10));
    expect(stepper.state).toBe('open');
  });

  it('is left for another one when it was not used for long', () => {
    const { stepper, command, answer, advance, sent } = openedStage({ sessionUnusedMs: 1_000 });
    advance(1_000);
    command();
    answer(0, done(12));
    expect(sent()).toEqual(['command 10/2 from 2']);
    advance(1_001);
    command();
    expect([stepper.state, sent()]).toEqual(['opening', ['openSession']]);
  });

  it('is not left while a command of it is under way', () => {
    const { command, answer, advance, sent } = openedStage({ sessionUnusedMs: 100 });
    command(9_999);
    command(9_999);
    answer(1, done(12));
    advance(101);
    command();
    expect(sent().at(-1)).toBe('command 10/4 from 2');
  });
});

describe('a session that the servers have given up', () => {
  it('leaves unknown what was sent in it, and never sends that again', () => {
    const { stepper, command, answer, outcomes, advance, sent } = openedStage();
    command();
    command();
    answer(0, refused('expired'));
    expect(outcomes).toEqual(['2 unknown sessionExpired', '3 unknown sessionExpired']);
    answer(1, done(12));
    advance(10_000);
    expect(outcomes).toHaveLength(2);
    expect([stepper.state, sent()]).toEqual([
      'idle',
      ['command 10/2 from 2', 'command 10/3 from 2'],
    ]);
  });

  it('is followed by another one for what waited, and for what was definitely refused', () => {
    const { stepper, command, answer, sent, outcomes } = openedStage({ requestsInFlightMax: 2 });
    const [, refusedOne, waiting] = [command(), command(), command()];
    answer(1, refused('notDone'));
    answer(0, refused('expired'));
    expect(stepper.state).toBe('opening');
    answer(-1, done(20));
    expect(sent().slice(2)).toEqual(['openSession', 'command 20/1 from 1', 'command 20/2 from 1']);
    expect(stepper.context.inFlight.map(({ number }) => number)).toEqual([refusedOne, waiting]);
    expect(outcomes).toEqual(['2 unknown sessionExpired']);
  });

  it('takes no query with it', () => {
    const { command, query, answer, outcomes } = openedStage();
    command();
    query();
    answer(0, refused('expired'));
    answer(1, done(12));
    expect(outcomes).toEqual(['2 unknown sessionExpired', '3 done']);
  });
});

describe('a query', () => {
  it.each(['notDone', 'unknown', 'expired'] as const)(
    'is simply asked again after *%s*',
    (type) => {
      const { query, answer, advance, sent } = clientStage();
      query();
      answer(0, refused(type));
      advance(20);
      expect(sent()).toEqual(['query', 'query']);
    },
  );

  it('has no effect, whatever became of it', () => {
    const { query, advance, tell, outcomes } = clientStage();
    query(50);
    advance(50);
    tell({ type: 'abort', number: query() });
    expect(outcomes).toEqual(['1 notDone timeout', '2 notDone aborted']);
  });
});

describe('a client', () => {
  it('refuses at once what is too much, in number and in bytes', () => {
    const { command, query, outcomes } = openedStage({ unansweredMax: 2, unansweredBytesMax: 100 });
    command(1_000, new Uint8Array(60));
    command(1_000, new Uint8Array(41));
    command(1_000, new Uint8Array(40));
    query();
    expect(outcomes).toEqual(['3 notDone overloaded', '5 notDone overloaded']);
  });

  it('takes more again once there are answers', () => {
    const { stepper, command, answer, outcomes } = openedStage({ unansweredBytesMax: 100 });
    command(1_000, new Uint8Array(100));
    answer(0, done(12));
    command(1_000, new Uint8Array(100));
    expect(outcomes).toEqual(['2 done']);
    expect(stepper.context.unansweredBytes).toBe(100);
  });

  it('that is stopped ends everything, and closes its session', () => {
    const { stepper, command, query, tell, outcomes, sent, hasStopped } = openedStage({
      requestsInFlightMax: 1,
    });
    command();
    command();
    query();
    tell({ type: 'stop' });
    expect(outcomes).toEqual(['2 unknown stopped', '4 notDone stopped', '3 notDone stopped']);
    expect([stepper.state, sent().at(-1), hasStopped()]).toEqual([
      'closing',
      'closeSession 10/',
      false,
    ]);
    tell({ type: 'answered', number: -1, attempt: 1, answer: done(12) });
    expect([stepper.state, hasStopped()]).toEqual(['stopped', true]);
  });

  it('does not wait for ever until its session is closed', () => {
    const { stepper, tell, advance } = openedStage({ patienceMs: 100 });
    tell({ type: 'stop' });
    advance(99);
    expect(stepper.state).toBe('closing');
    advance(1);
    expect(stepper.state).toBe('stopped');
  });

  it('that has no session stops at once', () => {
    const { stepper, command, tell, outcomes, hasStopped, answer } = clientStage();
    command();
    tell({ type: 'stop' });
    expect([stepper.state, outcomes, hasStopped()]).toEqual([
      'stopped',
      ['1 notDone stopped'],
      true,
    ]);
    answer(0, done(10));
    expect(stepper.state).toBe('stopped');
  });

  it('that was stopped takes nothing any more', () => {
    const { command, query, tell, outcomes, sends } = clientStage();
    tell({ type: 'stop' });
    command();
    query();
    expect(outcomes).toEqual(['1 notDone stopped', '2 notDone stopped']);
    expect(sends).toEqual([]);
  });
});
