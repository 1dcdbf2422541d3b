/** The network of a golden script: it holds a message until the script says what becomes of it. */
import type { Message } from '../../machines/messages.js';
import type { ClientPacket } from './goldenClient.js';

/** A message under way. A client's call goes to whomever the script says. */
export interface Packet {
  readonly from: string;
  readonly to: string | undefined;
  readonly content: Message | ClientPacket;
}

/** Which of the messages of a link: all, or the one sent first or last. */
export type Which = 'all' | 'oldest' | 'newest';

export class GoldenNetwork {
  #underWay: readonly Packet[] = [];
  /** What was delivered last, from one to another. */
  readonly #delivered = new Map<string, Packet>();

  send(packet: Packet): void {
    this.#underWay = [...this.#underWay, packet];
  }

  /** Takes messages off the network, in the order of sending. Throws if there are none. */
  take(from: string, to: string | undefined, which: Which): readonly Packet[] {
    const isMeant = (packet: Packet) =>
      packet.from === from && (to === undefined || (packet.to ?? to) === to);
    const all = this.#underWay.filter(isMeant);
    const some = { all, oldest: all.slice(0, 1), newest: all.slice(-1) }[which];
    if (some.length === 0) {
      throw new Error(`nothing is under way from ${from} to ${to ?? 'anybody'}`);
    }
    return this.#taken(some);
  }

  /** Takes all that has an address. Throws if nothing has. */
  takeAll(): readonly Packet[] {
    const all = this.#underWay.filter(({ to }) => to !== undefined);
    if (all.length === 0) throw new Error('nothing is under way');
    return this.#taken(all);
  }

  /** Takes the oldest message for which `isMeant` holds, if there is one. */
  takeOldest(isMeant: (packet: Packet) => boolean): Packet | undefined {
    const oldest = this.#underWay.find(isMeant);
    return oldest && this.#taken([oldest])[0];
  }

  /** What is under way from one to another comes a second time, later. */
  double(from: string, to: string): void {
    const packets = this.take(from, to, 'all');
    for (const packet of [...packets, ...packets]) this.send({ ...packet });
  }

  /** Whatever is under way is lost. */
  loseAll(): void {
    this.#underWay = [];
  }

  noteDelivery(packet: Packet, to: string): void {
    this.#delivered.set(`${packet.from} ${to}`, packet);
  }

  /** What was delivered last on a link. Throws if nothing was. */
  lastDelivery(from: string, to: string): Packet {
    const packet = this.#delivered.get(`${from} ${to}`);
    if (packet === undefined) throw new Error(`nothing came from ${from} to ${to} before`);
    return packet;
  }

  #taken(packets: readonly Packet[]): readonly Packet[] {
    this.#underWay = this.#underWay.filter((packet) => !packets.includes(packet));
    return packets;
  }
}
