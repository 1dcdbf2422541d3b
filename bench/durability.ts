/**
 * Shows that a contender makes acknowledged writes durable, before anything is timed: whoever
 * answers before the disk does would win every comparison. Each check prints what it saw, and
 * throws where it saw too little.
 */
import { type Contender, majority } from './contender.js';
import { diskFlushes, flushesBetween } from './diskFlushes.js';
import { type Interval, syncedWrites, wallClockOffsetMs } from './interval.js';
import { traceSyncs } from './syncTrace.js';
import { value } from './workload.js';

type Print = (line: string) => void;

/** Writes, one after another, whose syncs are counted. */
const countedWrites = 200;
/** How long the servers are written to before they are killed. */
const untilKillMs = 1000;
/** Not to write without end where the kill comes late. */
const killedWritesMax = 10_000;

/**
 * One write after another: each must see, between request and answer, a sync on a majority of the
 * servers. Where strace cannot tell, the disk must have seen at least one flush a write.
 */
export async function showSyncs(contender: Contender, folder: string, print: Print): Promise<void> {
  const trace = await traceSyncs(contender.pids(), folder);
  const flushesBefore = diskFlushes();
  const writes = await writeInTurn(contender, countedWrites);
  const flushes = flushesBetween(flushesBefore, diskFlushes());
  if (trace !== undefined) {
    const syncs = await trace.stop();
    const synced = syncedWrites(writes, syncs, majority);
    const counts = syncs.map((own) => own.length).join(', ');
    print(
      `${contender.name}: ${synced} of ${writes.length} acknowledged writes were synced on a ` +
        `majority before the answer (strace; syncs of the servers: ${counts}; ` +
        `flushes of the busiest disk: ${flushes})`,
    );
    demand(
      synced === writes.length,
      `${contender.name} acknowledged a write before it was durable`,
    );
  } else if (flushesBefore.size > 0) {
    print(
      `${contender.name}: ${flushes} flushes of the busiest disk for ${writes.length} ` +
        'acknowledged writes (/proc/diskstats; strace cannot trace here)',
    );
    demand(flushes >= writes.length, `${contender.name}: fewer flushes than acknowledged writes`);
  } else {
    print(`${contender.name}: syncs not counted: neither strace nor /proc/diskstats tells of them`);
  }
}

/**
 * `kill -9` of all three in the middle of writing; what was acknowledged must be there after a
 * restart.
 */
export async function showKill(contender: Contender, print: Print): Promise<void> {
  const acknowledged: string[] = [];
  let killed: Promise<void> | undefined;
  const timer = setTimeout(() => {
    killed = contender.kill();
  }, untilKillMs);
  try {
    while (acknowledged.length < killedWritesMax) {
      const key = `kill:${acknowledged.length}`;
      await contender.set(key, key);
      acknowledged.push(key);
    }
  } catch (error) {
    if (killed === undefined) throw error;
  } finally {
    clearTimeout(timer);
  }
  await (killed ?? contender.kill());
  await contender.start();
  let found = 0;
  for (const key of acknowledged) if ((await contender.get(key)) === key) found++;
  print(
    `${contender.name}: ${found} of ${acknowledged.length} acknowledged writes were there after ` +
      'a kill -9 of all three servers',
  );
  demand(
    acknowledged.length > 0,
    `${contender.name} acknowledged nothing within ${untilKillMs} ms`,
  );
  demand(found === acknowledged.length, `${contender.name} lost acknowledged writes`);
}

async function writeInTurn(contender: Contender, count: number): Promise<Interval[]> {
  const offsetMs = wallClockOffsetMs();
  const writes: Interval[] = [];
  for (let number = 0; number < count; number++) {
    const beganMs = offsetMs + performance.now();
    await contender.set(`sync:${number}`, value);
    writes.push({ beganMs, endedMs: offsetMs + performance.now() });
  }
  return writes;
}

function demand(held: boolean, otherwise: string): void {
  if (!held) throw new Error(otherwise);
}
