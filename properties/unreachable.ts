/**
 * Lines of the charts that no campaign can take, by name, each with the reason. They stay in the
 * charts, since a chart alone cannot know the reason, which lies in what other servers say, or in
 * the actor. A law holds the reasons against every step, and breaks where one of them does not.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';
import type { Transitions } from './transitionCounter.js';

const toldInItsTerm =
  'A leader tells to stand at once only whom it knows to hold its whole log, no-op included; ' +
  'that server has answered in this term, and had saved the term before it answered.';

export const unreachable: Readonly<Record<string, string>> = {
  'follower: TimeoutNowRequest line 1': toldInItsTerm,
  'preCandidate: TimeoutNowRequest line 1': toldInItsTerm,
  'candidate: TimeoutNowRequest line 1': toldInItsTerm,
  'leader: TimeoutNowRequest line 1': toldInItsTerm,
  'transferring: ClientRequest line 1':
    'The actor takes no proposals while its server hands over, and appends those that it has ' +
    'taken before it begins to.',
  'leader: snapshotStored line 1':
    'A server that takes office abandons what it was receiving, and hears no more of it.',
};

/** Nobody takes a line that is listed as {@link unreachable}. */
export const unreachableLines: Law = {
  name: 'Unreachable Lines',
  sentence: 'No server takes a line of its chart that the others, or its own actor, rule out.',
  watch: () => new UnreachableLinesWatch(),
};

class UnreachableLinesWatch implements Watch {
  readonly sometimes = { 'a server was told to stand in a term that it knew': 0 };
  /** Servers that may have forgotten what they had saved. */
  readonly #forgetful = new Set<ServerId>();

  folderReplaced(server: ServerId): void {
    this.#forgetful.add(server);
  }

  step(server: ServerId, { event, before }: Step): string | undefined {
    const { currentTerm, leadership } = before!.context;
    switch (event?.type) {
      case 'TimeoutNowRequest':
        if (event.term <= currentTerm) {
          this.sometimes['a server was told to stand in a term that it knew']++;
          return undefined;
        }
        if (this.#forgetful.has(server)) return undefined;
        return `${server} is told to stand in term ${event.term}, and knows only ${currentTerm}`;
      case 'ClientRequest':
        if (leadership?.transfer === undefined) return undefined;
        return `${server} is asked to append while it hands over to ${leadership.transfer.to}`;
      case 'snapshotStored':
        if (leadership === undefined) return undefined;
        return `${server} leads, and hears of a snapshot that another sent it`;
      default:
        return undefined;
    }
  }
}

/** Thrown by {@link assertCovered}: what was not taken and should be, or the reverse. */
export class NotCovered extends Error {
  /** Lines that a campaign should take, and this one did not. */
  readonly untaken: readonly string[];
  /** Lines that were taken, and cannot be. */
  readonly impossible: readonly string[];
  constructor(untaken: readonly string[], impossible: readonly string[]) {
    const lines = [
      ...untaken.map((line) => `- never taken: ${line}`),
      ...impossible.map((line) => `- taken, although: ${line}: ${unreachable[line]}`),
    ];
    super(`The charts were not covered:\n${lines.join('\n')}`);
    this.name = 'NotCovered';
    this.untaken = untaken;
    this.impossible = impossible;
  }
}

/**
 * Throws {@link NotCovered} unless a campaign has taken every line of the charts but for those that
 * cannot be, and none of these. `rare`: lines that so few runs need not meet.
 */
export function assertCovered(
  { untaken }: Pick<Transitions, 'untaken'>,
  rare: readonly string[] = [],
): void {
  const missed = untaken.filter((line) => !(line in unreachable) && !rare.includes(line));
  const impossible = Object.keys(unreachable).filter((line) => !untaken.includes(line));
  if (missed.length > 0 || impossible.length > 0) throw new NotCovered(missed, impossible);
}
