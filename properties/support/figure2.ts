/**
 * A server as Figure 2 of the paper has it, written down as plainly as possible and for no purpose
 * but to be compared with: no effects, no windows. Of what Figure 2 leaves out it has the pre-vote
 * (thesis §9.6), stickiness (thesis §4.2.3), check-quorum (thesis §6.2), that a leader may tell it
 * to stand and appends nothing while it hands over (thesis §3.10), that the own vote and the own
 * entries count when they are durable, and that it shuns office while its disk does not serve. Of
 * snapshots it knows who sends and who has them, and nothing of their pieces; its log is never
 * compacted. Keep it free of whatever it is compared with.
 */
import type { EventOf, ServerEvent } from '../../machines/context.js';
import type { ServerId } from '../../machines/entry.js';
import type { Role } from '../../machines/server.js';

export interface Start {
  readonly role: Role;
  readonly currentTerm: number;
  /** The terms of the log's entries. */
  readonly log: readonly number[];
  readonly voters: readonly ServerId[];
  /** For how long a leader that was heard from counts as live, ms. */
  readonly electionTimeoutMinMs: number;
  /** For how long a leader goes on without a majority, ms. */
  readonly electionTimeoutMaxMs: number;
}

const me = 'S1';

export class Figure2 {
  role: Role;
  /** The roles that the last event made it enter, one after another. */
  entered: Role[] = [];
  currentTerm: number;
  votedFor: ServerId | undefined;
  commitIndex = 0;
  /** Whether the last request was granted or succeeded; undefined if it was not answered. */
  answer: boolean | undefined;
  log: number[];
  readonly #start: Start;
  /** When a leader was last heard, of whatever term. */
  #leaderMs = -Infinity;
  /** When each follower of this leader was last heard. */
  #heardMs = new Map<ServerId, number>();
  /** Since when this leader has been handing over; undefined: it is not. */
  #handingOverMs: number | undefined;
  #disk: EventOf<'diskChanged'>['disk'] = 'ok';
  #granted = new Set<ServerId>();
  #refused = new Set<ServerId>();
  #matchIndex = new Map<ServerId, number>();

  constructor(start: Start) {
    this.#start = start;
    this.role = start.role;
    this.currentTerm = start.currentTerm;
    this.log = [...start.log];
    this.#enter(start.role);
  }

  receive(event: ServerEvent): void {
    this.answer = undefined;
    this.entered = [];
    if (this.#isRequestThatMustNotDisturb(event)) return;
    if ('term' in event && event.type !== 'PreVoteRequest' && event.term > this.currentTerm) {
      this.currentTerm = event.term;
      this.votedFor = undefined;
      this.#enter('follower');
    }
    if (event.type === 'diskChanged') this.#disk = event.disk;
    if (event.type === 'timer.election') this.#timeOut();
    if (event.type === 'timer.heartbeat') this.#beat(event);
    if (event.type === 'TransferLeadership') this.#handOver(event.to, event.atMs);
    if (event.type === 'PreVoteRequest') this.answer = this.#wouldVote(event);
    if (event.type === 'RequestVoteRequest') this.#requestVote(event);
    if (event.type === 'AppendEntriesRequest') this.#appendEntries(event);
    if (event.type === 'PreVoteResponse') this.#countPreVote(event);
    if (event.type === 'RequestVoteResponse') this.#countVote(event);
    if (event.type === 'AppendEntriesResponse') this.#countAnswer(event);
    if (event.type === 'InstallSnapshotRequest') this.#followLeader(event);
    if (event.type === 'InstallSnapshotResponse') this.#countInstall(event);
    if (event.type === 'TimeoutNowRequest') this.#timeOutNow(event);
    if (event.type === 'persisted' && event.number > 0) this.#countItself();
    const mayAppend = this.role === 'leader' && this.#handingOverMs === undefined;
    if (event.type === 'ClientRequest' && mayAppend) {
      this.log.push(...event.proposals.map(() => this.currentTerm));
    }
  }

  #enter(role: Role, atMs = 0): void {
    this.role = role;
    this.entered.push(role);
    this.#granted = new Set(role === 'preCandidate' ? [me] : []);
    this.#refused = new Set();
    this.#handingOverMs = undefined;
    if (role === 'candidate') {
      this.currentTerm++;
      this.votedFor = me;
    }
    if (role === 'leader') {
      this.#matchIndex.clear();
      for (const id of this.#start.voters) this.#heardMs.set(id, atMs);
      this.log.push(this.currentTerm);
    }
  }

  #timeOut(): void {
    if (this.role === 'leader') return;
    this.#enter(this.#mayCampaign ? 'preCandidate' : 'follower');
  }

  #timeOutNow(event: EventOf<'TimeoutNowRequest'>): void {
    if (this.role !== 'follower' || event.term < this.currentTerm) return;
    if (this.#mayCampaign) this.#enter('candidate');
  }

  get #mayCampaign(): boolean {
    return this.#disk === 'ok' && this.#start.voters.includes(me);
  }

  /** Without a quorum it steps down, whatever else it would do now. */
  #beat({ atMs }: { readonly atMs: number }): void {
    if (this.role !== 'leader') return;
    const { electionTimeoutMaxMs } = this.#start;
    if (!this.#isHeard(atMs, electionTimeoutMaxMs)) return this.#enter('follower');
    if (this.#handingOverMs === undefined) {
      if (this.#disk !== 'ok') this.#handOver(undefined, atMs);
    } else if (atMs - this.#handingOverMs >= electionTimeoutMaxMs) {
      this.#handingOverMs = undefined;
    }
  }

  /** Once an entry of its term is committed; to the server that is named, or any that answers. */
  #handOver(to: ServerId | undefined, atMs: number): void {
    const isEstablished = this.log[this.commitIndex - 1] === this.currentTerm;
    if (this.role !== 'leader' || !isEstablished || this.#handingOverMs !== undefined) return;
    const { voters, electionTimeoutMinMs } = this.#start;
    const others = voters.filter((id) => id !== me);
    const isAble = (id: ServerId) => atMs - this.#heardMs.get(id)! < electionTimeoutMinMs;
    if (to === undefined ? others.some(isAble) : others.includes(to)) this.#handingOverMs = atMs;
  }

  #isHeard(atMs: number, withinMs: number): boolean {
    const isHeard = (id: ServerId) => atMs - (this.#heardMs.get(id) ?? -Infinity) < withinMs;
    return this.#isMajority((id) => id === me || isHeard(id));
  }

  // ---- RequestVote

  #isRequestThatMustNotDisturb(event: ServerEvent): boolean {
    return event.type === 'RequestVoteRequest' && !event.isTransfer && this.#isLeaderLive(event);
  }

  #isLeaderLive({ atMs }: { readonly atMs: number }): boolean {
    const { electionTimeoutMinMs } = this.#start;
    if (this.role === 'follower') return atMs - this.#leaderMs < electionTimeoutMinMs;
    return this.role === 'leader' && this.#isHeard(atMs, electionTimeoutMinMs);
  }

  #isUpToDate(event: { readonly lastLogTerm: number; readonly lastLogIndex: number }): boolean {
    const lastTerm = this.log.at(-1)!;
    if (event.lastLogTerm !== lastTerm) return event.lastLogTerm > lastTerm;
    return event.lastLogIndex >= this.log.length;
  }

  #wouldVote(event: EventOf<'PreVoteRequest'>): boolean {
    if (this.#isLeaderLive(event)) return false;
    return event.term > this.currentTerm && this.#isUpToDate(event);
  }

  #requestVote(event: EventOf<'RequestVoteRequest'>): void {
    const isFree = this.votedFor === undefined || this.votedFor === event.from;
    const isAskable = this.role === 'follower' || this.role === 'preCandidate';
    this.answer = isAskable && event.term === this.currentTerm && isFree && this.#isUpToDate(event);
    if (!this.answer) return;
    this.votedFor = event.from;
    this.#enter('follower');
  }

  #countPreVote(event: EventOf<'PreVoteResponse'>): void {
    if (this.role !== 'preCandidate' || event.forTerm !== this.currentTerm + 1) return;
    if (event.voteGranted) this.#granted.add(event.from);
    if (this.#isMajority((id) => this.#granted.has(id))) this.#enter('candidate');
  }

  #countVote(event: EventOf<'RequestVoteResponse'>): void {
    if (this.role !== 'candidate' || event.term !== this.currentTerm) return;
    (event.voteGranted ? this.#granted : this.#refused).add(event.from);
    this.#becomeLeaderIfElected();
  }

  #becomeLeaderIfElected(): void {
    // A candidate that enough servers refused waits for its timer, whatever it still hears.
    if (!this.#isMajority((id) => !this.#refused.has(id))) return;
    if (this.#isMajority((id) => this.#granted.has(id))) this.#enter('leader');
  }

  // ---- AppendEntries

  #appendEntries(event: EventOf<'AppendEntriesRequest'>): void {
    this.answer = false;
    if (!this.#followLeader(event)) return; // (AppendEntries 1)
    const { prevLogIndex, prevLogTerm, entries, leaderCommit } = event;
    if (this.#disk === 'full' && entries.length > 0) {
      this.answer = undefined;
      return;
    }
    if ((this.log[prevLogIndex - 1] ?? 0) !== prevLogTerm) return; // (AppendEntries 2)
    for (const { index, term } of entries) {
      if (this.log[index - 1] !== term) this.log.length = index - 1; // (AppendEntries 3)
      this.log[index - 1] = term; // (AppendEntries 4)
    }
    const lastNew = prevLogIndex + entries.length;
    this.commitIndex = Math.max(this.commitIndex, Math.min(leaderCommit, lastNew)); // (5)
    this.answer = true;
  }

  /** Whether this is the leader of its term, whom it follows from then on. */
  #followLeader({ term, atMs }: { readonly term: number; readonly atMs: number }): boolean {
    if (term < this.currentTerm || this.role === 'leader') return false;
    this.#enter('follower');
    this.#leaderMs = atMs;
    return true;
  }

  #countInstall(event: EventOf<'InstallSnapshotResponse'>): void {
    if (this.role !== 'leader' || event.term !== this.currentTerm) return;
    this.#heardMs.set(event.from, event.atMs);
    if (event.isInstalled) this.#noteMatch(event.from, event.baseIndex);
  }

  #countAnswer(event: EventOf<'AppendEntriesResponse'>): void {
    if (this.role !== 'leader' || event.term !== this.currentTerm) return;
    this.#heardMs.set(event.from, event.atMs);
    if (event.success) this.#noteMatch(event.from, event.matchIndex);
  }

  #countItself(): void {
    this.#granted.add(me);
    if (this.role === 'candidate') this.#becomeLeaderIfElected();
    else if (this.role === 'leader') this.#noteMatch(me, this.log.length);
  }

  /** Rules for Servers, Leaders 4. */
  #noteMatch(id: ServerId, index: number): void {
    this.#matchIndex.set(id, Math.max(index, this.#matchIndex.get(id) ?? 0));
    for (let n = this.log.length; n > this.commitIndex; n--) {
      const holds = (server: ServerId) => (this.#matchIndex.get(server) ?? 0) >= n;
      if (this.log[n - 1] !== this.currentTerm || !this.#isMajority(holds)) continue;
      this.commitIndex = n;
    }
  }

  #isMajority(holds: (id: ServerId) => boolean): boolean {
    const { voters } = this.#start;
    return voters.filter(holds).length * 2 > voters.length;
  }
}
