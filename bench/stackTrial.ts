/** One trial of three servers at size: two that run, and one that joins them. */
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  caughtUpMs,
  firstTime,
  latenessWithin,
  ledThroughout,
  memoryWithin,
} from './serverReports.js';
import { findLeader, type SizedServer } from './sizedCluster.js';
import { epochMs, SteadyWriter, type Written } from './steadyWriter.js';
import { figure, tableLines } from './table.js';
import { pause } from './until.js';

/** What befalls a server in the middle of its install. */
export type Fault = 'none' | 'stopped' | 'killed';

const faultTexts: Readonly<Record<Fault, string>> = {
  none: 'in peace',
  stopped: 'stopped for a second in the middle of its install',
  killed: 'killed in the middle of its install',
};

type Print = (line: string) => void;

const outstanding = 64;
/** How long writes are measured by themselves, ms. */
const aloneMs = 3_000;
const stopMs = 1_000;
/** Half of the minimum election timeout. */
const pauseMsMax = 100;

export class Trial {
  readonly #fault: Fault;
  readonly #leader: SizedServer;
  readonly #follower: SizedServer;
  readonly #joiner: SizedServer;
  readonly #writer: SteadyWriter;
  readonly #keys: number;

  /** Starts the first two of `filled` on copies of their folders. */
  static async begin(filled: readonly SizedServer[], fault: Fault, keys: number): Promise<Trial> {
    const servers = filled.map((server) => copyOf(server, fault));
    const running = servers.slice(0, 2);
    for (const server of running) server.start();
    const leader = await findLeader(running);
    const follower = running.find((server) => server !== leader)!;
    const writer = await SteadyWriter.open(leader.redisPort, outstanding, keys);
    return new Trial(fault, [leader, follower, servers[2]!], writer, keys);
  }

  private constructor(
    fault: Fault,
    [leader, follower, joiner]: readonly [SizedServer, SizedServer, SizedServer],
    writer: SteadyWriter,
    keys: number,
  ) {
    this.#fault = fault;
    this.#leader = leader;
    this.#follower = follower;
    this.#joiner = joiner;
    this.#writer = writer;
    this.#keys = keys;
  }

  async end(): Promise<void> {
    this.#writer.close();
    for (const server of this.#all) await server.kill();
  }

  /** The third server joins while writes go on. Prints how; answers what is wrong with it. */
  async join(print: Print): Promise<string[]> {
    const alone = await this.#writer.writeDuring(pause(aloneMs));
    let caughtUp = 0;
    const beganMs = epochMs();
    const meanwhile = await this.#writer.writeDuring(
      this.#joinNow().then((ms) => {
        caughtUp = ms;
      }),
    );
    const installedMs = firstTime(
      this.#joiner.reports(),
      ({ snapshotIndex }) => snapshotIndex > 0,
    )!;
    print(`  A server joins, ${faultTexts[this.#fault]}:`);
    print(`    snapshot in place after ${figure(installedMs - beganMs)} ms`);
    print(`    caught up after ${figure(caughtUp - beganMs)} ms`);
    this.#printWrites(print, alone, meanwhile);
    return this.#printPauses(print, [this.#leader, this.#follower], meanwhile);
  }

  /** All take a snapshot while writes go on. Prints how; answers what is wrong with it. */
  async snapshot(print: Print): Promise<string[]> {
    const alone = await this.#writer.writeDuring(pause(aloneMs));
    const beganMs = epochMs();
    const takenMs: number[] = [];
    const meanwhile = await this.#writer.writeDuring(
      Promise.all(
        this.#all.map(async (server, i) => {
          takenMs[i] = await server.snapshot();
        }),
      ),
    );
    print('  All take a snapshot:');
    const rows = this.#all.map((server, i) => {
      const rssBytes = memoryWithin(server.reports(), alone.fromMs, meanwhile.toMs);
      return [
        this.#roleOf(server),
        figure(takenMs[i]! - beganMs),
        figure(server.snapshotBytes() / 1e6),
        figure(rssBytes / 1e6),
        figure(rssBytes / this.#keys),
      ];
    });
    const header = ['server', 'taken in ms', 'snapshot MB', 'memory MB', 'bytes a key'];
    for (const line of tableLines(header, rows)) print(`    ${line}`);
    this.#printWrites(print, alone, meanwhile);
    return this.#printPauses(print, this.#all, meanwhile);
  }

  /** Answers when the joiner has applied what is committed, ms since 1970. */
  async #joinNow(): Promise<number> {
    const joiner = this.#joiner;
    joiner.start();
    if (this.#fault !== 'none') {
      await this.#untilHalf();
      if (this.#fault === 'killed') {
        await joiner.kill();
        joiner.start();
      } else {
        joiner.signal('SIGSTOP');
        await pause(stopMs);
        joiner.signal('SIGCONT');
      }
    }
    return joiner.until('all applied', (reports) => caughtUpMs(reports, this.#leader.reports()));
  }

  async #untilHalf(): Promise<void> {
    const half = this.#leader.snapshotBytes() / 2;
    const { id } = this.#joiner.options;
    await this.#leader.until(`half a snapshot for ${id}`, (reports) => {
      const offset = reports.at(-1)?.status.followers[id]?.snapshotOffset ?? 0;
      return offset >= half || undefined;
    });
  }

  #printWrites(print: Print, alone: Written, meanwhile: Written): void {
    const rows = [
      ['alone', figure(alone.perSecond), figure(alone.p99Ms)],
      ['meanwhile', figure(meanwhile.perSecond), figure(meanwhile.p99Ms)],
    ];
    const header = [`SETs, ${outstanding} outstanding`, 'a second', 'p99 ms, at worst'];
    for (const line of tableLines(header, rows)) print(`    ${line}`);
  }

  #printPauses(print: Print, servers: readonly SizedServer[], meanwhile: Written): string[] {
    const { fromMs, toMs } = meanwhile;
    const flaws: string[] = [];
    const rows = servers.map((server) => {
      const { p99, longest, longestOwn } = latenessWithin(server.reports(), fromMs, toMs);
      if (longest >= pauseMsMax) {
        flaws.push(`the ${this.#roleOf(server)} paused for ${figure(longest)} ms`);
      }
      return [this.#roleOf(server), ...[p99, longest, longestOwn].map(figure)];
    });
    const header = ['event loop late by, ms', 'p99', 'longest', 'by own work'];
    for (const line of tableLines(header, rows)) print(`    ${line}`);
    if (!ledThroughout(this.#leader.reports(), fromMs, toMs)) flaws.push('there was an election');
    return flaws;
  }

  get #all(): readonly SizedServer[] {
    return [this.#leader, this.#follower, this.#joiner];
  }

  #roleOf(server: SizedServer): string {
    return server === this.#leader ? 'leader' : server === this.#joiner ? 'joiner' : 'follower';
  }
}

/** A server on a copy of the folder of another; its snapshots are taken only when it is told to. */
function copyOf(server: SizedServer, name: string): SizedServer {
  const { folder, id } = server.options;
  const copy = join(dirname(dirname(folder)), name, id);
  cpSync(folder, copy, { recursive: true });
  const never = Number.MAX_SAFE_INTEGER;
  return server.at(copy, { snapshotAfterBytes: never, snapshotAfterEntries: never });
}
