/**
 * How long a server takes to come back: spawned anew on a log of a million entries (or as many as
 * an argument says) without any snapshot, and on what default settings leave of as many.
 */
import { makeBenchFolder } from './benchProcess.js';
import { fillFolder } from './filledFolder.js';
import { firstTime, latenessWithin, memoryWithin } from './serverReports.js';
import { openSetLoad } from './setLoad.js';
import { type SizedServer, sizedServers } from './sizedCluster.js';
import { figure, tableLines } from './table.js';

const defaultEntries = 1_000_000;
const appliedMsMax = 5_000;
const outstanding = 512;
const never = Number.MAX_SAFE_INTEGER;

/** Since the process was spawned, ms. */
interface Restart {
  readonly listeningMs: number;
  readonly leadingMs: number;
  readonly appliedMs: number;
  readonly longestMs: number;
  readonly megabytes: number;
}

/** Prints the table; answers whether the whole log was applied soon enough. */
export async function run(
  print: (line: string) => void,
  entries = defaultEntries,
): Promise<boolean> {
  print(`Restart of a lone server after ${figure(entries)} SETs of values of 100 bytes`);
  const whole = await wholeLog(entries);
  const usual = await usualLog(entries);
  const rows = [rowOf('the whole log, no snapshot', whole), rowOf('default settings', usual)];
  const header = ['since its spawn, ms', 'listening', 'leading', 'all applied', 'pause', 'MB'];
  for (const line of tableLines(header, rows)) print(`  ${line}`);
  const isMet = whole.appliedMs < appliedMsMax;
  print(`  target: all applied within ${appliedMsMax} ms: ${isMet ? 'met' : 'MISSED'}`);
  return isMet;
}

function rowOf(name: string, restart: Restart): string[] {
  const { listeningMs, leadingMs, appliedMs, longestMs, megabytes } = restart;
  return [name, ...[listeningMs, leadingMs, appliedMs, longestMs, megabytes].map(figure)];
}

async function wholeLog(entries: number): Promise<Restart> {
  const settings = { snapshotAfterBytes: never, snapshotAfterEntries: never };
  const [server] = await sizedServers(makeBenchFolder(), 1, settings);
  await server!.found();
  await fillFolder(server!.options.folder, entries);
  return restartOf(server!, entries);
}

async function usualLog(entries: number): Promise<Restart> {
  const [server] = await sizedServers(makeBenchFolder(), 1);
  await server!.found();
  server!.start();
  await untilApplied(server!, 1);
  let key = 0;
  const load = await openSetLoad(server!.redisPort, outstanding, () => key++);
  await load.drive({ operations: entries });
  load.close();
  await server!.kill();
  return restartOf(server!, entries);
}

async function restartOf(server: SizedServer, entries: number): Promise<Restart> {
  server.start();
  const { startedMs } = server;
  const appliedMs = await untilApplied(server, entries);
  const reports = server.reports();
  await server.kill();
  const leadingMs = firstTime(reports, ({ role }) => role === 'leader')!;
  return {
    listeningMs: reports[0]!.atMs - startedMs,
    leadingMs: leadingMs - startedMs,
    appliedMs: appliedMs - startedMs,
    longestMs: latenessWithin(reports, startedMs, appliedMs).longest,
    megabytes: memoryWithin(reports, startedMs, appliedMs) / 1e6,
  };
}

/** When it leads and has applied at least so many entries, all that it has. */
function untilApplied(server: SizedServer, entries: number): Promise<number> {
  return server.until('all entries applied', (reports) =>
    firstTime(
      reports,
      ({ role, lastApplied, lastIndex }) =>
        role === 'leader' && lastApplied === lastIndex && lastApplied >= entries,
    ),
  );
}
