/**
 * A conversation: servers that talk to each other over a network that loses nothing, with disks
 * that never wait.
 */

import type { ServerId } from '../../machines/entry.js';
import type { Message } from '../../machines/messages.js';
import type { Stage } from './stage.js';

const messagesMax = 10_000;

/**
 * Delivers what the servers have just said, and what they say to that, until nobody says anything
 * more. What they write is durable at once; a message to a server that is not among them is lost.
 * Answers all that was delivered.
 */
export function converse(...servers: readonly Stage[]): readonly Message[] {
  const underWay: { to: ServerId; message: Message }[] = [];
  const listen = (server: Stage) => {
    underWay.push(...server.sends);
    if (server.writes.length > 0) listen(server.saves());
  };
  servers.forEach(listen);
  const delivered: Message[] = [];
  for (let next = 0; next < underWay.length; next++) {
    if (delivered.length === messagesMax) throw new Error('the conversation has no end');
    const { to, message } = underWay[next]!;
    const server = servers.find(({ context }) => context.id === to);
    if (server === undefined) continue;
    delivered.push(message);
    listen(server.receives(message));
  }
  return delivered;
}
