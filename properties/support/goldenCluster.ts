/** The cluster of a golden script: servers and clients, and what becomes of their messages. */
import type { SnapshotContent } from '../../actors/snapshotFormat.js';
import type { clientMachine } from '../../machines/client.js';
import type { Call } from '../../machines/clientContext.js';
import type { ServerId } from '../../machines/entry.js';
import type { server as serverMachine } from '../../machines/server.js';
import type { Settings } from '../../machines/settings.js';
import { answerOf, type ClientPacket, GoldenClient } from './goldenClient.js';
import { GoldenNetwork, type Packet, type Which } from './goldenNetwork.js';
import { GoldenServer, type Surroundings, type Time } from './goldenServer.js';
import { changes } from './goldenWords.js';
import { configurationEntry, entry, members } from './script.js';
import type { Given } from './stage.js';

/** The charts that a script is played with. */
export interface Machines {
  readonly server: typeof serverMachine;
  readonly client: typeof clientMachine;
}

/** So many messages settle whatever a script has begun. */
const messagesMax = 2_000;

export class GoldenCluster {
  readonly machines: Machines;
  readonly servers = new Map<ServerId, GoldenServer>();
  readonly clients = new Map<string, GoldenClient>();
  readonly time: Time = { nowMs: 0 };
  #settings: Partial<Settings> = {};
  readonly #snapshots = new Map<number, SnapshotContent>();
  readonly #network = new GoldenNetwork();
  readonly #trace: string[] = [];
  #isQuiet = false;

  constructor(machines: Machines) {
    this.machines = machines;
  }

  /** What there is to say since the last call of this. */
  takeTrace(): readonly string[] {
    return this.#trace.splice(0);
  }

  // ---- who is there

  founds(count: number, settings: Partial<Settings>): void {
    this.#settings = { trailingEntriesMax: 0, ...settings };
    const ids = Array.from({ length: count }, (_, at) => `S${at + 1}`);
    for (const id of ids) this.servers.set(id, this.#serverOf(id, ids, { term: 1, log: [1] }));
  }

  /** One that starts with such a log, term and vote. */
  gives(id: ServerId, given: Given & { readonly log: readonly number[] }): void {
    this.server(id);
    this.servers.set(id, this.#serverOf(id, [...this.servers.keys()], given));
  }

  server(id: string): GoldenServer {
    const server = this.servers.get(id);
    if (server === undefined) throw new Error(`there is no server ${id}`);
    if (!server.isUp) throw new Error(`${id} is down`);
    return server;
  }

  client(id: string): GoldenClient {
    const known = this.clients.get(id);
    if (known !== undefined) return known;
    const client = new GoldenClient(id, {
      client: this.machines.client,
      time: this.time,
      send: (content) => this.#network.send({ from: id, to: undefined, content }),
      announce: (line) => void this.#trace.push(line),
    });
    this.clients.set(id, client);
    return client;
  }

  restarts(id: ServerId): void {
    const server = this.servers.get(id);
    if (server?.isUp !== false) throw new Error(`${id} is not down`);
    server.restarts();
  }

  // ---- what becomes of messages

  /** Delivers what is under way from one to another, or to anybody. */
  delivers(from: string, to: string | undefined, which: Which): void {
    for (const packet of this.#network.take(from, to, which)) this.#delivers(packet, to);
  }

  /** All that is under way now, and not what follows from it. */
  deliversAll(): void {
    for (const packet of this.#network.takeAll()) this.#delivers(packet);
  }

  /** What was delivered last comes a second time. */
  deliversAgain(from: string, to: string): void {
    this.#delivers(this.#network.lastDelivery(from, to), to);
  }

  /** What is under way from one to another comes a second time, later. */
  doubles(from: string, to: string): void {
    this.#network.double(from, to);
  }

  drops(from: string, to: string | undefined, which: Which): void {
    for (const { content, to: whom } of this.#network.take(from, to, which)) {
      this.#trace.push(`${content.type} from ${from}${whom ? ` to ${whom}` : ''} is lost`);
    }
  }

  dropsAll(): void {
    this.#network.loseAll();
  }

  /**
   * These talk to each other, and their disks save, until nothing more follows; what they say to
   * other servers is lost. The trace has what became of each.
   */
  settles(ids: readonly ServerId[]): void {
    this.#quietly(() => {
      for (let count = 0; this.#goesOn(ids); count++) {
        if (count === messagesMax) throw new Error('they do not settle');
      }
    });
  }

  /** The first of these is elected by them, and they all know what it commits. */
  elects(ids: readonly ServerId[]): void {
    this.#quietly(() => {
      const first = this.server(ids[0]!);
      first.happens({ type: 'timer.election', atMs: this.time.nowMs });
      this.settles(ids);
      first.happens({ type: 'timer.heartbeat', atMs: this.time.nowMs });
      this.settles(ids);
    });
  }

  // ---- the parts of it

  #serverOf(
    id: ServerId,
    voters: readonly ServerId[],
    { log, ...given }: Given & { readonly log: readonly number[] },
  ): GoldenServer {
    const entries = log.map((term, at) => {
      if (at === 0) return configurationEntry(1, term, members(voters));
      return entry(at + 1, term, new Uint8Array(0));
    });
    const around: Surroundings = {
      machine: this.machines.server,
      time: this.time,
      snapshots: this.#snapshots,
      send: (to, content) => this.#network.send({ from: id, to, content }),
      tell: (line) => void (this.#isQuiet || this.#trace.push(line)),
      announce: (line) => void this.#trace.push(line),
    };
    return new GoldenServer({ id, voters, settings: this.#settings, ...given, entries }, around);
  }

  /** Something that these have begun goes on. False if nothing is left. */
  #goesOn(ids: readonly ServerId[]): boolean {
    const servers = ids.map((id) => this.server(id));
    const writer = servers.find(({ disk }) => disk.waiting.length > 0);
    const storer = servers.find(({ disk }) => disk.chunk !== undefined);
    if (writer !== undefined) writer.saves();
    else if (storer !== undefined) storer.stores();
    else {
      const packet = this.#network.takeOldest(
        ({ from, to }) => ids.includes(from) && to !== undefined && this.servers.has(to),
      );
      if (packet === undefined) return false;
      if (ids.includes(packet.to!)) this.#delivers(packet);
    }
    return true;
  }

  #delivers(packet: Packet, whom?: string): void {
    const { from, content } = packet;
    const to = packet.to ?? whom;
    if (to === undefined) throw new Error(`a call goes to a server: deliver ${from} S1`);
    this.#network.noteDelivery(packet, to);
    if (content.type === 'answer') this.client(to).hears(content);
    else if (content.type === 'call') this.#calls(from, to, content);
    else if (this.servers.get(to)?.isUp) this.server(to).receives(content);
  }

  #calls(from: string, to: string, { number, attempt, call }: ClientPacket & { call: Call }): void {
    const { kind, ...rest } = call;
    if (kind === 'query') throw new Error('queries are reads: read S1');
    this.server(to).isAsked({ kind, ...rest }, (outcome) => {
      const answer = answerOf(outcome);
      const what = answer.type === 'done' ? `done at ${answer.index}` : answer.type;
      this.#trace.push(`${to} -> ${from}: ${what}`);
      this.#network.send({
        from: to,
        to: from,
        content: { type: 'answer', number, attempt, answer },
      });
    });
  }

  /** Says of each server what has become of it, and nothing in between. */
  #quietly(run: () => void): void {
    if (this.#isQuiet) return run();
    const before = [...this.servers.values()].map((server) => [server, server.view] as const);
    const start = this.#trace.length;
    this.#isQuiet = true;
    run();
    this.#isQuiet = false;
    const announced = this.#trace.splice(start);
    for (const [server, view] of before) {
      const change = changes(view, server.view);
      if (change !== '') this.#trace.push(`${server.id}: ${change}`);
    }
    this.#trace.push(...announced);
  }
}
