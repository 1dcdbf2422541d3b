/** Tests of what is read out of the reports of servers. */
import { describe, expect, it } from 'vitest';
import type { Status } from '../actors/status.js';
import {
  caughtUpMs,
  firstTime,
  type LoopSample,
  latenessWithin,
  ledThroughout,
  memoryWithin,
  parseReports,
  reportLine,
  type ServerReport,
} from './serverReports.js';

function report(atMs: number, status: Partial<Status>, samples: LoopSample[] = []): ServerReport {
  return { atMs, status: status as Status, rssBytes: atMs * 10, samples };
}

describe('the log of a server', () => {
  it('is read report by report, whatever else was written between them', () => {
    const reports = [report(1, { term: 2 }), report(2, { term: 3 })];
    const [first, second] = reports.map(reportLine);
    expect(parseReports(`${first}(node:1) a warning\n${second}`)).toEqual(reports);
  });

  it('may end in the middle of a line', () => {
    const line = reportLine(report(1, {}));
    expect(parseReports(line + line.slice(0, -2))).toEqual([report(1, {})]);
    expect(parseReports('')).toEqual([]);
  });
});

describe('how late an event loop was', () => {
  const late = (atMs: number, lateMs: number, cpuMs = lateMs): LoopSample => ({
    atMs,
    lateMs,
    cpuMs,
  });

  it('counts what began before the end, also where it ended later', () => {
    const reports = [report(0, {}, [late(9, 4), late(20, 5)]), report(1, {}, [late(60, 31)])];
    expect(latenessWithin(reports, 10, 30).longest).toBe(31);
    expect(latenessWithin(reports, 10, 28).longest).toBe(5);
    expect(latenessWithin(reports, 61, 70)).toEqual({ p99: Number.NaN, longest: 0, longestOwn: 0 });
  });

  it('is the work of others for as long as the process did not run', () => {
    const reports = [report(0, {}, [late(10, 200, 30), late(20, 40, 90)])];
    expect(latenessWithin(reports, 0, 30)).toMatchObject({ longest: 200, longestOwn: 40 });
  });

  it('has a percentile that 99 of 100 looks did not exceed', () => {
    const samples = Array.from({ length: 100 }, (_, i) => late(i, i + 1));
    expect(latenessWithin([report(0, {}, samples)], 0, 200).p99).toBe(99);
  });
});

describe('reports', () => {
  it('tell when something was so first, if ever', () => {
    const reports = [report(5, { term: 1 }), report(6, { term: 2 }), report(7, { term: 2 })];
    expect(firstTime(reports, ({ term }) => term === 2)).toBe(6);
    expect(firstTime(reports, ({ term }) => term === 3)).toBeUndefined();
  });

  it('tell the most memory of a time', () => {
    const reports = [report(5, {}), report(6, {}), report(7, {})];
    expect(memoryWithin(reports, 4, 6)).toBe(60);
    expect(memoryWithin(reports, 8, 9)).toBe(0);
  });
});

describe('a follower has caught up', () => {
  const leader = [report(10, { commitIndex: 100 }), report(20, { commitIndex: 200 })];

  it('when it has applied what its leader had committed before', () => {
    const follower = [
      report(15, { lastApplied: 99 }),
      report(18, { lastApplied: 100 }),
      report(25, { lastApplied: 200 }),
    ];
    expect(caughtUpMs(follower, leader)).toBe(18);
    expect(caughtUpMs(follower.slice(0, 1), leader)).toBeUndefined();
  });

  it('not before its leader has said anything', () => {
    expect(caughtUpMs([report(9, { lastApplied: 500 })], leader)).toBeUndefined();
  });
});

describe('a server has led throughout', () => {
  const reports = [
    report(10, { role: 'follower', term: 1 }),
    report(20, { role: 'leader', term: 2 }),
    report(30, { role: 'leader', term: 2 }),
    report(40, { role: 'leader', term: 4 }),
  ];

  it('if it led in each report of the time, and in one term', () => {
    expect(ledThroughout(reports, 20, 30)).toBe(true);
    expect(ledThroughout(reports, 10, 30)).toBe(false);
    expect(ledThroughout(reports, 20, 40)).toBe(false);
  });

  it('not if it said nothing in that time', () => {
    expect(ledThroughout(reports, 21, 29)).toBe(false);
  });
});
