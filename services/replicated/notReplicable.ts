/** The refusal of machines that cannot be replicated, with everything that was found in them. */
import { RaftError } from '../../actors/raftError.js';

/** One thing that cannot be replicated. */
export interface Finding {
  /** The name under which the machine is replicated. */
  readonly machine: string;
  /** The state, by its id, and where in it. */
  readonly state: string;
  readonly reason: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** Thrown before anything is started; its message has a line for each finding. */
export class NotReplicable extends RaftError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const lines = ['Not replicable:', ...findings.map(lineOf)];
    super('RAFT_NOT_REPLICABLE', 'notDone', lines.join('\n'));
    this.name = 'NotReplicable';
    this.findings = findings;
  }
}

function lineOf({ machine, state, reason, remedy }: Finding): string {
  return `- machine ${machine}, ${state}: ${reason}; ${remedy}`;
}
