/** `raftchart init`: founds one server's part of a new cluster, and starts nothing. */
import { promisify } from 'node:util';
import type { ServerId } from '../machines/entry.js';
import { foundKvServer } from '../services/kv/nodeKvFolder.js';
import { folderContent } from './foundCluster.js';
import { Refusal, refuse } from './refusal.js';

/** Which server this is, and of which cluster. */
export interface InitOptions {
  readonly id: ServerId;
  readonly cluster: string;
  /** Addresses by server id: all the servers of the new cluster, the own one among them. */
  readonly servers: Readonly<Record<ServerId, string>>;
  readonly data: string;
}

/** Prints what it founded. Rejects with a {@link Refusal}. */
export async function init(options: InitOptions): Promise<void> {
  await found(options);
  const { id, cluster, data } = options;
  console.log(`founded server ${id} of cluster ${cluster} in ${data}`);
}

/**
 * Founds the server in its empty folder. Rejects with a {@link Refusal}, and changes nothing where
 * something was founded before.
 */
export async function found({ id, cluster, servers, data }: InitOptions): Promise<void> {
  const content = await folderContent(data);
  if (content.type === 'founded') {
    const held = `server ${content.id} of cluster ${content.cluster}`;
    const isOwn = content.id === id && content.cluster === cluster;
    const remedy = isOwn ? 'start it with "serve", without --found' : 'choose another with --data';
    throw new Refusal(`${data} holds ${held} already; ${remedy}`);
  }
  await promisify(foundKvServer)({ id, cluster, servers, folder: data }).catch(refuse);
}
