/** The networks of the labs: one that is slow and loses a tenth, one that holds answers back. */
import { draw, happens } from '../chance.js';
import type { Condition } from '../weather.js';

const lossPercent = 10;
const requestDelayMaxMs = 26;

/** What these draws are for: beside those of the simulator. */
const purposes = { loss: 101, lateness: 102, holding: 103, reordering: 104 } as const;

/**
 * Every request is up to 26 ms late, and one in ten is lost, as is one answer in ten. What clients
 * and servers say on connections is as late; where it would be lost, the connection ends.
 */
export function unreliableNetwork(seed: number): Condition {
  return {
    touches(passage) {
      const { type, link, number } = passage;
      const late = draw(seed, purposes.lateness, link, number) % (requestDelayMaxMs + 1);
      const extraMs = isRequest(type) ? late : 0;
      passage.extraMs += extraMs;
      const isLost = happens(lossPercent, draw(seed, purposes.loss, link, number));
      passage.isLost ||= isLost;
      return isLost || extraMs > 0;
    },
    strains(strain) {
      strain.extraMs += (strain.drawn >>> 4) % (requestDelayMaxMs + 1);
      strain.isBroken ||= happens(lossPercent, strain.drawn);
      return true;
    },
    mattered: () => {},
  };
}

/** Two answers in three are held back: 200 ms, and up to two seconds more, mostly less. */
export function reorderingNetwork(seed: number): Condition {
  return {
    touches(passage) {
      const { type, link, number } = passage;
      if (isRequest(type)) return false;
      if (draw(seed, purposes.holding, link, number) % 900 >= 600) return false;
      const belowMs = 1 + (draw(seed, purposes.reordering, link, number) % 2_000);
      passage.extraMs += 200 + (draw(seed, purposes.reordering, link, number, 1) % belowMs);
      return true;
    },
    mattered: () => {},
  };
}

/** Whether a message of this type is a request, and not the answer to one. */
export function isRequest(type: string): boolean {
  return type.endsWith('Request');
}
