/** Tests of the watch over a disk: stalled, full, and well again; and never by mistake. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { DiskWatch } from './diskWatch.js';

const stallMs = 400;

function startWatch() {
  const clock = new ManualClock();
  const told: string[] = [];
  const searches: number[] = [];
  const watch: DiskWatch = new DiskWatch({
    clock,
    stallMs,
    findRoom: () => searches.push(clock.monotonicMs()),
    changed: (disk) => told.push(`${disk} at ${clock.monotonicMs()}`),
  });
  return { clock, watch, told, searches };
}

describe('a disk that answers', () => {
  it('is ok, and nobody is told', () => {
    const { clock, watch, told } = startWatch();
    for (let number = 1; number <= 20; number++) {
      watch.wrote(number);
      clock.advance(stallMs - 1);
      watch.persisted(number);
    }
    clock.advance(10_000);
    expect([watch.condition, told, clock.timers]).toEqual(['ok', [], 0]);
  });

  it('is ok however many writes are under way, as long as one after another is done', () => {
    const { clock, watch, told } = startWatch();
    for (let number = 1; number <= 20; number++) watch.wrote(number);
    for (let number = 1; number <= 20; number++) {
      clock.advance(stallMs - 1);
      watch.persisted(number);
    }
    expect(told).toEqual([]);
  });

  it('is looked after by one timer, however many writes there are', () => {
    const { clock, watch } = startWatch();
    for (let number = 1; number <= 1_000; number++) {
      watch.wrote(number);
      watch.persisted(number);
    }
    expect(clock.timers).toBe(1);
    expect(clock.scheduled).toBe(1);
  });
});

describe('a disk whose write hangs', () => {
  it('is stalled from then on, once, and ok when it answers', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    clock.advance(stallMs - 1);
    expect(watch.condition).toBe('ok');
    clock.advance(1);
    expect(watch.condition).toBe('stalled');
    clock.advance(3_000);
    watch.persisted(1);
    expect(watch.condition).toBe('ok');
    expect(told).toEqual(['stalled at 400', 'ok at 3400']);
    clock.advance(10_000);
    expect([told.length, clock.timers]).toEqual([2, 0]);
  });

  it('is stalled also where a write before it was done in time', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    clock.advance(300);
    watch.wrote(2);
    watch.persisted(1);
    clock.advance(stallMs - 1);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['stalled at 700']);
  });

  it('stalls again, when it hangs again', () => {
    const { clock, watch, told } = startWatch();
    for (const number of [1, 2]) {
      watch.wrote(number);
      clock.advance(stallMs);
      watch.persisted(number);
      clock.advance(1_000);
    }
    expect(told.map((text) => text.split(' ')[0])).toEqual(['stalled', 'ok', 'stalled', 'ok']);
  });

  it('is no stalled disk where the process stood still: its answer is heard first', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    clock.stall(60_000); // the disk has answered meanwhile, and nobody was there to hear it
    clock.wake();
    watch.persisted(1);
    clock.settle();
    expect([watch.condition, told]).toEqual(['ok', []]);
  });
});

describe('a disk without room', () => {
  it('is full, asked again every second, and ok when it has found some', () => {
    const { clock, watch, told, searches } = startWatch();
    clock.advance(500);
    watch.room(false);
    expect(watch.condition).toBe('full');
    clock.advance(999);
    expect(searches).toEqual([]);
    clock.advance(1);
    watch.room(false);
    clock.advance(1_000);
    watch.room(false);
    expect(searches).toEqual([1_500, 2_500]);
    watch.room(true);
    clock.advance(10_000);
    expect([watch.condition, searches.length, clock.timers]).toEqual(['ok', 2, 0]);
    expect(told).toEqual(['full at 500', 'ok at 2500']);
  });

  it('is asked again once a second, though it says more often that it has none', () => {
    const { clock, watch, searches } = startWatch();
    for (let time = 0; time < 5; time++) watch.room(false);
    expect(clock.timers).toBe(1);
    clock.advance(1_000);
    expect(searches).toEqual([1_000]);
  });

  it('that is stalled as well is full: nothing may be given to it', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    clock.advance(stallMs);
    watch.room(false);
    expect(watch.condition).toBe('full');
    watch.room(true);
    expect(watch.condition).toBe('stalled');
    watch.persisted(1);
    expect(told.map((text) => text.split(' ')[0])).toEqual(['stalled', 'full', 'stalled', 'ok']);
  });
});

describe('a watch that is stopped', () => {
  it('leaves no timer, and says nothing more', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    watch.room(false);
    told.length = 0;
    watch.stop();
    expect(clock.timers).toBe(0);
    clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('says nothing more of what it was about to look at', () => {
    const { clock, watch, told } = startWatch();
    watch.wrote(1);
    clock.stall(stallMs);
    clock.wake();
    watch.stop();
    clock.advance(10_000);
    expect([told.length, clock.timers]).toEqual([0, 0]);
  });

  it('leaves no timer either when its store has no room while it closes', () => {
    const { clock, watch, told } = startWatch();
    watch.stop();
    watch.room(false);
    expect([clock.timers, told.length]).toEqual([0, 0]);
  });
});
