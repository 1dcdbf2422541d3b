/**
 * The transport over TCP, for servers that are processes.
 *
 * Each server dials each other one, and sends its messages on the connection that it dialed: so a
 * link has one direction, one sender and one order. Forward streams have connections of their own.
 * `docs/wire.md` has the bytes.
 */
import { Subject } from 'rxjs';
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';
import { type Address, notAnAddress, parseAddress } from './address.js';
import { ByteReader } from './bytes.js';
import { Handshake } from './handshake.js';
import { Keeper } from './keeper.js';
import type { Connection } from './nodeTcpConnection.js';
import { mayEnter, plainTextFlaw, tokenFlaw } from './nodeTcpFlaw.js';
import { type SourceOptions, TcpForwardSource } from './nodeTcpForwardSource.js';
import { type StreamLimits, TcpForwardStream, unopenedStream } from './nodeTcpForwardStream.js';
import { type TcpLimits, type TcpOptions, tcpLimits } from './nodeTcpLimits.js';
import { TcpLink } from './nodeTcpLink.js';
import { TcpListener } from './nodeTcpListener.js';
import { TcpStation } from './nodeTcpStation.js';
import { TlsCredentials } from './nodeTls.js';
import { Refusals } from './refusals.js';
import type {
  Forwarded,
  ForwardStream,
  Transport,
  TransportNotice,
  TransportOptions,
} from './transport.js';
import { decodeMessage, mayCarryEntries } from './wire.js';

/**
 * A transport over TCP. Nothing is listening or dialed before `open`, which also answers what is
 * wrong with these options.
 */
export function tcpTransport(options: TcpOptions = {}): Transport {
  return new TcpTransport(options);
}

class TcpTransport implements Transport {
  readonly messages$ = new Subject<Message>();
  readonly notices$ = new Subject<TransportNotice>();
  readonly forwarded$ = new Subject<Forwarded>();
  readonly clients$ = new Subject<Forwarded>();
  readonly #options: TcpOptions;
  readonly #limits: TcpLimits;
  readonly #forwardLimits: StreamLimits;
  readonly #links = new Map<ServerId, TcpLink>();
  readonly #incoming = new Map<ServerId, Connection>();
  readonly #keeper = new Keeper();
  readonly #whenClosed: (() => void)[] = [];
  #state: 'new' | 'opening' | 'open' | 'closing' | 'closed' = 'new';
  #station: TcpStation | undefined;
  #listener: TcpListener | undefined;

  constructor(options: TcpOptions) {
    this.#options = options;
    this.#limits = tcpLimits(options);
    this.#forwardLimits = { ...this.#limits, ...this.#limits.forward };
  }

  open(options: TransportOptions, done: (error: Error | undefined) => void): void {
    if (this.#state !== 'new') return fail(done, 'a transport is opened once; make another');
    const addresses = new Map<ServerId, Address>();
    for (const [id, text] of Object.entries(options.servers)) {
      const address = parseAddress(text);
      if (address === undefined) return fail(done, notAnAddress(`of server ${id}`, text));
      addresses.set(id, address);
    }
    const own = this.#options.listen ?? options.servers[options.serverId];
    const listenAt = own === undefined ? undefined : parseAddress(own);
    if (listenAt === undefined) return fail(done, notAnAddress('to listen on', own));
    this.#secure(options, addresses, listenAt, done);
  }

  send(to: ServerId, group: number, message: Message): void {
    if (group === 0) return this.#links.get(to)?.send(group, message);
    this.#station?.refusals.add(to, `nothing but group 0 is carried, not group ${group}`);
  }

  forward(to: ServerId, term: number): ForwardStream {
    if (this.#state !== 'open' || !this.#links.has(to)) return unopenedStream;
    const station = this.#station!;
    const dialed = station.dial(station.addresses.get(to)!);
    const introduction = station.handshake.introduction('forward', to);
    return new TcpForwardStream(dialed, introduction, this.#forwardLimits, term);
  }

  close(done: () => void): void {
    if (this.#state === 'closed') return queueMicrotask(done);
    this.#whenClosed.push(done);
    if (this.#state === 'new') this.#closed();
    else if (this.#state === 'open') this.#shut();
    else this.#state = 'closing';
  }

  /** Nothing listens before it is clear that what is said there is protected as it should be. */
  #secure(
    options: TransportOptions,
    addresses: ReadonlyMap<ServerId, Address>,
    listenAt: Address,
    done: (error: Error | undefined) => void,
  ): void {
    const { tls } = this.#options;
    try {
      const places: [string, Address][] = [['to listen on', listenAt]];
      for (const [id, address] of addresses) places.push([`of server ${id}`, address]);
      const flaw = plainTextFlaw(this.#options, places) ?? tokenFlaw(this.#options.clientToken);
      if (flaw !== undefined) return fail(done, flaw);
      const complain = (reason: string) => this.#notice({ type: 'refused', peer: 'tls', reason });
      const credentials = tls === undefined ? undefined : new TlsCredentials(tls, complain);
      const ownFlaw = credentials?.flawFor(options.clusterId, options.serverId);
      if (ownFlaw !== undefined) return fail(done, ownFlaw);
      this.#begin(options, addresses, listenAt, credentials, done);
    } catch (error) {
      fail(done, (error as Error).message);
    }
  }

  #begin(
    options: TransportOptions,
    addresses: ReadonlyMap<ServerId, Address>,
    listenAt: Address,
    credentials: TlsCredentials | undefined,
    done: (error: Error | undefined) => void,
  ): void {
    this.#state = 'opening';
    const met = (serverId: ServerId, storeId: string) =>
      this.#notice({ type: 'metStore', serverId, storeId });
    const handshake = new Handshake(options, met, mayEnter(this.#options));
    const refusals = new Refusals((peer, reason) =>
      this.#notice({ type: 'refused', peer, reason }),
    );
    const limits = this.#limits;
    this.#station = new TcpStation({ limits, handshake, refusals, addresses, credentials });
    this.#listener = this.#listenerOf(this.#station);
    this.#listener.open(listenAt, (error) => {
      if (this.#state === 'closing') this.#shut();
      else if (error !== undefined) this.#state = 'new';
      else this.#dialAll(options.serverId);
      done(
        error ?? (this.#state === 'open' ? undefined : new Error('closed while it was opening')),
      );
    });
  }

  #listenerOf(station: TcpStation): TcpListener {
    const { refusals } = station;
    const keeper = this.#keeper;
    const limits = this.#forwardLimits;
    const servers: SourceOptions = { kind: 'forward', limits, keeper, requests$: this.forwarded$ };
    const clients: SourceOptions = {
      kind: 'client',
      limits: { ...this.#limits, ...this.#limits.client },
      keeper,
      requests$: this.clients$,
    };
    const serve = (connection: Connection, options: SourceOptions, from: string) => {
      const complain = (reason: string) => refusals.add(from, reason);
      connection.user = new TcpForwardSource(connection, options, complain);
    };
    return new TcpListener(station, {
      raft: (connection, from) => this.#receiveMessages(connection, from),
      forward: (connection, from) => serve(connection, servers, from),
      client: (connection) => serve(connection, clients, connection.remoteHost),
    });
  }

  #dialAll(serverId: ServerId): void {
    this.#state = 'open';
    const station = this.#station!;
    for (const [id, address] of station.addresses)
      if (id !== serverId) this.#links.set(id, new TcpLink(station, id, address));
  }

  #receiveMessages(connection: Connection, from: ServerId): void {
    const link = this.#links.get(from);
    connection.user = {
      frame: (body) => {
        const bytes = mayCarryEntries(body) ? this.#keeper.keep(body) : body;
        const message = decodeMessage(new ByteReader(bytes), from);
        link?.heard();
        this.messages$.next(message);
      },
      ended: (reason, isFault) => {
        if (this.#incoming.get(from) === connection) this.#incoming.delete(from);
        if (isFault) this.#station!.refusals.add(from, reason);
      },
    };
    // Whoever dials anew has given up the connection before, even if we have not seen it end.
    const before = this.#incoming.get(from);
    this.#incoming.set(from, connection);
    before?.close('dialed anew');
    link?.hurry();
  }

  #shut(): void {
    this.#state = 'closing';
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
    let open = 2;
    const oneClosed = () => {
      open--;
      if (open === 0) this.#closed();
    };
    this.#listener!.close(oneClosed);
    this.#station!.close(oneClosed);
  }

  #closed(): void {
    this.#state = 'closed';
    for (const done of this.#whenClosed.splice(0)) done();
  }

  #notice(notice: TransportNotice): void {
    if (this.#state === 'opening' || this.#state === 'open') this.notices$.next(notice);
  }
}

function fail(done: (error: Error) => void, what: string): void {
  queueMicrotask(() => done(new Error(what)));
}
