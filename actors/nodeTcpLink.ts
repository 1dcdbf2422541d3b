/**
 * The way of messages to one server over TCP: one connection, dialed anew for as long as it takes.
 *
 * While it cannot be had, messages are dropped, as Raft allows: what a server has to say now
 * matters more than what it had to say then. While one is being dialed they wait for it, which
 * spares an election its first lost request.
 */
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import type { Address } from './address.js';
import type { Connection } from './nodeTcpConnection.js';
import { introduce } from './nodeTcpHandshake.js';
import type { TcpStation } from './nodeTcpStation.js';
import { encodeMessage } from './wire.js';

/** Messages further apart than this part of the time of silence are no row. */
const rowGap = 0.2;

/** Sends to one server, and keeps trying to reach it, until it is closed. */
export class TcpLink {
  readonly #station: TcpStation;
  readonly #to: ServerId;
  readonly #address: Address;
  /** Dialing, or up; undefined while waiting for the next attempt. */
  #connection: Connection | undefined;
  #isUp = false;
  /** Whether the server has been heard from since this connection is up: it works both ways. */
  #isProven = false;
  #retry: NodeJS.Timeout | undefined;
  #backOffMs: number;
  /** Since when messages have gone out and none has come back, ms; and when the latest one went. */
  #unheardSinceMs: number | undefined;
  #sentMs = 0;

  constructor(station: TcpStation, to: ServerId, address: Address) {
    this.#station = station;
    this.#to = to;
    this.#address = address;
    this.#backOffMs = station.limits.reconnectMinMs;
    this.#dial();
  }

  /** Sends at the end of this turn, or drops. */
  send(group: number, message: Message): void {
    const connection = this.#connection;
    if (connection === undefined || this.#isStale(connection)) return;
    const { queueBytesMax, messageBytesMax } = this.#station.limits;
    const isOvertaking = isUrgent(message, connection.waitingStandsOn);
    const bytesAhead = isOvertaking ? connection.urgentBytes : connection.unsentBytes;
    if (bytesAhead > queueBytesMax)
      return this.#complain(`more than ${queueBytesMax} bytes wait for it; messages are dropped`);
    const writer = isOvertaking
      ? connection.beginUrgentFrame()
      : connection.beginFrame(standsOn(message));
    encodeMessage(writer, group, message);
    if (!connection.endFrame())
      this.#complain(
        `a message of more than ${messageBytesMax} bytes was dropped; raise messageBytesMax`,
      );
  }

  /** The server has been heard from: it lives. */
  heard(): void {
    this.#unheardSinceMs = undefined;
    if (!this.#isUp || this.#isProven) return;
    this.#isProven = true;
    this.#station.refusals.forget(this.#to);
  }

  /** The server has just dialed us: it is worth trying now. */
  hurry(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#dial();
  }

  /** Dials no more. Its connection is the station's to close. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #dial(): void {
    this.#retry = undefined;
    this.#unheardSinceMs = undefined;
    const { handshake, limits } = this.#station;
    const dialed = this.#station.dial(this.#address);
    const { connection } = dialed;
    this.#connection = connection;
    const introduction = handshake.introduction('raft', this.#to);
    introduce(dialed, introduction, limits.handshakeMs, (objection) => {
      if (objection !== undefined) return this.#lost(objection);
      this.#isUp = true;
      this.#backOffMs = this.#station.limits.reconnectMinMs;
      connection.user = {
        frame: () => connection.close('it sent a frame on a connection that is ours to send on'),
        ended: (reason) => this.#lost(reason),
      };
    });
  }

  #lost(reason: string): void {
    const { host, port } = this.#address;
    const what = this.#isUp ? 'lost the connection to' : 'cannot connect to';
    this.#connection = undefined;
    this.#isUp = false;
    this.#isProven = false;
    if (this.#station.isClosed) return;
    this.#complain(`${what} ${host}:${port}: ${reason}; trying again`);
    const { reconnectMinMs, reconnectMaxMs } = this.#station.limits;
    // Drawn at random, or servers that lost each other at one moment would meet again and again.
    const waitMs = reconnectMinMs + Math.random() * (this.#backOffMs - reconnectMinMs);
    this.#backOffMs = Math.min(reconnectMaxMs, this.#backOffMs * 2);
    this.#retry = setTimeout(() => this.#dial(), waitMs);
  }

  /**
   * Whether nothing has come back for so long that the connection must be given up. A cut cable or
   * a machine without power breaks no connection: TCP would go on repeating itself for minutes
   * after the server is back.
   */
  #isStale(connection: Connection): boolean {
    if (!this.#isUp) return false;
    const { silenceMs } = this.#station.limits;
    const nowMs = performance.now();
    // Not every message is answered (a vote that stickiness ignores): only a row of them tells.
    const isRow = nowMs - this.#sentMs < silenceMs * rowGap;
    if (!isRow || this.#unheardSinceMs === undefined) this.#unheardSinceMs = nowMs;
    this.#sentMs = nowMs;
    if (nowMs - this.#unheardSinceMs < silenceMs) return false;
    connection.close(`nothing was heard from it for ${silenceMs} ms`);
    return true;
  }

  #complain(reason: string): void {
    this.#station.refusals.add(this.#to, reason);
  }
}

/** After which entry of the log a message has to arrive to be of use. */
function standsOn(message: Message): number {
  if (message.type === 'AppendEntriesRequest') return message.prevLogIndex;
  return message.type === 'InstallSnapshotRequest' ? message.base.index : 0;
}

/**
 * Whether a message may overtake those that carry entries and pieces of snapshots. A heartbeat may
 * not that stands on entries which still wait: it would be refused, and they sent twice.
 */
function isUrgent(message: Message, waitingStandsOn: number): boolean {
  if (message.type === 'InstallSnapshotRequest') return false;
  if (message.type !== 'AppendEntriesRequest') return true;
  return message.entries.length === 0 && message.prevLogIndex <= waitingStandsOn;
}
