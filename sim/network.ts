/**
 * The network of a run. Every message crosses as bytes, through the codec that ships. By itself a
 * link takes a millisecond or two and keeps neither order nor secrets; faults and deviations do the
 * rest.
 */
import { Subject } from 'rxjs';
import { ByteReader, ByteWriter } from '../actors/bytes.js';
import type { Forwarded, Transport, TransportNotice } from '../actors/transport.js';
import { decodeMessage, encodeMessage } from '../actors/wire.js';
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import { draw, purposes } from './chance.js';
import { Connection, type ConnectionEnd } from './connection.js';
import type { Deviation } from './schedule.js';
import type { VirtualClock } from './virtualClock.js';
import type { Passage, Weather } from './weather.js';

/** A message takes this long, and up to one ms more. */
const latencyMs = 1;

/** One process of a server, as the network sees it. */
interface Endpoint extends ConnectionEnd {
  readonly messages$: Subject<Message>;
  readonly forwarded$: Subject<Forwarded>;
  readonly clients$: Subject<Forwarded>;
  isOpen: boolean;
  /** Those that end here. */
  readonly connections: Connection[];
}

/** A message that was sent, lost or delivered, for a trace. */
export interface Crossing {
  readonly from: number;
  readonly to: number;
  readonly message: Message;
  readonly sentAt: number;
}

/** A message under way, as bytes. */
interface Flight {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  readonly sentAt: number;
  readonly tellOnArrival: readonly (() => void)[];
}

export class Network {
  readonly #clock: VirtualClock;
  readonly #seed: number;
  readonly #weather: Weather;
  readonly #ids: readonly ServerId[];
  readonly #endpoints: (Endpoint | undefined)[] = [];
  readonly #sentOnLink: number[] = [];
  readonly #dialed: number[] = [];
  readonly #deviations = new Map<string, Deviation>();
  readonly #writer = new ByteWriter();
  /** Lets a server hear of what has arrived, when it can. */
  readonly #hearing: (to: number, hear: () => void) => void;
  /** Called for each delivery, before it. */
  onDelivery: ((crossing: Crossing) => void) | undefined;
  /** Called for each message that is lost. */
  onLoss: ((crossing: Crossing) => void) | undefined;
  #awaited: { is(message: Message): boolean; tell(from: number): void }[] = [];
  #lost = 0;
  #delivered = 0;
  #sent = 0;
  #sentBytes = 0;

  constructor(
    clock: VirtualClock,
    seed: number,
    weather: Weather,
    ids: readonly ServerId[],
    deviations: readonly Deviation[],
    hearing: (to: number, hear: () => void) => void = (_to, hear) => hear(),
  ) {
    this.#hearing = hearing;
    this.#clock = clock;
    this.#seed = seed;
    this.#weather = weather;
    this.#ids = ids;
    for (const d of deviations) this.#deviations.set(`${d.from} ${d.to} ${d.message}`, d);
  }

  get lost(): number {
    return this.#lost;
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Messages that servers have sent to each other, and their bytes. */
  get sent(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#sent, bytes: this.#sentBytes };
  }

  /**
   * The transport of one incarnation of a server; the one before it hears and sends nothing any
   * more.
   */
  transport(server: number): Transport {
    this.disconnect(server);
    const endpoint = this.#endpoint(server);
    this.#endpoints[server] = endpoint;
    return {
      messages$: endpoint.messages$,
      notices$: new Subject<TransportNotice>(),
      forwarded$: endpoint.forwarded$,
      clients$: endpoint.clients$,
      open: (_options, done) => {
        endpoint.isOpen = true;
        done(undefined);
      },
      send: (to, group, message) => {
        if (endpoint.isOpen) this.#send(server, this.#ids.indexOf(to), group, message);
      },
      forward: (to, term) => {
        const ends = [server, server, this.#ids.indexOf(to)] as const;
        return this.#dial(endpoint, ends, term, (at) => at.forwarded$);
      },
      close: (done) => {
        close(endpoint);
        done();
      },
    };
  }

  /**
   * Connects a client to a server. It stands beside one of the servers, and shares whatever cuts
   * that one off; `ended` tells it that the connection is over.
   */
  connect(client: number, to: number, ended: () => void): Connection {
    const count = this.#ids.length;
    const end: ConnectionEnd = { isOpen: true, hear: (run) => run() };
    const ends = [client + count, client % count, to] as const;
    return this.#dial(end, ends, 0, (at) => at.clients$, ended);
  }

  /**
   * Calls `tell`, once, when a server sends a message of this sort; whether it arrives is another
   * matter.
   */
  onceSent(is: (message: Message) => boolean, tell: (from: number) => void): void {
    this.#awaited.push({ is, tell });
  }

  /** Ends the connections of a server that was killed. */
  disconnect(server: number): void {
    const endpoint = this.#endpoints[server];
    if (endpoint !== undefined) close(endpoint);
  }

  #endpoint(server: number): Endpoint {
    return {
      messages$: new Subject(),
      forwarded$: new Subject(),
      clients$: new Subject(),
      isOpen: false,
      connections: [],
      hear: (run) => this.#hearing(server, run),
    };
  }

  /** Dials a server, for somebody with this number that stands beside this server. */
  #dial(
    from: ConnectionEnd,
    [dialer, beside, server]: readonly [dialer: number, beside: number, server: number],
    term: number,
    requestsOf: (endpoint: Endpoint) => Subject<Forwarded>,
    ended?: () => void,
  ): Connection {
    const to = this.#endpoints[server] ?? this.#endpoint(server);
    const link = dialer * this.#ids.length + server;
    const count = (this.#dialed[link] = (this.#dialed[link] ?? 0) + 1);
    const requests$ = requestsOf(to);
    const connection = new Connection({
      clock: this.#clock,
      weather: this.#weather,
      seed: this.#seed,
      key: [link, count],
      from,
      to,
      between: [beside, server],
      term,
      ended,
      arrived: (request) => {
        const isTaken = requests$.observed;
        if (isTaken) requests$.next(request);
        return isTaken;
      },
    });
    to.connections.push(connection);
    return connection;
  }

  #send(from: number, to: number, group: number, message: Message): void {
    if (this.#awaited.length > 0) this.#notice(from, message);
    const link = from * this.#ids.length + to;
    const number = (this.#sentOnLink[link] = (this.#sentOnLink[link] ?? 0) + 1);
    const deviation =
      this.#deviations.size > 0 ? this.#deviations.get(`${from} ${to} ${number}`) : undefined;
    this.#writer.reset();
    encodeMessage(this.#writer, group, message);
    const bytes = this.#writer.finish().slice();
    this.#sent++;
    this.#sentBytes += bytes.length;
    const passage: Passage = {
      from,
      to,
      link,
      number,
      type: message.type,
      bytes,
      isLost: deviation?.drop === true,
      extraMs: deviation?.extraMs ?? 0,
      copies: [],
      tellOnArrival: [],
    };
    this.#weather.touch(passage);
    const sentAt = this.#clock.nowMs;
    if (passage.isLost || this.#weather.stops(from, to)) {
      this.#lose({ from, to, message, sentAt });
      return;
    }
    const jitter = draw(this.#seed, purposes.latency, link, number);
    const ms = latencyMs + (jitter % 16) / 16 + passage.extraMs;
    const { tellOnArrival, copies } = passage;
    this.#deliverIn(ms, { from, to, bytes, sentAt, tellOnArrival });
    for (const { laterMs, arrived } of copies)
      this.#deliverIn(ms + laterMs, { from, to, bytes, sentAt, tellOnArrival: [arrived] });
  }

  #notice(from: number, message: Message): void {
    const at = this.#awaited.findIndex((awaited) => awaited.is(message));
    if (at >= 0) this.#awaited.splice(at, 1)[0]!.tell(from);
  }

  #lose(crossing: Crossing): void {
    this.#lost++;
    this.onLoss?.(crossing);
  }

  #deliverIn(ms: number, flight: Flight): void {
    this.#clock.schedule(ms, () => this.#arrive(flight));
  }

  /** What a partition cut while a message was under way is lost, too. */
  #arrive(flight: Flight): void {
    const { from, to, bytes, sentAt, tellOnArrival } = flight;
    const endpoint = this.#endpoints[to];
    const message = decodeMessage(new ByteReader(bytes), this.#ids[from]!);
    if (endpoint === undefined || !endpoint.isOpen || this.#weather.stops(from, to)) {
      this.#lose({ from, to, message, sentAt });
      return;
    }
    const { isFair } = this.#weather;
    if (!isFair && this.#weather.holds(from, to, () => this.#arrive(flight))) return;
    this.#delivered++;
    for (const tell of tellOnArrival) tell();
    this.onDelivery?.({ from, to, message, sentAt });
    this.#hearing(to, () => endpoint.messages$.next(message));
  }
}

/** Nothing is heard there any more, and nothing said. */
function close(endpoint: Endpoint): void {
  endpoint.isOpen = false;
  for (const connection of endpoint.connections.splice(0)) connection.end();
}
