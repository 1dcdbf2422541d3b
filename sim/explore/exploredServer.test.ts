/** Tests of explored servers: they are what a server actor makes of the same statechart. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurabilityGate } from '../../actors/durabilityGate.js';
import type { Effect, Send } from '../../machines/effects.js';
import { Log } from '../../machines/log.js';
import { roleOf, server as shipped } from '../../machines/server.js';
import { defaultSettings } from '../../machines/settings.js';
import { createStepper } from '../../machines/stepper.js';
import { type Happening, happenings } from '../../properties/support/happenings.js';
import { appendEntries, entry, logOfTerms, requestVote } from '../../properties/support/script.js';
import { type ExploredServer, founded, lateMs, ServerSteps } from './exploredServer.js';

const durable = {
  ...founded(entry(1, 1)),
  currentTerm: 2,
  log: Log.empty().append(logOfTerms([1, 1, 2])),
};

function started(disk: 'instant' | 'slow') {
  const steps = new ServerSteps(shipped, defaultSettings, disk);
  return { steps, server: steps.restart('S1', durable) };
}

/** The same statechart behind the gate that ships; what left, since it was last asked. */
function startGate() {
  const { log, ...rest } = durable;
  const entries = log.slice(1, log.length);
  const { stepper } = createStepper({
    ...rest,
    id: 'S1',
    settings: defaultSettings,
    base: log.base,
    entries,
    nowMs: 0,
  });
  const sent: Send[] = [];
  const gate = new DurabilityGate((send) => sent.push(send));
  const perform = (effects: readonly Effect[]) => {
    for (const effect of effects) {
      if (effect.type === 'persist') gate.wrote(effect);
      if (effect.type === 'send') gate.send(effect);
    }
  };
  return { stepper, gate, sent, perform };
}

function termsOf(log: Log): number[] {
  return log.slice(log.firstIndex, log.length).map(({ term }) => term);
}

describe('an explored server', () => {
  it('says what a server behind its gate says, when that does, whatever happens', () => {
    const held = new Set<string>();
    const check = (history: readonly Happening[]) => {
      const { steps, ...first } = started('slow');
      let { server } = first;
      const { stepper, gate, sent, perform } = startGate();
      for (const happening of history) {
        const event = happening(stepper.snapshot);
        sent.length = 0;
        if (event.type === 'persisted') {
          if (server.writes.length === 0) continue;
          const { number } = server.writes[0]!;
          const lastIndex = gate.persisted(number);
          perform([...stepper.step({ type: 'persisted', number, lastIndex, atMs: 0 })]);
          gate.open();
        } else perform([...stepper.step(event)]);
        const reached =
          event.type === 'persisted' ? steps.persisted(server) : steps.take(server, event);
        ({ server } = reached);
        expect(reached.sends).toEqual(sent);
        expect(server.snapshot.context).toEqual(stepper.snapshot.context);
        for (const { message } of server.waiting) held.add(message.type);
      }
    };
    fc.assert(fc.property(happenings, check), { seed: 1, numRuns: 60 });
    const promises = ['RequestVoteRequest', 'RequestVoteResponse', 'AppendEntriesResponse'];
    expect([...held]).toEqual(expect.arrayContaining(promises));
  });

  it('has on its disk what it knows, once no write is under way', () => {
    const check = (history: readonly Happening[]) => {
      const { steps, ...first } = started('slow');
      let { server } = first;
      for (const happening of history) {
        const event = happening(server.snapshot);
        if (event.type !== 'persisted') ({ server } = steps.take(server, event));
      }
      while (server.writes.length > 0) ({ server } = steps.persisted(server));
      const { context } = server.snapshot;
      const { currentTerm, votedFor, log } = server.durable;
      expect([currentTerm, votedFor]).toEqual([context.currentTerm, context.votedFor]);
      // What a snapshot covers may still stand in the log on disk.
      const isSame = termsOf(log).slice(context.log.base.index - log.base.index);
      expect(isSame).toEqual(termsOf(context.log));
      expect(server.waiting).toEqual([]);
    };
    fc.assert(fc.property(happenings, check), { seed: 2, numRuns: 60 });
  });

  it('leaves the state that it comes from as it was', () => {
    const { steps, server } = started('slow');
    const before = { ...server };
    const entries = appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, terms: [3] });
    const { server: after } = steps.take(server, entries);
    steps.persisted(after);
    expect(server).toEqual(before);
    expect(termsOf(server.durable.log)).toEqual([1, 1, 2]);
    expect(after.writes).toHaveLength(2);
  });

  it('with an instant disk has saved everything with each step', () => {
    const { steps, server } = started('instant');
    const { server: after, sends } = steps.take(server, requestVote({ from: 'S2', term: 5 }));
    expect(after.writes).toEqual([]);
    expect(after.durable).toMatchObject({ currentTerm: 5, votedFor: 'S2' });
    expect(sends.map(({ message }) => message.type)).toEqual(['RequestVoteResponse']);
  });

  it('is held back by no leader that it has heard', () => {
    const { steps, server } = started('instant');
    const heartbeat = appendEntries({ from: 'S3', term: 2, prevIndex: 3, prevTerm: 2 });
    const { server: heard } = steps.take(server, heartbeat);
    const asked = { ...requestVote({ from: 'S2', term: 3 }), atMs: lateMs };
    expect(steps.take(heard, asked).sends[0]!.message).toMatchObject({ voteGranted: true });
  });

  it('starts again as a follower of what was saved', () => {
    const { steps, server } = started('slow');
    const elected: ExploredServer = steps.take(server, {
      ...requestVote({ from: 'S2', term: 5 }),
      atMs: lateMs,
    }).server;
    const again = steps.restart('S1', elected.durable);
    expect(roleOf(again.snapshot)).toBe('follower');
    expect(again.snapshot.context).toMatchObject({ currentTerm: 2, votedFor: undefined });
  });
});
