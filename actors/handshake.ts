/**
 * Who may talk to whom: what a server says of itself when a connection begins, and what it demands
 * of the other.
 *
 * A server is its data folder. One that comes back under a known id with another store has
 * forgotten what it voted and acknowledged, and could elect a second leader: it is refused until
 * somebody decides what it is.
 */
import type { ServerId } from '../machines/entry.js';
import type { ConnectionKind, Hello, Reply } from './handshakeFormat.js';
import { oneLine, quoted } from './oneLine.js';
import type { TransportOptions } from './transport.js';
import { wireVersion } from './wire.js';

/** The wire versions that this release speaks: from the lowest to the highest. */
export const wireVersions = { lowest: wireVersion, highest: wireVersion } as const;

const recoveryEpoch = 0;
const featureLevel = 1;

/** One server's side of every handshake. It remembers the stores that it meets. */
export class Handshake {
  readonly #options: TransportOptions;
  readonly #servers: ReadonlySet<ServerId>;
  readonly #stores: Map<ServerId, string>;
  readonly #met: (serverId: ServerId, storeId: string) => void;

  /** `met` is called when a server is let in that was never met before. */
  constructor(options: TransportOptions, met: (serverId: ServerId, storeId: string) => void) {
    this.#options = options;
    this.#servers = new Set(Object.keys(options.servers));
    this.#stores = new Map(Object.entries(options.knownStores));
    this.#met = met;
  }

  /** What this server says when it dials `receiverId`. */
  hello(kind: ConnectionKind, receiverId: ServerId): Hello {
    const { clusterId, serverId, storeId } = this.#options;
    return {
      lowestVersion: wireVersions.lowest,
      highestVersion: wireVersions.highest,
      kind,
      clusterId,
      serverId,
      storeId,
      receiverId,
      recoveryEpoch,
      featureLevel,
    };
  }

  /** What this server answers to `hello`. */
  answer(hello: Hello): Reply {
    const reason =
      this.#objectionTo(hello) ?? this.#objectionToStore(hello.serverId, hello.storeId);
    if (reason !== undefined) return { type: 'refused', reason };
    this.#remember(hello.serverId, hello.storeId);
    const { serverId, storeId } = this.#options;
    const version = Math.min(hello.highestVersion, wireVersions.highest);
    return { type: 'accepted', version, serverId, storeId, recoveryEpoch, featureLevel };
  }

  /** Why `receiverId`, having answered so, is not to be talked to; undefined if it is. */
  objectionToReply(reply: Reply, receiverId: ServerId): string | undefined {
    if (reply.type === 'refused') return `it refuses this server: ${oneLine(reply.reason)}`;
    if (reply.serverId !== receiverId)
      return `at its address answers ${quoted(reply.serverId)}; check the addresses of the servers`;
    if (reply.version < wireVersions.lowest || reply.version > wireVersions.highest)
      return `it chose wire version ${reply.version}, which this server does not speak`;
    const objection = this.#objectionToStore(receiverId, reply.storeId);
    if (objection === undefined) this.#remember(receiverId, reply.storeId);
    return objection;
  }

  #objectionTo(hello: Hello): string | undefined {
    const { clusterId, serverId } = this.#options;
    const own = quoted(serverId);
    const other = quoted(hello.serverId);
    const { lowest, highest } = wireVersions;
    if (hello.highestVersion < lowest || hello.lowestVersion > highest)
      return (
        `no common wire version: ${other} speaks ${hello.lowestVersion} to ` +
        `${hello.highestVersion}, ${own} ${lowest} to ${highest}; upgrade the older one`
      );
    if (hello.kind === 'client') return `${own} takes no native clients`;
    if (hello.clusterId !== clusterId)
      return (
        `${own} belongs to cluster ${quoted(clusterId)}, ${other} to ${quoted(hello.clusterId)}; ` +
        'check the addresses of the servers'
      );
    if (hello.receiverId !== serverId)
      return `this is ${own}, not ${quoted(hello.receiverId)}; check the addresses of the servers`;
    if (hello.serverId === serverId)
      return `two servers call themselves ${own}; give each an id of its own`;
    if (!this.#servers.has(hello.serverId))
      return `${own} knows of no server ${other}; every server must be given the same servers`;
    return undefined;
  }

  #objectionToStore(serverId: ServerId, storeId: string): string | undefined {
    const known = this.#stores.get(serverId);
    if (known === undefined || known === storeId) return undefined;
    const server = quoted(serverId);
    return (
      `${server} was known with store ${quoted(known)} and comes with ${quoted(storeId)}: ` +
      'its folder was emptied or replaced; ' +
      `remove ${server} from the cluster and add it anew, or restore its folder`
    );
  }

  #remember(serverId: ServerId, storeId: string): void {
    if (this.#stores.has(serverId)) return;
    this.#stores.set(serverId, storeId);
    this.#met(serverId, storeId);
  }
}
