/** The deeds that a fault can wait for. */

/** Every deed, and when a server does it. */
export const deeds = {
  voter: 'it gives its vote',
  elected: 'it wins an election',
  committer: 'it leads, and commits',
  answerer: 'it leads, and commits what a client waits for',
  deposed: 'it leads no more',
  starter: 'it has just started',
  writer: 'it gives entries to its disk',
  truncator: 'it cuts a suffix that its leader does not have',
  brink: 'its disk is the last but one that an entry needs',
  quorum: 'its disk is the last one that an entry needs, and nobody knows yet',
  receiver: 'it gets the first or the last piece of a snapshot',
  snapshotter: 'it puts a snapshot in place, its own or its leader’s',
} as const;

/**
 * What a fault can wait for: the first server that gives its vote (`voter`), wins an election
 * (`elected`), and so on.
 */
export type Deed = keyof typeof deeds;

export function isDeed(target: unknown): target is Deed {
  return typeof target === 'string' && target in deeds;
}
