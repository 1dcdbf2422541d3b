/**
 * One server of the size benches, as a process: `raftchart serve` with settings of the bench's
 * choice, and with a look at its event loop. Its one argument says which server, as JSON; what it
 * says of itself goes to stdout.
 */
import type { Status } from '../actors/status.js';
import { type KvServerOptions, kvServer } from '../services/kv/nodeKvServer.js';
import { type LoopSample, reportLine, samplePeriodMs } from './serverReports.js';

/** Between two reports of a server to which nothing happens, ms. */
const reportPeriodMs = 50;

function watch(status: () => Status): void {
  let samples: LoopSample[] = [];
  let lastMs = performance.now();
  let cpu = process.cpuUsage();
  let reportedMs = 0;
  let last: Status | undefined;
  setInterval(() => {
    const nowMs = performance.now();
    const atMs = performance.timeOrigin + nowMs;
    const used = process.cpuUsage(cpu);
    samples.push({
      atMs: Math.round(atMs),
      lateMs: Math.max(0, nowMs - lastMs - samplePeriodMs),
      cpuMs: (used.user + used.system) / 1000,
    });
    cpu = process.cpuUsage();
    lastMs = nowMs;
    const now = status();
    const hasChanged = now.role !== last?.role || now.snapshotIndex !== last.snapshotIndex;
    const hasApplied = now.lastApplied === now.lastIndex && last?.lastApplied !== last?.lastIndex;
    last = now;
    if (!hasChanged && !hasApplied && nowMs - reportedMs < reportPeriodMs) return;
    reportedMs = nowMs;
    const rssBytes = process.memoryUsage.rss();
    process.stdout.write(reportLine({ atMs, status: now, rssBytes, samples }));
    samples = [];
  }, samplePeriodMs);
}

function main(argument: string): void {
  const server = kvServer(JSON.parse(argument) as KvServerOptions);
  const fail = (error: Error): never => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  };
  server.onFailure(fail);
  server.start((error) => {
    if (error !== undefined) fail(error);
    watch(() => server.status());
  });
}

main(process.argv[2]!);
