/** The folder of a server of the key-value service: what is in it, and how it is founded. */
import { join } from 'node:path';
import { found } from '../../actors/founding.js';
import { nodeDisk } from '../../actors/nodeDisk.js';
import { systemRandom } from '../../actors/random.js';
import { decodeIdentity, identityName } from '../../actors/walIdentity.js';
import { walStore } from '../../actors/walStore.js';
import type { ServerId } from '../../machines/entry.js';

/** What a folder holds: nothing yet, or the part of a cluster. */
export type FolderContent =
  | { readonly type: 'empty' }
  | { readonly type: 'founded'; readonly cluster: string; readonly id: ServerId };

/**
 * Looks into a folder, and changes nothing: so it may be asked of a server that runs. A founding
 * that did not come to its end is none.
 */
export function inspectFolder(
  folder: string,
  done: (error: Error | undefined, content: FolderContent) => void,
): void {
  const disk = nodeDisk(folder);
  disk.list((unlisted, names) => {
    const isMissing = (unlisted as { code?: string } | undefined)?.code === 'ENOENT';
    if (unlisted !== undefined && !isMissing) return done(unlisted, { type: 'empty' });
    if (!names.includes(identityName)) return done(undefined, { type: 'empty' });
    disk.read(identityName, (unread, bytes) => {
      if (unread !== undefined) return done(unread, { type: 'empty' });
      const content = contentOf(join(folder, identityName), bytes);
      if (content instanceof Error) done(content, { type: 'empty' });
      else done(undefined, content);
    });
  });
}

function contentOf(file: string, bytes: Uint8Array): FolderContent | Error {
  try {
    const { clusterId, serverId } = decodeIdentity(file, bytes);
    return { type: 'founded', cluster: clusterId, id: serverId };
  } catch (error) {
    return error as Error;
  }
}

/** Who is to be founded, and where. */
export interface KvFounding {
  readonly id: ServerId;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Addresses (`host:port`) by server id: all the servers of the new cluster. */
  readonly servers: Readonly<Record<ServerId, string>>;
  readonly folder: string;
}

/** Founds one server's part of a cluster in an empty folder: once, and on purpose. */
export function foundKvServer(options: KvFounding, done: (error: Error | undefined) => void): void {
  const { id, cluster, servers, folder } = options;
  const store = walStore({ disk: nodeDisk(folder) });
  store.open((error, { identity }) => {
    if (error !== undefined) return done(error);
    if (identity !== undefined) {
      const held = `server ${identity.serverId} of cluster ${identity.clusterId}`;
      return store.close(() => done(new Error(`${folder} holds ${held} already`)));
    }
    const founding = { clusterId: cluster, serverId: id, servers };
    found(store, founding, systemRandom(), (failure) => store.close(() => done(failure)));
  });
}
