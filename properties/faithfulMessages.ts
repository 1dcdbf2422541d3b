/**
 * Faithful messages: what a server takes up is what another one has sent it. It may come late,
 * twice or never, but it says what it said (§5.1, and all of Figure 2 rests on that).
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerEvent } from '../machines/context.js';
import type { Entry, ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import type { Law, Watch } from '../sim/law.js';

export const faithfulMessages: Law = {
  name: 'Faithful Messages',
  sentence: 'A message says at its arrival what it said when it was sent.',
  watch: () => new FaithfulMessagesWatch(),
};

class FaithfulMessagesWatch implements Watch {
  readonly sometimes = { 'a message arrived as it was sent': 0 };
  /** What was sent so far. */
  readonly #sent = new Set<string>();

  step(server: ServerId, { event, effects }: Step): string | undefined {
    for (const effect of effects) {
      if (effect.type !== 'send' && effect.type !== 'sendChunk') continue;
      this.#sent.add(textOf(effect.message, effect.to));
    }
    if (event === undefined || !isMessage(event)) return undefined;
    if (!this.#sent.has(textOf(event, server))) {
      return `${event.from} has not sent ${server} this ${event.type}: ${textOf(event, server)}`;
    }
    this.sometimes['a message arrived as it was sent']++;
    return undefined;
  }
}

function isMessage(event: ServerEvent): event is Message {
  return 'from' in event;
}

/** All but what its bytes are: that they are the same, Log Matching and Snapshots Agree know. */
function textOf(message: Message, to: ServerId): string {
  const { from, type, term } = message;
  return `${from} ${to} ${type} ${term} ${restOf(message)}`;
}

function restOf(m: Message): string {
  switch (m.type) {
    case 'PreVoteRequest':
      return `${m.lastLogIndex} ${m.lastLogTerm}`;
    case 'PreVoteResponse':
      return `${m.forTerm} ${m.voteGranted}`;
    case 'RequestVoteRequest':
      return `${m.lastLogIndex} ${m.lastLogTerm} ${m.isTransfer}`;
    case 'RequestVoteResponse':
      return `${m.voteGranted}`;
    case 'AppendEntriesRequest':
      return (
        `${m.prevLogIndex} ${m.prevLogTerm} ${m.leaderCommit} ${m.round} ${m.sentMs}` +
        m.entries.map(entryText).join('')
      );
    case 'AppendEntriesResponse':
      return (
        `${m.success} ${m.matchIndex} ${m.conflictTerm} ${m.conflictIndex} ${m.round} ` +
        `${m.sentMs} ${m.configurationIndex}`
      );
    case 'InstallSnapshotRequest':
      return `${m.base.index} ${m.base.term} ${m.offset} ${m.sentMs}`;
    case 'InstallSnapshotResponse':
      return `${m.baseIndex} ${m.offset} ${m.isInstalled} ${m.sentMs}`;
    default:
      return '';
  }
}

function entryText({ index, term, kind, stampMs, sessionId, sequence, bytes }: Entry): string {
  return `, ${index} ${term} ${kind} ${stampMs} ${sessionId} ${sequence} ${bytes.length}`;
}
