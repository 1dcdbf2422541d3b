/**
 * The line of CLIENT LIST and CLIENT INFO: what there is to know of a connection, in Redis's
 * fields.
 */
import type { Client } from './session.js';

/** `nowMs` is the wall clock. */
export function clientLine(client: Client, nowMs: number): string {
  const seconds = (since: number) => Math.max(0, Math.floor((nowMs - since) / 1000));
  const flags = `${client.isNotEvicted ? 'e' : ''}${client.isNotTouching ? 'T' : ''}`;
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', client.id],
    ['addr', client.address],
    ['laddr', client.localAddress],
    ['name', client.name],
    ['age', seconds(client.connectedMs)],
    ['idle', seconds(client.activeMs)],
    ['flags', flags === '' ? 'N' : flags],
    ['db', 0],
    ['sub', 0],
    ['psub', 0],
    ['ssub', 0],
    ['multi', -1],
    ['watch', 0],
    ['cmd', client.lastCommand],
    ['user', 'default'],
    ['redir', -1],
    ['resp', client.protocol],
    ['lib-name', client.libraryName],
    ['lib-ver', client.libraryVersion],
  ];
  return `${fields.map(([name, value]) => `${name}=${value}`).join(' ')}\n`;
}
