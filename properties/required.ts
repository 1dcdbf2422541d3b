/**
 * What a campaign must have seen: each "always" has its "sometimes". A campaign in which one of
 * these did not happen once has not tried what it says that it tried.
 */

/** What some hundred runs meet. */
export const required: readonly string[] = [
  // elections
  'a leader was elected',
  'an election was lost',
  'votes were split, and nobody was elected',
  'a vote was refused for an older log',
  'a candidate stepped back for a leader of its term',
  'a pre-candidate stepped back for a leader',
  'two leaders were at work in different terms',
  'a leader of an older term was rejected',
  'a leader that no quorum answered stepped down',
  'a leader was elected after a commit',
  'a leader was elected after an acknowledgement',
  'a quorum of saved votes elected a leader',

  // logs
  'a leader appended',
  'an entry was in two logs',
  'a suffix was overwritten',
  'a late duplicate carried what its follower had',
  'entries of an earlier term were committed by a later leader',
  'an entry was durable on a quorum',
  'a leader committed before its own disk had it',
  'an entry was applied by two servers',
  'an entry was answered by two servers',

  // disks
  'a server restarted',
  'a crash lost what was written and not synced',
  'a server starts with what it had not been told to be durable',
  'a leader whose disk does not serve handed over',

  // snapshots
  'a server began from a snapshot',
  'a snapshot was installed',
  'a snapshot was there twice',
  'a snapshot was taken of what a snapshot had brought',
  'a server used the configuration of its snapshot',
  'commands were committed while a snapshot was installed',

  // reads, transfers
  'a read was answered',
  'a read came before the no-op was committed',
  'a round of answers confirmed a read',
  'a lease answered a read',
  'a leader was deposed with reads in flight',
  'a successor was told',
  'a transfer succeeded',

  // clients
  'a command was done',
  'a command was not done',
  'a request was unknown',
  'a client moved',
  'a session was opened',
  'a command of a session was applied',
  'a command was answered from the table',
  'a history was linearizable',
  'operations overlapped',
  'an answer showed an operation of unknown outcome',
  'every request was settled',
  'the cluster was left alone, and went on',
];

/** What is met once in some hundred runs, and required of campaigns of so many. */
export const requiredOfMany: readonly string[] = [
  'a vote was asked for again, and given again',
  'a conflict hint skipped a term',
  'the installation of a snapshot began anew',
  'a transfer was given up',
  'a session had expired',
  'a leader whose wall clock was behind kept to log time',
];
export const manyRuns = 3_000;

/** Of what is required of so many runs (few), what was counted and never happened. */
export function missedIn(sometimes: Readonly<Record<string, number>>, runs = 0): readonly string[] {
  const all = runs < manyRuns ? required : [...required, ...requiredOfMany];
  return all.filter((what) => sometimes[what] === 0);
}
