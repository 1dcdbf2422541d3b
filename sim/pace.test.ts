import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';
import { VirtualClock } from './virtualClock.js';

function startPace() {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  const done: string[] = [];
  let differences = 0;
  const mattered = () => differences++;
  const note = (what: string) => () => done.push(`${what} ${clock.nowMs}`);
  const hear = (what: string) => pace.when('inputs', note(what));
  return { clock, pace, done, mattered, note, hear, differences: () => differences };
}

describe('the pace of a process', () => {
  it('is that of what comes, if nothing is wrong', () => {
    const { hear, done } = startPace();
    hear('a');
    expect(done).toEqual(['a 0']);
  });

  it('is none while it stands still; then it speaks, wakes and hears, in this order', () => {
    const { clock, pace, hear, note, done, mattered, differences } = startPace();
    const goOn = pace.pause(mattered);
    hear('a');
    pace.when('timers', note('timer'));
    pace.when('outputs', note('output'));
    hear('b');
    clock.runUntil(10);
    expect([done, differences()]).toEqual([[], 4]);
    goOn();
    clock.runUntil(11);
    expect(done).toEqual(['output 10', 'timer 10', 'a 10', 'b 10']);
  });

  it('stays none until the last of several pauses is over', () => {
    const { clock, pace, hear, done, mattered } = startPace();
    const [first, second] = [pace.pause(mattered), pace.pause(mattered)];
    hear('a');
    first();
    first();
    clock.runUntil(5);
    expect([done, pace.isPaused]).toEqual([[], true]);
    second();
    clock.runUntil(5);
    expect([done, pace.isPaused]).toEqual([['a 5'], false]);
  });

  it('is late by the sum of what slows it, and keeps the order when that is over', () => {
    const { clock, pace, hear, done, mattered } = startPace();
    const heals = [pace.slow(10, mattered), pace.slow(5, mattered)];
    hear('a');
    for (const heal of heals) heal();
    clock.runUntil(3);
    hear('b');
    clock.runUntil(15);
    hear('c');
    clock.runUntil(20);
    expect(done).toEqual(['a 15', 'b 15', 'c 15']);
  });

  it('holds what was late when it stands still meanwhile', () => {
    const { clock, pace, hear, done, mattered } = startPace();
    pace.slow(10, mattered);
    hear('a');
    const goOn = pace.pause(mattered);
    clock.runUntil(30);
    goOn();
    clock.runUntil(30);
    expect(done).toEqual(['a 30']);
  });

  it('ends with the process: the next one does nothing that was left to do', () => {
    const { clock, pace, hear, done, mattered } = startPace();
    const heal = pace.slow(10, mattered);
    hear('late');
    const goOn = pace.pause(mattered);
    hear('held');
    goOn();
    pace.end();
    heal();
    hear('next');
    clock.runUntil(100);
    expect(done).toEqual(['next 0']);
  });
});
