/** Linearizable reads without a log entry: ReadIndex (§8, thesis §6.4). */
import type { EventOf, Leadership, Outcome, ServerContext } from '../context.js';
import type { Effect } from '../effects.js';
import { quorumValue } from '../quorum.js';
import { heartbeat } from './sending.js';

/**
 * Notes the commit index, and asks everybody whether this is still the leader, in a round with a
 * number of its own. Before this term's no-op is committed the commit index may be behind what an
 * earlier leader committed, so the read then waits for the no-op.
 */
export function startReadRound(context: ServerContext, event: EventOf<'ReadRequest'>): Outcome {
  const before = context.leadership!;
  const readIndex = Math.max(context.commitIndex, before.noOpIndex);
  const round = before.round + 1;
  const leadership: Leadership = {
    ...before,
    round,
    reads: [...before.reads, { batch: event.batch, round, readIndex }],
  };
  const asking = { ...context, leadership };
  const effects = Object.keys(leadership.progress).map((to) => heartbeat(asking, to, event.atMs));
  return { patch: { leadership: confirmedReads(context, leadership, effects) }, effects };
}

/**
 * Whether a quorum answered something that was sent so recently that none of it can have voted for
 * another since: followers refuse their vote for the shortest election timeout after they heard
 * their leader, later than it sent (thesis §6.4.1). What bypasses that refusal ends leases.
 */
export function holdsLease(context: ServerContext, event: EventOf<'ReadRequest'>): boolean {
  const { id, configuration, settings } = context;
  const { progress, noOpIndex, hasToldTimeoutNow } = context.leadership!;
  if (!settings.leaseReads || hasToldTimeoutNow) return false;
  if (context.commitIndex < noOpIndex) return false;
  const { electionTimeoutMinMs, clockDriftPercentMax } = settings;
  const leaseMs = electionTimeoutMinMs * (1 - clockDriftPercentMax / 100);
  const since = quorumValue(configuration.voters, (server) =>
    server === id ? event.atMs : (progress[server]?.answeredSentMs ?? Number.NEGATIVE_INFINITY),
  );
  return event.atMs < since + leaseMs;
}

/** Answers from the commit index as it is: nobody else can have moved it on. */
export function confirmByLease(
  { commitIndex }: ServerContext,
  { batch }: EventOf<'ReadRequest'>,
): Outcome {
  return { patch: {}, effects: [{ type: 'confirmReads', batch, readIndex: commitIndex }] };
}

/** Lets those reads go whose round a quorum has answered. */
export function confirmedReads(
  { id, configuration }: ServerContext,
  leadership: Leadership,
  effects: Effect[],
): Leadership {
  const { progress, round } = leadership;
  const answered = quorumValue(configuration.voters, (server) =>
    server === id ? round : (progress[server]?.round ?? 0),
  );
  const waiting = leadership.reads.filter((read) => read.round > answered);
  if (waiting.length === leadership.reads.length) return leadership;
  for (const { batch, round: asked, readIndex } of leadership.reads) {
    if (asked <= answered) effects.push({ type: 'confirmReads', batch, readIndex });
  }
  return { ...leadership, reads: waiting };
}
