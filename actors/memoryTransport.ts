/**
 * A network inside one process: for clusters that live in one program, for tests, and for measuring
 * what everything but the network costs.
 *
 * Messages pass by reference, never inside the call that sends them, and in order on each link; all
 * that is sent in one turn shares one `defer`; a message sent to several servers is one object.
 * Servers shake hands as they would over sockets, and a link can be cut.
 */
import { Subject } from 'rxjs';
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import type { Clock } from './clock.js';
import { Handshake } from './handshake.js';
import { MemoryForwardStream } from './memoryForwardStream.js';
import { MemoryPost } from './memoryPost.js';
import type {
  Forwarded,
  ForwardStream,
  Transport,
  TransportNotice,
  TransportOptions,
} from './transport.js';

/** What the transports of one process have in common. */
export interface MemoryNetwork {
  /**
   * Another transport on this network, to be opened by `serverId`; one at a time may be open under
   * an id.
   */
  transport(serverId: ServerId): Transport;
  /** From now on nothing gets from `from` to `to`. Forward streams between the two end. */
  cut(from: ServerId, to: ServerId): void;
  /** Takes back a cut. */
  heal(from: ServerId, to: ServerId): void;
}

/**
 * A network without servers. `defer` runs what it is given once, after the current call has ended.
 */
export function memoryNetwork(options: { defer: Clock['defer'] }): MemoryNetwork {
  const network = new Network(options.defer);
  return {
    transport: (serverId) => new MemoryTransport(network, serverId),
    cut: (from, to) => network.cut(from, to),
    heal: (from, to) => network.heal(from, to),
  };
}

/** Who is open on the network, and which links are cut. */
class Network {
  readonly post: MemoryPost;
  readonly open = new Map<ServerId, MemoryTransport>();
  readonly #cuts = new Set<string>();

  constructor(defer: Clock['defer']) {
    this.post = new MemoryPost(defer);
  }

  cut(from: ServerId, to: ServerId): void {
    this.#cuts.add(linkName(from, to));
    this.open.get(from)?.endStreamsWith(to);
    this.open.get(to)?.endStreamsWith(from);
  }

  heal(from: ServerId, to: ServerId): void {
    this.#cuts.delete(linkName(from, to));
  }

  isCut(from: ServerId, to: ServerId): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(linkName(from, to));
  }
}

function linkName(from: ServerId, to: ServerId): string {
  return JSON.stringify([from, to]);
}

/** What a handshake with another transport came to. */
interface Link {
  readonly to: MemoryTransport;
  readonly isAccepted: boolean;
}

class MemoryTransport implements Transport {
  readonly messages$ = new Subject<Message>();
  readonly notices$ = new Subject<TransportNotice>();
  readonly forwarded$ = new Subject<Forwarded>();
  /** Clients inside the process are handed the server itself: none come this way. */
  readonly clients$ = new Subject<Forwarded>();
  readonly serverId: ServerId;
  readonly #network: Network;
  readonly #links = new Map<ServerId, Link>();
  readonly #streams = new Set<MemoryForwardStream>();
  #servers: ReadonlySet<ServerId> = new Set();
  #handshake: Handshake | undefined;

  constructor(network: Network, serverId: ServerId) {
    this.#network = network;
    this.serverId = serverId;
  }

  get isOpen(): boolean {
    return this.#network.open.get(this.serverId) === this;
  }

  open(options: TransportOptions, done: (error: Error | undefined) => void): void {
    const { post, open } = this.#network;
    if (options.serverId !== this.serverId || open.has(this.serverId)) {
      const what = `the memory network has no free place for server ${options.serverId}`;
      return post.run(() => done(new Error(`${what}: close the transport that has it first`)));
    }
    this.#servers = new Set(Object.keys(options.servers));
    this.#handshake = new Handshake(options, (serverId, storeId) =>
      this.#notice({ type: 'metStore', serverId, storeId }),
    );
    open.set(this.serverId, this);
    post.run(() => done(undefined));
  }

  send(to: ServerId, group: number, message: Message): void {
    if (group !== 0) return this.#refuse(to, `nothing but group 0 is carried, not group ${group}`);
    const receiver = this.#receiver(to);
    if (receiver !== undefined) this.#network.post.send(receiver, message);
  }

  forward(to: ServerId, term: number): ForwardStream {
    return new MemoryForwardStream(this.#network.post, this, this.#receiver(to), term);
  }

  close(done: () => void): void {
    if (this.isOpen) this.#network.open.delete(this.serverId);
    for (const stream of this.#streams) stream.close();
    this.#network.post.run(done);
  }

  /** Takes a message that has arrived. */
  receive(message: Message): void {
    if (this.isOpen) this.messages$.next(message);
  }

  /** From here until it is forgotten, closing this transport ends `stream`. */
  keep(stream: MemoryForwardStream): void {
    this.#streams.add(stream);
  }

  forget(stream: MemoryForwardStream): void {
    this.#streams.delete(stream);
  }

  endStreamsWith(serverId: ServerId): void {
    for (const stream of this.#streams)
      if (stream.isBetween(this.serverId, serverId)) stream.close();
  }

  /** Who is reached as `to` now: nobody before both sides have agreed to talk. */
  #receiver(to: ServerId): MemoryTransport | undefined {
    if (!this.isOpen || this.#network.isCut(this.serverId, to)) return undefined;
    let link = this.#links.get(to);
    if (link === undefined || !link.to.isOpen) {
      link = this.#meet(to);
      if (link === undefined) return undefined;
      this.#links.set(to, link);
    }
    return link.isAccepted ? link.to : undefined;
  }

  #meet(to: ServerId): Link | undefined {
    const other = this.#network.open.get(to);
    const own = this.#handshake;
    if (other === undefined || other === this || own === undefined || !this.#servers.has(to))
      return undefined;
    const reply = other.#handshake!.answer(own.hello('raft', to));
    if (reply.type === 'refused') other.#refuse(this.serverId, reply.reason);
    const objection = own.objectionToReply(reply, to);
    if (objection !== undefined) this.#refuse(to, objection);
    return { to: other, isAccepted: objection === undefined };
  }

  #refuse(serverId: ServerId, reason: string): void {
    this.#notice({ type: 'refused', peer: serverId, reason });
  }

  #notice(notice: TransportNotice): void {
    this.#network.post.run(() => {
      if (this.isOpen) this.notices$.next(notice);
    });
  }
}
