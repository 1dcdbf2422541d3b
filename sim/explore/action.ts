/**
 * Actions: what can happen next in a world, by raft.tla's names. An action is one number, so that a
 * path can be kept for every world: what happens, and to which server or message.
 */

/** Every name, and what its action means. The position in this list is its code. */
const meanings = {
  /** A server hears nothing for too long: it stands for pre-election, or again. */
  Timeout: 'of a server',
  /** A server crashes and starts again from what is durable. */
  Restart: 'of a server',
  /** A client asks a leader for one more entry. */
  ClientRequest: 'of a server',
  /** A leader lets every follower hear from it (raft.tla AppendEntries). */
  HeartbeatTimer: 'of a server',
  /** A leader finds that no quorum has answered, and leaves office (thesis §6.2). */
  CheckQuorum: 'of a server',
  /** The oldest write under way is durable. */
  Persisted: 'of a server',
  /** A message arrives. */
  Receive: 'of a message',
  /** A message arrives, and will arrive once more. */
  DuplicateMessage: 'of a message',
  /** A message is lost. One that never arrives is as good as lost: this only makes room. */
  DropMessage: 'of a message',
} as const;

export type ActionName = keyof typeof meanings;

const names = Object.keys(meanings) as ActionName[];

/** More places than there are servers, or messages under way. */
const places = 65_536;

/** What happens at a place: that of a server among servers, or of a message under way. */
export function actionAt(name: ActionName, place: number): number {
  return names.indexOf(name) * places + place;
}

export function nameOf(action: number): ActionName {
  return names[Math.floor(action / places)]!;
}

export function placeOf(action: number): number {
  return action % places;
}

/** Whether its place is that of a message. */
export function isOfMessage(name: ActionName): boolean {
  return meanings[name] === 'of a message';
}
