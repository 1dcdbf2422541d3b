/** Tests of a follower's progress: its chart and its functions are one thing, and never go back. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, createMachine, type EventFrom } from 'xstate';
import { type State, withoutOnePart } from '../properties/support/chartMutants.js';
import { logBase } from '../properties/support/script.js';
import {
  accepted,
  chunkSent,
  compacted,
  heartbeatIndex,
  isCurrentRefusal,
  maySend,
  type Progress,
  progressMachine,
  refused,
  sent,
  unknownProgress,
} from './progress.js';
import { defaultSettings } from './settings.js';

type ProgressEvent = EventFrom<typeof progressMachine>;

const index = fc.integer({ min: 0, max: 12 });

const events: fc.Arbitrary<ProgressEvent[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('sent' as const),
      lastIndex: index,
      bytes: fc.nat(100),
      nowMs: fc.nat(900),
    }),
    fc.record({ type: fc.constant('accepted' as const), matchIndex: index, nowMs: fc.nat(900) }),
    fc.record({ type: fc.constant('refused' as const), prevLogIndex: index, nextIndex: index }),
    fc.record({
      type: fc.constant('compacted' as const),
      base: index.map((at) => logBase(at, 1)),
      nowMs: fc.nat(900),
    }),
    fc.record({ type: fc.constant('chunkSent' as const), offset: index, nowMs: fc.nat(900) }),
  ),
  { maxLength: 30, size: 'max' },
);

/** What a leader never does: entries only where none of a snapshot go, and the other way round. */
function isOutOfPlace({ state, matchIndex }: Progress, event: ProgressEvent): boolean {
  const isSnapshotting = state === 'snapshotting';
  if (event.type === 'sent') return isSnapshotting;
  if (event.type === 'chunkSent') return !isSnapshotting;
  return event.type === 'compacted' && event.base.index <= matchIndex;
}

/** The functions, as a leader uses them. */
function after(progress: Progress, event: ProgressEvent): Progress {
  if (event.type === 'sent') return sent(progress, event.lastIndex, event.bytes, event.nowMs);
  if (event.type === 'accepted') return accepted(progress, event.matchIndex, event.nowMs);
  if (event.type === 'compacted') return compacted(progress, event.base, event.nowMs);
  if (event.type === 'chunkSent') return chunkSent(progress, event.offset, event.nowMs);
  if (!isCurrentRefusal(progress, event.prevLogIndex)) return progress;
  return refused(progress, event.nextIndex);
}

/** Takes random histories by chart and functions; answers the transitions that came about. */
function compare(machine: typeof progressMachine): readonly string[] {
  const seen = new Set<string>();
  const check = (happened: ProgressEvent[]) => {
    const actor = createActor(machine, { input: { nextIndex: 5 } }).start();
    let progress = unknownProgress(5, 0);
    for (const event of happened) {
      if (isOutOfPlace(progress, event)) continue;
      const before = progress.state;
      progress = after(progress, event);
      actor.send(event);
      const { value, context } = actor.getSnapshot();
      expect(context.progress).toEqual(progress);
      expect(value).toBe(progress.state);
      seen.add(`${before} ${event.type} ${value}`);
    }
  };
  fc.assert(fc.property(events, check), { seed: 1, numRuns: 300, endOnFailure: true });
  return [...seen].sort();
}

describe('progress', () => {
  it('is the same by its chart and by its functions, whatever happens', () => {
    expect(compare(progressMachine)).toEqual([
      'probing accepted replicating',
      'probing compacted snapshotting',
      'probing refused probing',
      'probing sent probing',
      'replicating accepted replicating',
      'replicating compacted snapshotting',
      'replicating refused probing',
      'replicating refused replicating',
      'replicating sent replicating',
      'snapshotting accepted replicating',
      'snapshotting accepted snapshotting',
      'snapshotting chunkSent snapshotting',
      'snapshotting compacted snapshotting',
      'snapshotting refused snapshotting',
    ]);
  });

  it('has no part in its chart that it could do without', () => {
    const { config, implementations } = progressMachine;
    const mutants = [...withoutOnePart(config as unknown as State)];
    const survivors = mutants.filter(({ rest }) => {
      const chart = createMachine(rest as object, implementations as object);
      try {
        return compare(chart as unknown as typeof progressMachine).length > 0;
      } catch {
        return false;
      }
    });
    expect(mutants.length).toBeGreaterThan(20);
    expect(survivors.map(({ lacks }) => lacks)).toEqual([]);
  });

  it('never takes back what matches, sends only beyond it, and counts its window right', () => {
    const check = (happened: ProgressEvent[]) => {
      let progress = unknownProgress(5, 0);
      for (const event of happened) {
        if (isOutOfPlace(progress, event)) continue;
        const { matchIndex, nextIndex } = progress;
        // What is sent begins at `nextIndex`.
        if (event.type === 'sent') event.lastIndex += nextIndex;
        progress = after(progress, event);
        expect(progress.matchIndex).toBeGreaterThanOrEqual(matchIndex);
        expect(progress.nextIndex).toBeGreaterThan(progress.matchIndex);
        const bytes = progress.inFlight.reduce((sum, message) => sum + message.bytes, 0);
        expect(progress.bytesInFlight).toBe(bytes);
        expect(progress.installing !== undefined).toBe(progress.state === 'snapshotting');
      }
    };
    fc.assert(fc.property(events, check), { seed: 1, numRuns: 300 });
  });

  it('lets one probe out, and then none until it is answered', () => {
    const probed = sent(unknownProgress(5, 0), 5, 10, 0);
    expect(maySend(unknownProgress(5, 0), defaultSettings)).toBe(true);
    expect(maySend(probed, defaultSettings)).toBe(false);
    expect(maySend(accepted(probed, 5, 0), defaultSettings)).toBe(true);
    expect(maySend(refused(probed, 3), defaultSettings)).toBe(true);
  });

  it('lets messages out up to the bounds of the window, in number and in bytes', () => {
    const settings = { ...defaultSettings, messagesInFlightMax: 2, bytesInFlightMax: 100 };
    const met = accepted(unknownProgress(1, 0), 0, 0);
    expect(maySend(sent(met, 1, 99, 0), settings)).toBe(true);
    expect(maySend(sent(met, 1, 100, 0), settings)).toBe(false);
    expect(maySend(sent(sent(met, 1, 1, 0), 2, 1, 0), settings)).toBe(false);
    expect(maySend(accepted(sent(sent(met, 1, 1, 0), 2, 1, 0), 1, 0), settings)).toBe(true);
  });

  it('has unknown followers probed from where the leader’s log ends (Figure 2, nextIndex)', () => {
    expect(unknownProgress(5, 0)).toMatchObject({ state: 'probing', matchIndex: 0, nextIndex: 5 });
  });

  it('has them heard when they are begun with, and answered by nothing that was sent', () => {
    const { contactMs, answeredSentMs } = unknownProgress(5, 700);
    expect(contactMs).toBe(700);
    expect(answeredSentMs).toBe(Number.NEGATIVE_INFINITY);
  });

  it('lets no entries out while a snapshot is under way, and then from behind it (§7)', () => {
    const met = sent(accepted(unknownProgress(5, 0), 4, 0), 5, 10, 0);
    const behind = compacted(met, logBase(9, 2), 70);
    expect(behind).toMatchObject({
      state: 'snapshotting',
      matchIndex: 4,
      nextIndex: 10,
      inFlight: [],
      bytesInFlight: 0,
      installing: { base: logBase(9, 2), offset: 0, sentMs: 70 },
    });
    expect(maySend(behind, defaultSettings)).toBe(false);
    expect(maySend(accepted(behind, 8, 0), defaultSettings)).toBe(false);
    expect(accepted(behind, 9, 0)).toMatchObject({ state: 'replicating', nextIndex: 10 });
    expect(accepted(behind, 11, 0)).toMatchObject({ state: 'replicating', nextIndex: 12 });
  });

  it('has heartbeats stand at the end of what was sent, so that they notice a loss', () => {
    const met = accepted(unknownProgress(5, 0), 4, 0);
    expect(heartbeatIndex(unknownProgress(5, 0), 0, defaultSettings)).toBe(4);
    expect(heartbeatIndex(met, 0, defaultSettings)).toBe(4);
    expect(heartbeatIndex(sent(met, 7, 100, 0), 0, defaultSettings)).toBe(7);
  });

  it('has them overtake what is much, while that moves on, and claim what matches only', () => {
    const settings = { ...defaultSettings, bytesPerMessageMax: 100, electionTimeoutMinMs: 200 };
    const met = accepted(unknownProgress(5, 0), 4, 0);
    const little = sent(met, 7, 100, 1_000);
    const much = sent(little, 8, 1, 1_100);
    expect(heartbeatIndex(little, 1_100, settings)).toBe(7);
    expect(heartbeatIndex(much, 1_199, settings)).toBe(4);
    expect(heartbeatIndex(much, 1_200, settings)).toBe(8);
    expect(heartbeatIndex(accepted(much, 4, 1_200), 1_200, settings)).toBe(8);
    const later = sent(accepted(much, 5, 1_190), 9, 50, 1_190);
    expect(heartbeatIndex(later, 1_389, settings)).toBe(5);
    expect(heartbeatIndex(later, 1_390, settings)).toBe(9);
  });

  it('has them claim nothing of a follower that gets a snapshot (§7)', () => {
    const behind = compacted(unknownProgress(5, 0), logBase(9, 2), 70);
    expect(heartbeatIndex(behind, 70, defaultSettings)).toBe(0);
  });

  it('knows which piece of a snapshot is under way, and since when', () => {
    const behind = compacted(unknownProgress(5, 0), logBase(9, 2), 70);
    expect(chunkSent(behind, 300, 80)).toEqual({
      ...behind,
      installing: { base: logBase(9, 2), offset: 300, sentMs: 80 },
    });
  });
});
