/**
 * Log time never goes back: each entry is stamped no earlier than the one before it, whatever the
 * wall clocks of leaders say. State machines know no other time.
 */
import type { Step } from '../actors/serverActor.js';
import type { Law } from '../sim/law.js';

/** So much of the end of a log is looked at when it has changed. */
const lookedAt = 32;

export const logTime: Law = {
  name: 'Log Time',
  sentence: 'Each entry is stamped no earlier than the entry before it.',
  watch() {
    const sometimes = { 'a leader whose wall clock was behind kept to log time': 0 };
    return {
      sometimes,
      step(server, { event, before, after }: Step) {
        const { log } = after.context;
        if (log === before!.context.log) return undefined;
        if (event?.type === 'ClientRequest' && event.wallMs < before!.context.log.lastStampMs) {
          sometimes['a leader whose wall clock was behind kept to log time']++;
        }
        const from = Math.max(log.firstIndex, log.lastIndex - lookedAt);
        let stampMs = from === log.firstIndex ? log.base.stampMs : 0;
        for (let index = from; index <= log.lastIndex; index++) {
          const { stampMs: next } = log.entryAt(index)!;
          if (next < stampMs)
            return `${server} holds entry ${index}, stamped ${stampMs - next} ms back`;
          stampMs = next;
        }
        return undefined;
      },
    };
  },
};
