/** Faults that make messages late, or too many for their link. */
import { draw, happens, purposes } from '../chance.js';
import type { Fault } from '../fault.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const held = 'a message was held up';

export const delay: FaultRules<Of<'delay'>> = {
  ids: ['N3', 'N4', 'N19'],
  expected: 'masked',
  mattersWhen: held,
  begin: ({ fault: { percent, maxMs }, weather, seed, mattered }) =>
    weather.add({
      impairs: () => true,
      touches: (passage) => {
        const { link, number } = passage;
        if (!happens(percent, draw(seed, purposes.delay, link, number))) return false;
        const ms = draw(seed, purposes.delay, link, number, 1) % (maxMs + 1);
        passage.extraMs += ms;
        return ms > 0;
      },
      strains: (strain) => {
        if (!happens(percent, strain.drawn >>> 8)) return false;
        const ms = (strain.drawn >>> 4) % (maxMs + 1);
        strain.extraMs += ms;
        return ms > 0;
      },
      mattered,
    }),
};

export const slowLink: FaultRules<Of<'slowLink'>> = {
  ids: ['N5'],
  expected: 'masked',
  mattersWhen: held,
  begin: ({ host, hosts, fault: { to, extraMs }, weather, mattered }) => {
    const isIt = (passage: { from: number; to: number }) =>
      passage.from === host!.number && passage.to === to % hosts.length;
    const slows = (passage: { from: number; to: number; extraMs: number }) => {
      if (!isIt(passage)) return false;
      passage.extraMs += extraMs;
      return extraMs > 0;
    };
    const impairs = (from: number, other: number) => isIt({ from, to: other });
    return weather.add({ impairs, touches: slows, strains: slows, mattered });
  },
};

/** Sixteenths of the mean: the middles of sixteen equal parts of an exponential distribution. */
const tail = [1, 2, 3, 4, 5, 7, 8, 10, 12, 14, 17, 21, 25, 31, 40, 58] as const;

export const latency: FaultRules<Of<'latency'>> = {
  ids: ['N4', 'N3'],
  expected: 'masked',
  mattersWhen: held,
  begin: ({ fault: { meanMs }, weather, seed, mattered }) => {
    const drawnMs = (drawn: number) => Math.floor((meanMs * tail[drawn % 16]!) / 16);
    return weather.add({
      impairs: () => true,
      touches: (passage) => {
        const { link, number } = passage;
        const ms = drawnMs(draw(seed, purposes.delay, link, number, 2));
        passage.extraMs += ms;
        return ms > 0;
      },
      strains: (strain) => {
        const ms = drawnMs(strain.drawn >>> 12);
        strain.extraMs += ms;
        return ms > 0;
      },
      mattered,
    });
  },
};

const throttledMs = 100;

export const throttle: FaultRules<Of<'throttle'>> = {
  ids: ['N6'],
  expected: 'masked',
  mattersWhen: 'a message was one too many',
  begin: ({ fault: { messages }, clock, weather, mattered }) => {
    /** By link: which tenth of a second, and how many messages it has had. */
    const links: { slot: number; count: number }[] = [];
    return weather.add({
      impairs: () => true,
      touches: (passage) => {
        const slot = Math.floor(clock.nowMs / throttledMs);
        const link = (links[passage.link] ??= { slot, count: 0 });
        if (link.slot !== slot) Object.assign(link, { slot, count: 0 });
        passage.isLost = ++link.count > messages;
        return passage.isLost;
      },
      mattered,
    });
  },
};

export const clog: FaultRules<Of<'clog'>> = {
  ids: ['N14', 'N15'],
  expected: 'masked',
  mattersWhen: held,
  begin: ({ host, clock, weather, mattered }) => {
    const { number } = host!;
    const waiting: { readonly goOn: () => void; readonly origin: number }[] = [];
    const isIt = (_from: number, to: number) => to === number;
    const clear = weather.add({
      impairs: isIt,
      holds: (from, to, goOn) => {
        if (!isIt(from, to)) return false;
        waiting.push({ goOn, origin: clock.origin });
        return true;
      },
      mattered,
    });
    return () => {
      clear();
      for (const { goOn, origin } of waiting.splice(0)) clock.schedule(0, goOn, origin);
    };
  },
};
