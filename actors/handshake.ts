/**
 * Who may talk to whom: what a server says of itself when a connection begins, and what it demands
 * of the other.
 *
 * A server is its data folder. One that comes back under a known id with another store has
 * forgotten what it voted and acknowledged, and could elect a second leader: it is refused until
 * somebody decides what it is. A client is nobody in particular: it may ask, and nothing else.
 */
import type { ServerId } from '../machines/entry.js';
import type { ConnectionKind, Hello, Reply } from './handshakeFormat.js';
import { nothingProven, objectionToServer, type Proof } from './handshakeProof.js';
import { oneLine, quoted } from './oneLine.js';
import type { TransportOptions } from './transport.js';
import { wireVersion } from './wire.js';

/** The wire versions that this release speaks: from the lowest to the highest. */
export const wireVersions = { lowest: wireVersion, highest: wireVersion } as const;

/** What this release says of itself in every hello and reply. */
export const selfDescription = { recoveryEpoch: 0, featureLevel: 1 } as const;

/** The dialer's side of a handshake. */
export interface Introduction {
  /** What it says first. */
  hello(): Hello;
  /** Why nothing is to be said to one who has proven this; undefined if all is well. */
  objectionToProof(proof: Proof): string | undefined;
  /** Why one who has answered so is not to be talked to; undefined if it is. */
  objectionToReply(reply: Reply, proof: Proof): string | undefined;
}

/** Whether a client without a certificate that says so may come in with this token. */
export type MayEnter = (token: string) => boolean;

/** One server's side of every handshake. It remembers the stores that it meets. */
export class Handshake {
  readonly #options: TransportOptions;
  readonly #servers: ReadonlySet<ServerId>;
  readonly #stores: Map<ServerId, string>;
  readonly #met: (serverId: ServerId, storeId: string) => void;
  readonly #mayEnter: MayEnter;

  /** `met` is called when a server is let in that was never met before. */
  constructor(
    options: TransportOptions,
    met: (serverId: ServerId, storeId: string) => void,
    mayEnter: MayEnter = () => false,
  ) {
    this.#options = options;
    this.#servers = new Set(Object.keys(options.servers));
    this.#stores = new Map(Object.entries(options.knownStores));
    this.#met = met;
    this.#mayEnter = mayEnter;
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
      ...selfDescription,
      token: '',
    };
  }

  /** What this server answers to `hello`, said by one who has proven `proof`. */
  answer(hello: Hello, proof: Proof = nothingProven): Reply {
    const reason =
      this.#objectionToVersion(hello) ??
      (hello.kind === 'client'
        ? this.#objectionToClient(hello, proof)
        : this.#objectionToServer(hello, proof));
    if (reason !== undefined) return { type: 'refused', reason };
    if (hello.kind !== 'client') this.#remember(hello.serverId, hello.storeId);
    const { serverId, storeId } = this.#options;
    const version = Math.min(hello.highestVersion, wireVersions.highest);
    return { type: 'accepted', version, serverId, storeId, ...selfDescription };
  }

  /** How this server introduces itself to `receiverId`. */
  introduction(kind: ConnectionKind, receiverId: ServerId): Introduction {
    const { clusterId } = this.#options;
    return {
      hello: () => this.hello(kind, receiverId),
      objectionToProof: (proof) => objectionToServer(proof, clusterId, receiverId),
      objectionToReply: (reply) => this.objectionToReply(reply, receiverId),
    };
  }

  /** Why `receiverId`, having answered so, is not to be talked to; undefined if it is. */
  objectionToReply(reply: Reply, receiverId: ServerId): string | undefined {
    const refusal = objectionToVerdict(reply);
    if (refusal !== undefined || reply.type === 'refused') return refusal;
    if (reply.serverId !== receiverId)
      return `at its address answers ${quoted(reply.serverId)}; check the addresses of the servers`;
    const objection = this.#objectionToStore(receiverId, reply.storeId);
    if (objection === undefined) this.#remember(receiverId, reply.storeId);
    return objection;
  }

  #objectionToVersion(hello: Hello): string | undefined {
    const own = quoted(this.#options.serverId);
    const other = hello.kind === 'client' ? 'the client' : quoted(hello.serverId);
    const { lowest, highest } = wireVersions;
    if (hello.highestVersion >= lowest && hello.lowestVersion <= highest) return undefined;
    return (
      `no common wire version: ${other} speaks ${hello.lowestVersion} to ` +
      `${hello.highestVersion}, ${own} ${lowest} to ${highest}; upgrade the older one`
    );
  }

  /** Whoever has proven nothing learns no name from its refusal. */
  #objectionToClient(hello: Hello, proof: Proof): string | undefined {
    if (!proof.isClient && !this.#mayEnter(hello.token))
      return hello.token === ''
        ? 'a client needs a token, or a certificate of the client CA; it shows neither'
        : 'its token is not the one that clients must have';
    const { clusterId, serverId } = this.#options;
    if (hello.clusterId === clusterId) return undefined;
    const wanted = quoted(hello.clusterId);
    return `${quoted(serverId)} belongs to cluster ${quoted(clusterId)}, not to ${wanted}`;
  }

  #objectionToServer(hello: Hello, proof: Proof): string | undefined {
    const { clusterId, serverId } = this.#options;
    const own = quoted(serverId);
    const other = quoted(hello.serverId);
    const objection = objectionToServer(proof, clusterId, hello.serverId);
    if (objection !== undefined) return objection;
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
    return this.#objectionToStore(hello.serverId, hello.storeId);
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

/** Why whoever has answered so cannot be talked to, whoever it is. */
export function objectionToVerdict(reply: Reply): string | undefined {
  if (reply.type === 'refused') return `it refuses us: ${oneLine(reply.reason)}`;
  if (reply.version >= wireVersions.lowest && reply.version <= wireVersions.highest)
    return undefined;
  return `it chose wire version ${reply.version}, which is not spoken here`;
}
