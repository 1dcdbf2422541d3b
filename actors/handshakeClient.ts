/**
 * A native client's side of the handshake: it takes any server of its cluster, and shows its token
 * to no one who has not proven to be one, where there are certificates.
 */
import {
  type Introduction,
  objectionToVerdict,
  selfDescription,
  wireVersions,
} from './handshake.js';
import type { Hello, Reply } from './handshakeFormat.js';
import { certificateName, objectionToServer, type Proof } from './handshakeProof.js';

/** Introduces clients of one cluster. */
export class HandshakeClient implements Introduction {
  readonly #clusterId: string;
  readonly #token: string;

  /** Without a token it is empty. */
  constructor(clusterId: string, token: string) {
    this.#clusterId = clusterId;
    this.#token = token;
  }

  hello(): Hello {
    return {
      lowestVersion: wireVersions.lowest,
      highestVersion: wireVersions.highest,
      kind: 'client',
      clusterId: this.#clusterId,
      serverId: '',
      storeId: '',
      receiverId: '',
      ...selfDescription,
      token: this.#token,
    };
  }

  objectionToProof({ names }: Proof): string | undefined {
    const anyServer = certificateName(this.#clusterId, '');
    if (names === undefined || [...names].some((name) => name.startsWith(anyServer)))
      return undefined;
    return `its certificate is for no server of this cluster: it needs the name ${anyServer}<id>`;
  }

  objectionToReply(reply: Reply, proof: Proof): string | undefined {
    const refusal = objectionToVerdict(reply);
    if (refusal !== undefined || reply.type === 'refused') return refusal;
    return objectionToServer(proof, this.#clusterId, reply.serverId);
  }
}
