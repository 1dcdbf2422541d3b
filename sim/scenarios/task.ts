/**
 * What goes on beside a scenario, such as its clients: functions that rest in virtual time. Each
 * yields what it waits for.
 */
import type { VirtualClock } from '../virtualClock.js';

/** So many virtual ms, or until it is called back. */
export type Pause = number | ((resume: () => void) => void);

export type Task<T = void> = Generator<Pause, T, void>;

/** A task that was begun. */
export interface Running {
  readonly isOver: boolean;
}

/** Begins a task; what it throws leaves the step of the simulation in which it does. */
export function begin(clock: VirtualClock, task: Task<unknown>): Running {
  const running = { isOver: false };
  const goOn = (): void => {
    const { done, value } = task.next();
    if (done === true) running.isOver = true;
    else if (typeof value === 'number') clock.schedule(value, goOn);
    else (value as Exclude<Pause, number>)(() => clock.schedule(0, goOn));
  };
  clock.schedule(0, goOn);
  return running;
}
