/** Tests of a follower's progress: its chart and its functions are one thing, and never go back. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, type EventFrom } from 'xstate';
import { defaultSettings } from './context.js';
import {
  accepted,
  isCurrentRefusal,
  maySend,
  type Progress,
  progressMachine,
  refused,
  sent,
  unknownProgress,
} from './progress.js';

type ProgressEvent = EventFrom<typeof progressMachine>;

const index = fc.integer({ min: 0, max: 12 });

const events: fc.Arbitrary<ProgressEvent[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('sent' as const), lastIndex: index, bytes: fc.nat(100) }),
    fc.record({ type: fc.constant('accepted' as const), matchIndex: index }),
    fc.record({ type: fc.constant('refused' as const), prevLogIndex: index, nextIndex: index }),
  ),
  { maxLength: 30, size: 'max' },
);

/** The functions, as a leader uses them. */
function after(progress: Progress, event: ProgressEvent): Progress {
  if (event.type === 'sent') return sent(progress, event.lastIndex, event.bytes);
  if (event.type === 'accepted') return accepted(progress, event.matchIndex);
  if (!isCurrentRefusal(progress, event.prevLogIndex)) return progress;
  return refused(progress, event.nextIndex);
}

describe('progress', () => {
  it('is the same by its chart and by its functions, whatever happens', () => {
    const seen = new Set<string>();
    const check = (happened: ProgressEvent[]) => {
      const actor = createActor(progressMachine, { input: { nextIndex: 5 } }).start();
      let progress = unknownProgress(5);
      for (const event of happened) {
        const before = progress.state;
        progress = after(progress, event);
        actor.send(event);
        const { value, context } = actor.getSnapshot();
        expect(context.progress).toEqual(progress);
        expect(value).toBe(progress.state);
        seen.add(`${before} ${event.type} ${value}`);
      }
    };
    fc.assert(fc.property(events, check), { seed: 1, numRuns: 200 });
    expect([...seen].sort()).toEqual([
      'probing accepted replicating',
      'probing refused probing',
      'probing sent probing',
      'replicating accepted replicating',
      'replicating refused probing',
      'replicating refused replicating',
      'replicating sent replicating',
    ]);
  });

  it('never takes back what matches, sends only beyond it, and counts its window right', () => {
    const check = (happened: ProgressEvent[]) => {
      let progress = unknownProgress(5);
      for (const event of happened) {
        const { matchIndex, nextIndex } = progress;
        // What is sent begins at `nextIndex`.
        if (event.type === 'sent') event.lastIndex += nextIndex;
        progress = after(progress, event);
        expect(progress.matchIndex).toBeGreaterThanOrEqual(matchIndex);
        expect(progress.nextIndex).toBeGreaterThan(progress.matchIndex);
        const bytes = progress.inFlight.reduce((sum, message) => sum + message.bytes, 0);
        expect(progress.bytesInFlight).toBe(bytes);
      }
    };
    fc.assert(fc.property(events, check), { seed: 1, numRuns: 200 });
  });

  it('lets one probe out, and then none until it is answered', () => {
    const probed = sent(unknownProgress(5), 5, 10);
    expect(maySend(unknownProgress(5), defaultSettings)).toBe(true);
    expect(maySend(probed, defaultSettings)).toBe(false);
    expect(maySend(accepted(probed, 5), defaultSettings)).toBe(true);
    expect(maySend(refused(probed, 3), defaultSettings)).toBe(true);
  });

  it('lets messages out up to the bounds of the window, in number and in bytes', () => {
    const settings = { ...defaultSettings, messagesInFlightMax: 2, bytesInFlightMax: 100 };
    const met = accepted(unknownProgress(1), 0);
    expect(maySend(sent(met, 1, 99), settings)).toBe(true);
    expect(maySend(sent(met, 1, 100), settings)).toBe(false);
    expect(maySend(sent(sent(met, 1, 1), 2, 1), settings)).toBe(false);
    expect(maySend(accepted(sent(sent(met, 1, 1), 2, 1), 1), settings)).toBe(true);
  });

  it('has unknown followers probed from where the leader’s log ends (Figure 2, nextIndex)', () => {
    expect(unknownProgress(5)).toMatchObject({ state: 'probing', matchIndex: 0, nextIndex: 5 });
  });
});
