/**
 * How fast the simulator runs: five servers under load, with codec, log store and every law on; and
 * an idle cluster. An event is a message, a timer or a disk completion that is handed to a server.
 */
import { fromReducer } from '../actors/fromReducer.js';
import { raftLaws } from '../properties/raftLaws.js';
import type { LoadItem, Schedule } from '../sim/schedule.js';
import { simulate } from '../sim/simulation.js';
import { median } from './percentile.js';

const rounds = 5;
const forMs = 60_000;
const requestsPerSecond = 20;
/** Events a second on one core. */
const target = 100_000;

const sum = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

/** Prints the table; answers whether the target was met. */
export async function run(print: (line: string) => void): Promise<boolean> {
  const load: LoadItem<number>[] = [];
  for (let at = 600; at < forMs; at += 1_000 / requestsPerSecond) {
    load.push({ at, client: load.length % 5, command: load.length });
  }
  print('Simulator: 5 servers, codec, log store and all laws on, one core');
  measure(schedule(load)); // warm-up
  const busy = Array.from({ length: rounds }, () => measure(schedule(load)));
  const idle = Array.from({ length: rounds }, () => measure(schedule([])));
  const rate = median(busy.map((m) => m.eventsPerSecond));
  report(print, `${requestsPerSecond} requests a virtual second`, busy);
  report(print, 'idle', idle);
  const isMet = rate >= target;
  print(`  target: ${target / 1_000} k events a second under load: ${isMet ? 'met' : 'MISSED'}`);
  return isMet;
}

function schedule(load: readonly LoadItem<number>[]): Schedule<number> {
  return { servers: 5, forMs, windows: [], load, deviations: [] };
}

interface Measured {
  readonly eventsPerSecond: number;
  readonly timesRealTime: number;
}

/** By the processor's time, since other programs share this machine. */
function measure(of: Schedule<number>): Measured {
  const before = process.cpuUsage();
  const result = simulate({ schedule: of, seed: 1, stateMachine: sum, laws: raftLaws });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (!result.ok) throw new Error(`a law broke: ${JSON.stringify(result.violations)}`);
  return { eventsPerSecond: result.events / seconds, timesRealTime: forMs / 1_000 / seconds };
}

function report(print: (line: string) => void, what: string, measured: readonly Measured[]): void {
  const rate = Math.round(median(measured.map((m) => m.eventsPerSecond)));
  const times = Math.round(median(measured.map((m) => m.timesRealTime)));
  print(
    `  ${what}: ${rate.toLocaleString('en')} events a processor second, ${times} times real time`,
  );
}
