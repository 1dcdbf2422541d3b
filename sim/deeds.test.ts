import { describe, expect, it } from 'vitest';
import { load, start } from '../properties/support/busyRun.js';
import { type Deed, deeds, isDeed } from './deeds.js';
import type { Fault } from './fault.js';
import { benign } from './schedule.js';
import type { FaultEvent, StepEvent, TraceEvent } from './trace.js';

const snapshots = { snapshotAfterEntries: 4, trailingEntriesMax: 0, chunkBytesMax: 50 };

/**
 * Five servers; the first leader is cut off under load for a while, so that logs part; so is
 * another server, which needs a snapshot if there are any; and one is killed.
 */
const eventful = {
  ...benign(5, 3_000),
  load: [...load, ...load.map((item) => ({ ...item, at: item.at + 1_000 }))],
  windows: [
    { at: 700, dur: 700, fault: { kind: 'isolate', server: 'leader' } },
    { at: 650, dur: 1_000, fault: { kind: 'isolate', server: 4 } },
    { at: 1_800, dur: 50, fault: { kind: 'crash', server: 2 } },
  ] as const,
};

/** What happened in that run with this fault besides, from 600 ms on. */
function traceOf(when: Deed, fault: Fault): TraceEvent[] {
  const trace: TraceEvent[] = [];
  const settings = when === 'receiver' || when === 'snapshotter' ? snapshots : {};
  const simulation = start({ ...eventful, settings }).fork({
    onEvent: (event) => trace.push(event),
  });
  simulation.inject({ at: 600, when, dur: 100, fault });
  simulation.runUntil(3_000);
  return trace;
}

/** When that fault began, and the step before it. */
function beginning(trace: readonly TraceEvent[], kind: Fault['kind']) {
  const at = trace.findIndex((event) => event.type === 'fault' && event.fault.kind === kind);
  const cause = trace.slice(0, at).findLast((event) => event.number === trace[at]?.cause);
  return { fault: trace[at] as FaultEvent | undefined, cause: cause as StepEvent | undefined };
}

describe('a deed', () => {
  for (const deed of Object.keys(deeds) as Deed[]) {
    it(`can be waited for, and its doer met: ${deed}`, () => {
      const { fault, cause } = beginning(traceOf(deed, { kind: 'kill', server: deed }), 'kill');
      expect(fault, deed).toBeDefined();
      // A vote is given when the answer leaves, which is after the step.
      if (deed !== 'voter') expect(fault!.server).toBe(cause!.server);
    });
  }

  it('is told by what the server was doing', () => {
    const event = (deed: Deed) =>
      beginning(traceOf(deed, { kind: 'kill', server: deed }), 'kill').cause!;
    expect(event('elected')).toMatchObject({ role: 'leader' });
    expect(event('deposed').role).not.toBe('leader');
    expect(event('truncator').event).toBe('AppendEntriesRequest');
    expect(event('receiver').event).toBe('InstallSnapshotRequest');
    expect(event('quorum').event).toBe('persisted');
    expect(event('brink').event).toBe('persisted');
    expect(event('snapshotter').event).toMatch(/^snapshot(Taken|Stored)$/u);
  });

  it('can be waited for by a fault that befalls another server, or the network', () => {
    const leader = traceOf('quorum', { kind: 'kill', server: 'leader' });
    const { fault, cause } = beginning(leader, 'kill');
    expect(cause!.event).toBe('persisted');
    expect(cause!.commitIndex).toBeLessThan(cause!.lastIndex);
    expect(fault!.server).toBeDefined();
    const { fault: loss } = beginning(traceOf('writer', { kind: 'loss', percent: 5 }), 'loss');
    expect(loss!.server).toBeUndefined();
  });

  it('is no number, and nothing that a server is', () => {
    expect(['leader', 'follower', 0, undefined].some(isDeed)).toBe(false);
    expect(isDeed('voter')).toBe(true);
  });
});
