/**
 * For tests of the network: weather without a cluster (of three servers, unless told otherwise),
 * and faults that change it.
 */
import type { Fault } from '../../sim/fault.js';
import { begin } from '../../sim/faults/faults.js';
import type { Heal } from '../../sim/faults/onset.js';
import type { VirtualClock } from '../../sim/virtualClock.js';
import { Weather } from '../../sim/weather.js';

export interface FaultyWeather {
  readonly weather: Weather;
  /** Begins a fault, at this server if it is about one; answers how it ends. */
  readonly begin: (fault: Fault, server?: number) => Heal;
  /** How often any of them made a difference. */
  readonly mattered: () => number;
}

export function faultyWeather(clock: VirtualClock, seed = 1, count = 3): FaultyWeather {
  const weather = new Weather();
  let differences = 0;
  return {
    weather,
    begin: (fault, server) => {
      const host = server === undefined ? undefined : ({ number: server } as never);
      const hosts = Array.from({ length: count }, (_, number) => ({ number })) as never;
      const dur = Number.POSITIVE_INFINITY;
      const mattered = () => differences++;
      return begin({ fault, dur, number: 1, host, hosts, seed, clock, weather, mattered });
    },
    mattered: () => differences,
  };
}
