/**
 * What elections must have met for their laws to mean anything. No law by itself: it counts, and
 * `required.ts` says what a campaign may not have missed.
 */
import type { Step } from '../actors/serverActor.js';
import type { EventOf, ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Law, Watch } from '../sim/law.js';

export const electionSightings: Law = {
  name: 'Sightings of Elections',
  sentence: 'Counts what befalls candidates and leaders, and breaks never.',
  watch: () => new ElectionSightings(),
};

class ElectionSightings implements Watch {
  readonly sometimes = {
    'votes were split, and nobody was elected': 0,
    'a vote was refused for an older log': 0,
    'a vote was asked for again, and given again': 0,
    'a candidate stepped back for a leader of its term': 0,
    'a pre-candidate stepped back for a leader': 0,
    'two leaders were at work in different terms': 0,
    'a leader of an older term was rejected': 0,
    'a leader that no quorum answered stepped down': 0,
  };
  /** Who stood in a term. */
  readonly #candidates = new Map<number, Set<ServerId>>();
  #newestLeaderTerm = 0;
  /** Of those who lead on beside a newer leader, the last that was counted. */
  #deposedTerm = 0;

  step(server: ServerId, step: Step): undefined {
    const { event, before, after } = step;
    this.#roles(server, step);
    switch (event?.type) {
      case 'RequestVoteRequest':
        return this.#asked(event, before!.context, after.context);
      case 'AppendEntriesRequest':
        if (event.term < after.context.currentTerm) {
          this.sometimes['a leader of an older term was rejected']++;
        }
        return undefined;
      default:
        return undefined;
    }
  }

  #roles(server: ServerId, { event, before, after }: Step): void {
    const { sometimes } = this;
    const { currentTerm, leadership } = after.context;
    if (before!.value === after.value) {
      if (leadership !== undefined) this.#leads(currentTerm);
      return;
    }
    const [was, is] = [roleOf(before!), roleOf(after)];
    const isSameTerm = currentTerm === before!.context.currentTerm;
    if (is === 'candidate') this.#stands(server, currentTerm);
    if (leadership !== undefined) this.#leads(currentTerm);
    const isTimeout = event?.type === 'timer.election';
    if (was === 'candidate' && isTimeout && this.#isSplit(before!.context.currentTerm)) {
      sometimes['votes were split, and nobody was elected']++;
    }
    if (was === 'candidate' && is === 'follower' && isSameTerm && !isTimeout) {
      sometimes['a candidate stepped back for a leader of its term']++;
    }
    if (was === 'preCandidate' && is === 'follower' && event?.type === 'AppendEntriesRequest') {
      sometimes['a pre-candidate stepped back for a leader']++;
    }
    if (was === 'leader' && is === 'follower' && event?.type === 'timer.heartbeat') {
      sometimes['a leader that no quorum answered stepped down']++;
    }
  }

  #stands(server: ServerId, term: number): void {
    const candidates = this.#candidates.get(term);
    if (candidates === undefined) this.#candidates.set(term, new Set([server]));
    else candidates.add(server);
  }

  #isSplit(term: number): boolean {
    return (this.#candidates.get(term)?.size ?? 0) > 1 && this.#newestLeaderTerm < term;
  }

  #leads(term: number): void {
    if (term >= this.#newestLeaderTerm) {
      this.#newestLeaderTerm = term;
      return;
    }
    if (term !== this.#deposedTerm) this.sometimes['two leaders were at work in different terms']++;
    this.#deposedTerm = term;
  }

  #asked(event: EventOf<'RequestVoteRequest'>, was: ServerContext, is: ServerContext): undefined {
    const { from, term, lastLogIndex, lastLogTerm } = event;
    if (term !== is.currentTerm) return;
    const { log } = is;
    const isOlder =
      lastLogTerm < log.lastTerm || (lastLogTerm === log.lastTerm && lastLogIndex < log.lastIndex);
    if (isOlder && is.votedFor === undefined) {
      this.sometimes['a vote was refused for an older log']++;
    }
    if (was.votedFor === from && was.currentTerm === term) {
      this.sometimes['a vote was asked for again, and given again']++;
    }
  }
}
