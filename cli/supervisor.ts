/**
 * Whom a server of `serve` obeys and reports to: the person at the terminal, or the process of
 * `start`.
 */
import process from 'node:process';
import type { Status } from '../actors/status.js';
import type { ServerId } from '../machines/entry.js';
import type { Notice } from '../services/kv/nodeKvServer.js';
import type { Order, Report } from './report.js';

/** Whether a server that leads hands leadership over before it stops. */
export type StopMode = 'handOver' | 'now';

/** Hears how a server is doing, and says when it is to stop. */
export interface Supervisor {
  report(report: Report): void;
  /** Calls `stop`, once or oftener, when the server is to stop. */
  whenToStop(stop: (mode: StopMode) => void): void;
  /** The server has stopped. */
  close(): void;
}

/**
 * npm passes on to its children a signal that they have got from the terminal already: what comes
 * within so long of the first signal is the same, ms.
 */
const sameSignalMs = 300;

/**
 * The person at the terminal, or the system's own supervisor: sees lines, stops the server with
 * Ctrl-C or SIGTERM, and ends the process at once with another one. `name` begins each line.
 */
export function terminal(name: string, id: ServerId): Supervisor {
  let last = '';
  const printStatus = (status: Status): void => {
    const leader = status.leaderId === undefined ? 'no leader known' : `${status.leaderId} leads`;
    const line = `${name}: ${status.role} in term ${status.term}, ${leader}`;
    if (line !== last && status.role !== 'stopped') console.log(line);
    last = line;
  };
  const printNotice = ({ about, line }: Notice): void =>
    console.error(about === id ? `${name}: ${line}` : `${name}: ${about}: ${line}`);
  return {
    report(report) {
      if (report.type === 'status') printStatus(report.status);
      else if (report.type === 'listening') console.log(`${name}: up; Ctrl-C stops it`);
      else printNotice(report.notice);
    },
    whenToStop(stop) {
      let firstMs: number | undefined;
      const heard = (): void => {
        firstMs ??= performance.now();
        if (performance.now() - firstMs < sameSignalMs) return stop('handOver');
        console.error(`${name}: ended at once; what was asked and not answered may still happen`);
        process.exit(1);
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard);
    },
    close() {},
  };
}

/**
 * The process of `start`, by the channel to it. When that process is gone, nobody is left to stop
 * this one.
 */
export function parentProcess(): Supervisor {
  const report = (what: Report): void => {
    if (process.connected) process.send?.(what, undefined, undefined, () => {});
  };
  process.on('warning', ({ message }) => {
    report({ type: 'notice', notice: { about: 'node', line: message } });
  });
  return {
    report,
    whenToStop(stop) {
      // The terminal sends its signals to all processes of its group; the parent decides about the
      // order.
      for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
      process.on('SIGTERM', () => stop('handOver'));
      process.on('message', (order: Order) => {
        if (order.type === 'stop') stop('now');
      });
      process.on('disconnect', () => stop('now'));
      if (!process.connected) stop('now');
    },
    close() {
      if (process.connected) process.disconnect();
    },
  };
}
