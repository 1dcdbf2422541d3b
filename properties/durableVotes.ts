/**
 * Durable votes: an election is won by votes that are saved, and each server gives one a term
 * (Figure 2: `votedFor` is "updated on stable storage before responding"). A vote that a crash
 * could take back would let a server vote twice, and so two leaders be elected in one term.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { isQuorum } from '../machines/quorum.js';
import type { Law, Watch } from '../sim/law.js';
import { DurableDisks } from './durableDisks.js';

export const durableVotes: Law = {
  name: 'Durable Votes',
  sentence:
    'A candidate counts votes that their givers have saved, a leader has those of a quorum, and ' +
    'no server saves two votes of one term.',
  watch: () => new DurableVotesWatch(),
};

class DurableVotesWatch implements Watch {
  readonly sometimes = { 'a vote was saved': 0, 'a quorum of saved votes elected a leader': 0 };
  readonly #disks = new DurableDisks();
  /** By server and term, for whom it has voted. */
  readonly #votes = new Map<ServerId, Map<number, ServerId>>();
  /** Servers that may not know any more whom they have voted for. */
  readonly #robbed = new Set<ServerId>();

  started(server: ServerId, step: Step): string | undefined {
    this.#disks.started(server, step);
    const { currentTerm, votedFor } = step.after.context;
    return this.#saved(server, currentTerm, votedFor);
  }

  folderReplaced(server: ServerId): void {
    this.#disks.forget(server);
    this.#robbed.add(server);
  }

  step(server: ServerId, step: Step): string | undefined {
    for (const { currentTerm, votedFor } of this.#disks.step(server, step)) {
      const broken = this.#saved(server, currentTerm, votedFor);
      if (broken !== undefined) return broken;
    }
    const was = step.before!.context;
    const { votesGranted, currentTerm, configuration, leadership } = step.after.context;
    // Those of a pre-vote are counted in the term before, and are no votes.
    const isCandidate = was.votedFor === server && was.currentTerm === currentTerm;
    if (!isCandidate) return undefined;
    if (votesGranted !== was.votesGranted && isStanding(step)) {
      const unsaved = votesGranted.find((id) => !this.#hasVoted(id, currentTerm, server));
      if (unsaved !== undefined) return `${server} counts a vote that ${unsaved} has not saved`;
    }
    if (leadership === undefined || was.leadership !== undefined) return undefined;
    this.sometimes['a quorum of saved votes elected a leader']++;
    const { voters } = configuration;
    if (isQuorum(voters, (id) => this.#hasVoted(id, currentTerm, server))) return undefined;
    return `${server} leads term ${currentTerm} without the votes of a quorum`;
  }

  #saved(server: ServerId, term: number, votedFor: ServerId | undefined): string | undefined {
    if (votedFor === undefined) return undefined;
    let votes = this.#votes.get(server);
    if (votes === undefined) this.#votes.set(server, (votes = new Map()));
    const first = votes.get(term);
    if (first === votedFor) return undefined;
    if (first !== undefined && !this.#robbed.has(server))
      return `${server} voted for ${first} and ${votedFor} in term ${term}`;
    this.sometimes['a vote was saved']++;
    votes.set(term, votedFor);
    return undefined;
  }

  #hasVoted(server: ServerId, term: number, candidate: ServerId): boolean {
    return this.#votes.get(server)?.get(term) === candidate;
  }
}

/** Whether votes were counted, and none were only asked for in advance (thesis §9.6). */
function isStanding({ event }: Step): boolean {
  return event?.type === 'RequestVoteResponse' || event?.type === 'persisted';
}
