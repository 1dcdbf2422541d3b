import { describe, expect, it } from 'vitest';
import { assign, cancel, raise, setup } from 'xstate';
import { InstancesLog as Log } from './instancesLog.contract.js';
import { limits } from './limits.js';
import { now } from './occasion.js';

describe('the timers of an instance', () => {
  const bell = setup({
    types: { context: {} as { rung: [string, number][] } },
    actions: {
      ring: assign(({ context, event }) => ({
        rung: [...context.rung, [(event as any).name, now()] as [string, number]],
      })),
      arm: raise(({ event }: any) => ({ type: 'ring', name: event.name }), {
        delay: ({ event }: any) => event.delay,
      }),
      armNamed: raise({ type: 'ring', name: 'named' } as never, { id: 'named', delay: 50 }),
    },
  }).createMachine({
    context: { rung: [] },
    on: {
      arm: { actions: 'arm' },
      armNamed: { actions: 'armNamed' },
      cancel: { actions: cancel('named') },
      ring: { actions: 'ring' },
      again: { actions: raise({ type: 'again' }, { id: 'again', delay: 0 }) },
      fail: {
        actions: assign(() => {
          throw new Error('no');
        }),
      },
      failLater: { actions: raise({ type: 'fail' }, { delay: 10 }) },
      end: '.off',
    },
    initial: 'on',
    states: { on: { after: { 100: 'late' } }, late: {}, off: { type: 'final' } },
  });
  const rung = (log: Log) => (log.state()!.context as any).rung;

  it('fire in the order in which they are due, each once, with log time', () => {
    const log = new Log(bell);
    log.send({ type: 'arm', name: 'b', delay: 20 } as never, 1_000);
    log.send({ type: 'arm', name: 'a', delay: 10 } as never, 1_000);
    log.send({ type: 'arm', name: 'c', delay: 20 } as never, 1_000);
    expect(log.instances.dueMs()).toBe(1_010);
    log.instances.tick(1_009);
    expect(rung(log)).toEqual([]);
    log.instances.tick(1_015);
    log.instances.tick(1_015);
    expect(rung(log)).toEqual([['a', 1_015]]);
    log.instances.tick(1_020);
    expect(rung(log)).toEqual([
      ['a', 1_015],
      ['b', 1_020],
      ['c', 1_020],
    ]);
  });

  it('come before an event that is applied after they were due', () => {
    const log = new Log(bell);
    log.send({ type: 'arm', name: 'a', delay: 10 } as never, 1_000);
    const answer = log.send({ type: 'ring', name: 'event' } as never, 1_010);
    expect((answer.snapshot.context as any).rung.map(([name]: [string]) => name)).toEqual([
      'a',
      'event',
    ]);
  });

  it('come before it even where more is due than one entry fires', () => {
    const log = new Log(bell);
    const count = limits.firedPerCommandMax + 5;
    for (let n = 0; n < count; n++) {
      log.send({ type: 'arm', name: 'x', delay: n } as never, 1_000, `first${n}`);
    }
    log.send({ type: 'arm', name: 'last', delay: 60 } as never, 1_000);
    const answer = log.send({ type: 'ring', name: 'event' } as never, 1_060);
    expect((answer.snapshot.context as any).rung).toEqual([
      ['last', 1_060],
      ['event', 1_060],
    ]);
    expect(log.instances.dueMs()).toBeLessThan(1_060);
    log.instances.tick(1_060);
    expect(log.instances.dueMs()).toBe(1_100);
  });

  it('fire no more than so many with one entry, and the rest stays due', () => {
    const log = new Log(bell);
    const count = limits.firedPerTickMax + 10;
    for (let n = 0; n < count; n++) {
      log.send({ type: 'arm', name: 'x', delay: 5 } as never, 1_000, `key${n}`);
    }
    log.instances.tick(1_005);
    expect(log.instances.dueMs()).toBe(1_005);
    expect(log.instances.size.timers).toBe(count + 10);
    log.instances.tick(1_005);
    expect(log.instances.dueMs()).toBe(1_100);
  });

  it('are taken back by leaving a state, by cancel, and by another of the same name', () => {
    const log = new Log(bell);
    log.send({ type: 'armNamed' }, 1_000);
    log.send({ type: 'armNamed' }, 1_030);
    log.instances.tick(1_060);
    expect(rung(log)).toEqual([]);
    log.instances.tick(1_080);
    expect(rung(log)).toEqual([['named', 1_080]]);
    log.send({ type: 'armNamed' }, 1_085);
    log.send({ type: 'cancel' }, 1_090);
    log.send({ type: 'end' }, 1_095);
    expect(log.instances.size.timers).toBe(1);
    log.instances.tick(1_150);
    expect(log.state()).toMatchObject({ status: 'done', value: 'off' });
  });

  it('that arm themselves at once leave room for others', () => {
    const log = new Log(bell);
    log.send({ type: 'again' }, 1_000);
    const before = log.instances.query({ machine: 'm', key: 'k' })!.version;
    log.instances.tick(1_000);
    expect(log.instances.query({ machine: 'm', key: 'k' })!.version).toBe(before + 1);
    expect(log.instances.dueMs()).toBe(1_000);
  });

  it('are gone also where the machine throws, and those who watch are told', () => {
    const log = new Log(bell);
    log.send({ type: 'failLater' }, 1_000);
    const seen = log.watch();
    log.instances.tick(1_010);
    log.instances.tick(1_020);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.rejected).toMatchObject({ event: { type: 'fail' }, error: { message: 'no' } });
    expect(seen[1]!.version).toBeGreaterThan(seen[0]!.version);
    expect(log.instances.size.timers).toBe(1);
  });
});
