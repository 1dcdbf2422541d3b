/**
 * Whom a server of `serve` obeys and reports to: the person at the terminal, or the process of
 * `start`.
 */
import process from 'node:process';
import type { Status } from '../actors/serverActor.js';
import type { Order, Report } from './report.js';

/** Hears how a server is doing, and says when it is to stop. */
export interface Supervisor {
  report(report: Report): void;
  /** Calls `stop`, once or oftener, when the server is to stop. */
  whenToStop(stop: () => void): void;
  /** The server has stopped. */
  close(): void;
}

/**
 * The person at the terminal: sees lines, and stops the server with Ctrl-C. `name` says which
 * server.
 */
export function terminal(name: string): Supervisor {
  let last = '';
  const printStatus = (status: Status): void => {
    const leader = status.leaderId === undefined ? 'no leader known' : `${status.leaderId} leads`;
    const line = `${name}: ${status.role} in term ${status.term}, ${leader}`;
    if (line !== last && status.role !== 'stopped') console.log(line);
    last = line;
  };
  return {
    report(report) {
      if (report.type === 'status') printStatus(report.status);
      else if (report.type === 'listening') console.log(`${name}: up; Ctrl-C stops it`);
      else console.error(`${name}: ${report.notice.about}: ${report.notice.line}`);
    },
    whenToStop(stop) {
      // Not once: npm passes on a signal that the terminal has sent already, and the second would
      // kill.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
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
      process.on('SIGTERM', stop);
      process.on('message', (order: Order) => {
        if (order.type === 'stop') stop();
      });
      process.on('disconnect', stop);
      if (!process.connected) stop();
    },
    close() {
      if (process.connected) process.disconnect();
    },
  };
}
