/** Tests of restoring a state: all of it or none, in steps where the state machine can. */
import { describe, expect, it } from 'vitest';
import { noConfiguration } from '../machines/configuration.js';
import type { LogBase } from '../machines/log.js';
import { stateMachineOf } from '../properties/support/actorStage.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { WatchedStore } from '../properties/support/watchedStore.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import { memoryStore } from './memoryStore.js';
import { SnapshotDamaged } from './snapshotDecoder.js';
import { encodeSnapshot, type SnapshotHead } from './snapshotFormat.js';
import { restoreSnapshot } from './snapshotRestoring.js';

const base: LogBase = { index: 7, term: 2, stampMs: 3 };
const stateBytes = 600_000; // of which three pieces are read

function snapshotBytes(): Uint8Array {
  const state = [Uint8Array.from({ length: stateBytes }, (_, i) => i % 251)];
  const sessions = [{ id: 4, touchedMs: 2, firstUnacknowledged: 1, answers: new Map() }];
  const content = { group: 0, base, configuration: noConfiguration, sessions, state };
  const pieces = [...encodeSnapshot(content)];
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** State machines that keep what they were restored from: at once, or in steps. */
function machines() {
  const restored: Uint8Array[] = [];
  const steps: string[] = [];
  const atOnce = stateMachineOf({
    restore(chunks) {
      for (const chunk of chunks) restored.push(chunk);
    },
  });
  const pushed: Uint8Array[] = [];
  const inSteps: BytesStateMachine = {
    ...atOnce,
    beginRestore: () => ({
      push(chunk) {
        pushed.push(chunk.slice());
        steps.push('push');
      },
      finish() {
        restored.push(...pushed);
        steps.push('finish');
      },
    }),
  };
  return { restored, steps, atOnce, inSteps };
}

function startRestoring(
  stateMachine: BytesStateMachine,
  bytes = snapshotBytes(),
  answersAtOnce = false,
) {
  const clock = new ManualClock();
  const answer = (run: () => void) => (answersAtOnce ? run() : clock.defer(run));
  const store = new WatchedStore(memoryStore({ defer: answer }));
  store.putSnapshot(base, [bytes], () => clock.settle());
  const answers: [Error | undefined, SnapshotHead | undefined][] = [];
  const sizes: (number | undefined)[] = [];
  const now = { isCancelled: false };
  const defer = (run: () => void) => clock.defer(run);
  const isCancelled = () => now.isCancelled;
  const options = { store, stateMachine, base, defer, isCancelled };
  const start = () =>
    restoreSnapshot(options, (error, restored) => {
      answers.push([error, restored?.head]);
      sizes.push(restored?.bytes);
    });
  return { clock, store, answers, sizes, now, start };
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((length, chunk) => length + chunk.length, 0);
}

describe('restoring', () => {
  it('at once gives the state machine its whole state, and answers what else there is', () => {
    const { restored, atOnce } = machines();
    const { clock, store, answers, sizes, start } = startRestoring(atOnce);
    start();
    clock.settle();
    expect(answers).toHaveLength(1);
    expect(sizes).toEqual([snapshotBytes().length]);
    const [error, head] = answers[0]!;
    expect(error).toBeUndefined();
    expect(head).toMatchObject({ group: 0, base, sessions: [{ id: 4, touchedMs: 2 }] });
    expect(lengthOf(restored)).toBe(stateBytes);
    // Each chunk has bytes of its own: they were not overwritten by those after it.
    expect(restored.map((chunk) => chunk[0])).toEqual(restored.map((_, i) => (i * 65_536) % 251));
    expect(store.openSnapshots).toBe(0);
  });

  it('in steps lets others have their turn between two pieces', () => {
    for (const answersAtOnce of [false, true]) {
      const { restored, steps, inSteps } = machines();
      const all = startRestoring(inSteps, snapshotBytes(), answersAtOnce);
      const { clock, store, answers, start } = all;
      start();
      const pushes = [steps.length];
      while (clock.deferred > 0) {
        const before = steps.length;
        clock.turn();
        if (steps.length > before) pushes.push(steps.length - before);
      }
      expect(pushes.length).toBeGreaterThanOrEqual(3);
      expect(Math.max(...pushes)).toBeLessThanOrEqual(5); // 256 KiB in frames of 64
      expect(steps.at(-1)).toBe('finish');
      expect(lengthOf(restored)).toBe(stateBytes);
      expect([answers.length, store.openSnapshots]).toEqual([1, 0]);
    }
  });

  it('of damaged bytes answers so, and leaves the state as it was', () => {
    const whole = snapshotBytes();
    for (const at of [3, 60, 70_000, whole.length - 1]) {
      for (const kind of ['atOnce', 'inSteps'] as const) {
        const all = machines();
        const damaged = whole.with(at, whole[at]! ^ 1);
        const { clock, store, answers, start } = startRestoring(all[kind], damaged);
        start();
        clock.settle();
        expect(answers).toEqual([[expect.any(SnapshotDamaged), undefined]]);
        expect([all.restored.length, store.openSnapshots]).toEqual([0, 0]);
      }
    }
  });

  it('of bytes that end too early answers so, and leaves the state as it was', () => {
    const whole = snapshotBytes();
    const { restored, inSteps } = machines();
    const { clock, answers, start } = startRestoring(inSteps, whole.slice(0, -20));
    start();
    clock.settle();
    expect(answers).toEqual([[expect.any(SnapshotDamaged), undefined]]);
    expect(restored).toEqual([]);
  });

  it('answers what the disk and the state machine have against it', () => {
    for (const call of ['openSnapshot', 'read'] as const) {
      const { clock, store, answers, start } = startRestoring(machines().atOnce);
      store.failing.add(call);
      start();
      clock.settle();
      expect(answers).toEqual([[new Error(`${call} failed`), undefined]]);
      expect(store.openSnapshots).toBe(0);
    }
    const stateMachine = stateMachineOf({
      restore() {
        throw new Error('from another release');
      },
    });
    const { clock, store, answers, start } = startRestoring(stateMachine);
    start();
    clock.settle();
    expect(answers).toEqual([[new Error('from another release'), undefined]]);
    expect(store.openSnapshots).toBe(0);
  });

  it('may be cancelled at any turn: nothing stays open, and the state is the old one', () => {
    for (let turns = 0; turns < 8; turns++) {
      const { restored, inSteps } = machines();
      const { clock, store, now, answers, start } = startRestoring(inSteps);
      start();
      for (let turn = 0; turn < turns && clock.deferred > 0; turn++) clock.turn();
      const isDone = answers.length > 0;
      now.isCancelled = true;
      clock.settle();
      expect(restored.length > 0).toBe(isDone);
      expect(answers).toHaveLength(1);
      expect([answers[0]![0] === undefined, store.openSnapshots]).toEqual([isDone, 0]);
    }
  });
});
