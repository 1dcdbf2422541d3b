/** Tests of the session table over any history: one answer to a command, on every server. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteFeed } from './byteFeed.js';
import { answerOverheadBytes, type Session, Sessions } from './sessions.js';
import { decodeSessions, encodeSessions } from './sessionsFormat.js';

function encoded(frozen: readonly Session[]): Uint8Array {
  return Buffer.concat([...encodeSessions(frozen)]);
}

function decoded(snapshot: Uint8Array): readonly Session[] {
  const feed = new ByteFeed(decodeSessions());
  feed.push(snapshot);
  return feed.result!;
}

/** One entry for the table. */
interface Step {
  readonly kind: 'open' | 'close' | 'command' | 'freeze' | 'restore';
  readonly session: number;
  readonly sequence: number;
  readonly firstUnacknowledged: number;
  readonly afterMs: number;
  readonly answer: Uint8Array;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(
      'open',
      'close',
      ...Array<'command'>(8).fill('command'),
      'freeze',
      'restore',
    ),
    session: fc.nat(4),
    sequence: fc.nat(9),
    firstUnacknowledged: fc.nat(6),
    afterMs: fc.nat(12),
    answer: fc.uint8Array({ maxLength: 40 }),
  }),
  { maxLength: 80, size: 'max' },
);

describe('the table, whatever happens', () => {
  const limits = {
    sessionsMax: 3,
    sessionExpiryMs: 100,
    answerBytesMax: 6 * answerOverheadBytes,
    requestsInFlightMax: 4,
  };

  it('applies no command twice, answers duplicates truly, keeps its bounds, and restores', () => {
    const seen = new Set<string>();
    const check = (happened: readonly Step[]) => {
      let sessions = new Sessions([], limits);
      let stampMs = 0;
      const opened: number[] = [];
      const applied = new Map<string, { index: number; threw: boolean; bytes: Uint8Array }>();
      const views: { frozen: readonly Session[]; bytes: Uint8Array }[] = [];
      for (const [at, step] of happened.entries()) {
        const index = at + 1;
        stampMs += step.afterMs;
        const sessionId = opened[step.session % Math.max(1, opened.length)] ?? 99;
        const { kind, sequence, firstUnacknowledged, answer } = step;
        const entry = { index, stampMs, sessionId, sequence, firstUnacknowledged };
        if (kind === 'open') opened.push(index);
        if (kind === 'open') sessions.open(entry);
        if (kind === 'close') sessions.close(entry);
        if (kind === 'freeze' || kind === 'restore') {
          const frozen = sessions.freeze();
          views.push({ frozen, bytes: encoded(frozen) });
          if (kind === 'restore') sessions = new Sessions(decoded(encoded(frozen)), limits);
        }
        if (kind !== 'command') continue;
        const admission = sessions.admit(entry);
        seen.add(admission.type);
        const key = `${sessionId}/${sequence}`;
        if (admission.type === 'answered') expect(admission.answer).toEqual(applied.get(key));
        if (admission.type !== 'fresh') continue;
        expect(applied.has(key)).toBe(false);
        const remembered = { threw: answer.length % 2 === 1, bytes: answer };
        applied.set(key, { index, ...remembered });
        sessions.remember(entry, remembered);
        expect(sessions.size).toBeLessThanOrEqual(limits.sessionsMax);
        expect(sessions.answerBytes).toBeLessThanOrEqual(limits.answerBytesMax);
      }
      for (const view of views) expect(encoded(view.frozen)).toEqual(view.bytes);
    };
    fc.assert(fc.property(steps, check), { seed: 1, numRuns: 300 });
    expect([...seen].sort()).toEqual(['answered', 'expired', 'forgotten', 'fresh', 'tooFar']);
  });

  it('is the same on a server that was restored as on one that saw the whole log', () => {
    const check = (happened: readonly Step[]) => {
      let restoring = new Sessions([], limits);
      const whole = new Sessions([], limits);
      let stampMs = 0;
      for (const [at, step] of happened.entries()) {
        stampMs += step.afterMs;
        const { sequence, firstUnacknowledged, answer } = step;
        const entry = {
          index: at + 1,
          stampMs,
          sessionId: step.session,
          sequence,
          firstUnacknowledged,
        };
        if (step.kind === 'restore')
          restoring = new Sessions(decoded(encoded(restoring.freeze())), limits);
        for (const sessions of [whole, restoring]) {
          if (step.kind === 'open') sessions.open(entry);
          if (step.kind === 'close') sessions.close(entry);
          if (step.kind !== 'command' || sessions.admit(entry).type !== 'fresh') continue;
          sessions.remember(entry, { threw: false, bytes: answer });
        }
        expect(encoded(restoring.freeze())).toEqual(encoded(whole.freeze()));
        expect(restoring.answerBytes).toBe(whole.answerBytes);
      }
    };
    fc.assert(fc.property(steps, check), { seed: 1, numRuns: 100 });
  });
});
