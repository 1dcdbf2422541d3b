/**
 * The file `identity` of a data folder: whose it is. One line of JSON for people, and one with its
 * checksum.
 */
import { crc32 } from './crc32.js';
import { type Identity, StoreDamaged } from './logStore.js';
import { FormatTooNew, formatVersion } from './walFormat.js';

export const identityName = 'identity';

const remedy = 'Restore the file from a backup, or empty the folder and let the server join anew';

export function encodeIdentity({ clusterId, serverId, storeId }: Identity): Uint8Array {
  const line = JSON.stringify({ formatVersion, clusterId, serverId, storeId });
  return new TextEncoder().encode(`${line}\n${checksum(line)}\n`);
}

/** Reads what {@link encodeIdentity} wrote. Throws {@link StoreDamaged} or {@link FormatTooNew}. */
export function decodeIdentity(file: string, bytes: Uint8Array): Identity {
  const [line = '', sum] = new TextDecoder().decode(bytes).split('\n');
  if (sum !== checksum(line)) throw new StoreDamaged(file, 0, 'its checksum does not fit', remedy);
  const fields = JSON.parse(line) as Identity & { formatVersion: number };
  if (fields.formatVersion > formatVersion) throw new FormatTooNew(file, fields.formatVersion);
  return { clusterId: fields.clusterId, serverId: fields.serverId, storeId: fields.storeId };
}

function checksum(line: string): string {
  return crc32(new TextEncoder().encode(line)).toString(16).padStart(8, '0');
}
