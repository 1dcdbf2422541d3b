/**
 * Decides whether the cluster of `start` is to be founded, and founds it: only where no server has
 * data. A folder that is empty while others are not has been wiped. Its server has forgotten its
 * votes and what it acknowledged, and founded anew it could lose for all what a majority had
 * promised.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { identityName } from '../actors/walIdentity.js';
import { type FolderContent, foundKvServer, inspectFolder } from '../services/kv/nodeKvFolder.js';
import { type ClusterPlan, type PlannedServer, raftAddresses } from './clusterPlan.js';
import { Refusal, refuse } from './refusal.js';

/** Looks into a server's folder without changing anything. Rejects with a {@link Refusal}. */
export async function folderContent(folder: string): Promise<FolderContent> {
  return promisify(inspectFolder)(folder).catch(refuse);
}

/** Why a founded folder is not that of a server; undefined if it is. */
export function foreignFolder(
  folder: string,
  content: FolderContent & { type: 'founded' },
  wanted: { readonly cluster: string; readonly id: string },
): string | undefined {
  if (content.cluster === wanted.cluster && content.id === wanted.id) return undefined;
  const held = `server ${content.id} of cluster ${content.cluster}`;
  const asked = `server ${wanted.id} of cluster ${wanted.cluster}`;
  return `${folder} belongs to ${held}, not to ${asked}; choose another folder with --data`;
}

/**
 * Answers whether it founded the cluster, or found it. Rejects with a {@link Refusal} and leaves
 * nothing founded.
 */
export async function foundCluster(plan: ClusterPlan): Promise<'founded' | 'found'> {
  const empty: PlannedServer[] = [];
  for (const server of plan.servers) {
    const content = await folderContent(server.folder);
    if (content.type === 'empty') empty.push(server);
    else assertOwn(plan, server, content);
  }
  await assertNoOthers(plan);
  if (empty.length === plan.servers.length) {
    await foundAll(plan);
    return 'founded';
  }
  if (empty.length > 0) throw new Refusal(wiped(plan, empty));
  return 'found';
}

function assertOwn(
  { cluster }: ClusterPlan,
  { id, folder }: PlannedServer,
  content: FolderContent & { type: 'founded' },
): void {
  const foreign = foreignFolder(folder, content, { cluster, id });
  if (foreign !== undefined) throw new Refusal(foreign);
}

/** A cluster of five of which three are started would be a cluster that cannot lose any. */
async function assertNoOthers({ folder, servers }: ClusterPlan): Promise<void> {
  const next = `s${servers.length + 1}`;
  const content = await folderContent(join(folder, next));
  if (content.type === 'empty') return;
  const remedy = 'start as many servers as the cluster has, with --servers';
  throw new Refusal(`${folder} also has a server ${next}; ${remedy}`);
}

function wiped({ folder, servers }: ClusterPlan, empty: readonly PlannedServer[]): string {
  const folders = empty.map((server) => server.folder).join(' and ');
  const are = empty.length === 1 ? 'is' : 'are';
  const others = servers.length - empty.length === 1 ? 'another server has' : 'other servers have';
  return (
    `${folders} ${are} empty although ${others} data: ` +
    `restore a backup made since they last stopped; ` +
    `or, if this cluster never held anything that matters, remove ${folder} and start again`
  );
}

async function foundAll(plan: ClusterPlan): Promise<void> {
  const { cluster } = plan;
  const servers = raftAddresses(plan);
  const founded: PlannedServer[] = [];
  try {
    for (const server of plan.servers) {
      const { id, folder } = server;
      await promisify(foundKvServer)({ id, cluster, servers, folder });
      founded.push(server);
    }
  } catch (error) {
    // Nobody has been promised anything yet. Without its identity a folder is unfounded, and the
    // next start founds all.
    for (const { folder } of founded) await unlink(join(folder, identityName));
    refuse(error);
  }
}
