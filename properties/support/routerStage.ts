/** A router on a stage: its server, its streams and their answers are the test's. */
import { Subject } from 'rxjs';
import type { EntryOutcome, Settle } from '../../actors/outcome.js';
import type { ReadDone } from '../../actors/readQueue.js';
import { Router } from '../../actors/router.js';
import type { Place, ServerActor } from '../../actors/serverActor.js';
import type {
  ForwardAnswer,
  Forwarded,
  ForwardRequest,
  ForwardStream,
  Transport,
} from '../../actors/transport.js';
import type { Proposal } from '../../machines/entry.js';
import { ManualClock } from './manualClock.js';

export type Kind = Forwarded['kind'];

export const timeoutMs = 5_000;
export const done = (index = 1): ForwardAnswer => ({ type: 'done', index, bytes: Uint8Array.of() });
export const refused: ForwardAnswer = { type: 'notDone', reason: 'does not lead' };
export const lost: ForwardAnswer = { type: 'unknown', reason: 'the connection ended' };

/** A request that was sent, to `a` itself or over a stream, and how to answer it. */
export interface Sent {
  readonly to: string;
  readonly kind: Kind;
  readonly name: string;
  answer(answer: ForwardAnswer): void;
}

/** What is asked of a leader, under a name. */
export function requested(kind: Kind, name: number): ForwardRequest {
  return { kind, sessionId: 0, sequence: 0, firstUnacknowledged: 0, bytes: Uint8Array.of(name) };
}

/** A router at server `a`, among servers that the test plays. */
export function startRouter({ encodeValue = (value: unknown) => value as Uint8Array } = {}) {
  const clock = new ManualClock();
  const events$ = new Subject<{ type: string }>();
  const forwarded$ = new Subject<Forwarded>();
  const clients$ = new Subject<Forwarded>();
  const now: { leaderId: string | undefined; term: number } = { leaderId: undefined, term: 1 };
  const sent: Sent[] = [];
  const streams: { to: string; term: number; isOpen: boolean }[] = [];
  const nameOf = (bytes: Uint8Array) => `${bytes[0]}`;
  /** What leaders answer at once; by default they answer when the test does. */
  const atOnce: { answer: ForwardAnswer | undefined } = { answer: undefined };

  const actor = {
    id: 'a',
    events$,
    stateMachine: { query: (bytes: Uint8Array) => bytes },
    lastApplied: 1,
    get leaderId() {
      return now.leaderId;
    },
    get term() {
      return now.term;
    },
    propose({ kind, bytes }: Proposal, settle: Settle): Place {
      if (now.leaderId !== 'a' || atOnce.answer !== undefined) {
        return { refusal: 'RAFT_NOT_LEADER', reason: 'does not lead' };
      }
      const answer = (a: ForwardAnswer) =>
        settle((a.type === 'done' ? { ...a, value: a.bytes } : a) as EntryOutcome);
      sent.push({ to: 'a', kind: kind as Kind, name: nameOf(bytes), answer });
      return { index: 1, term: now.term };
    },
    read(tell: ReadDone) {
      const answer = (a: ForwardAnswer) => tell(a.type === 'done' ? undefined : 'leads no more');
      sent.push({ to: 'a', kind: 'query', name: '', answer });
    },
  } as unknown as ServerActor;

  const forward = (to: string, term: number): ForwardStream => {
    const stream = { to, term, isOpen: true };
    streams.push(stream);
    const pending = new Set<(answer: ForwardAnswer) => void>();
    return {
      request({ kind, bytes }, tell) {
        const answer = (a: ForwardAnswer) => void (pending.delete(tell) && tell(a));
        pending.add(tell);
        sent.push({ to, kind, name: nameOf(bytes), answer });
        if (atOnce.answer !== undefined) answer(atOnce.answer);
      },
      close() {
        stream.isOpen = false;
        for (const tell of pending) {
          pending.delete(tell);
          tell(lost);
        }
      },
    };
  };
  const transport = { forwarded$, clients$, forward } as unknown as Transport;
  const router = new Router({ actor, transport, clock, encodeValue, timeoutMs });

  const ended: Record<string, string[]> = {};
  const ask = (name: number, kind: Kind = 'command', then?: () => void) => {
    const endings: string[] = [];
    ended[name] = endings;
    router.request(requested(kind, name), ({ type }) => {
      endings.push(type);
      then?.();
    });
  };
  const follow = (leaderId: string | undefined, term = now.term + 1) => {
    Object.assign(now, { leaderId, term });
    events$.next({ type: 'changed' });
  };
  const names = (to?: string) =>
    sent.filter((s) => to === undefined || s.to === to).map(({ name }) => name);
  const stage = { router, clock, now, sent, streams, atOnce, ended, ask, follow, names };
  return { ...stage, forwarded$, clients$ };
}
