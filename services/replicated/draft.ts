/** What an instance is about to become. Nothing of it is kept where a step throws. */
import type { EventObject } from 'xstate';
import type { Stepped, TimerOrder } from './hostedMachine.js';
import type { Timer } from './instance.js';
import { limits } from './limits.js';
import type { PackedState } from './packedState.js';

export interface Draft {
  readonly state: PackedState;
  readonly timers: readonly Timer[];
  readonly emitted: readonly EventObject[];
  /** That of the last timer armed, of any instance. */
  readonly timerNumber: number;
}

/** When it is, and how long a final instance stays. All in ms of log time. */
export interface DraftTime {
  readonly at: number;
  readonly finalKeptMs: number;
}

/** The draft after one more step. Throws where it has too many timers. */
export function followed(draft: Draft, stepped: Stepped, time: DraftTime): Draft {
  const { state } = stepped;
  const emitted = [...draft.emitted, ...stepped.emitted];
  if (state.status !== 'active') {
    const number = draft.timerNumber + 1;
    const dueMs = time.at + time.finalKeptMs;
    const removal: Timer = { id: undefined, dueMs, number, event: undefined };
    return { state, emitted, timers: [removal], timerNumber: number };
  }
  const { timers, timerNumber } = ordered(draft, stepped.timers, time.at);
  if (timers.length > limits.timersPerInstanceMax) {
    throw new Error(
      `${timers.length} timers of one instance: at most ${limits.timersPerInstanceMax}`,
    );
  }
  return { state, emitted, timers, timerNumber };
}

function ordered(
  { timers: before, timerNumber: last }: Draft,
  orders: readonly TimerOrder[],
  at: number,
): { readonly timers: readonly Timer[]; readonly timerNumber: number } {
  let timers = before;
  let timerNumber = last;
  for (const order of orders) {
    const { id } = order;
    if (id !== undefined && timers.some((timer) => timer.id === id)) {
      timers = timers.filter((timer) => timer.id !== id);
    }
    if (order.type === 'cancel') continue;
    const dueMs = at + order.delayMs;
    timers = [...timers, { id, dueMs, number: ++timerNumber, event: order.event }];
  }
  return { timers, timerNumber };
}
