/**
 * Snapshots agree: state, sessions, configuration and log time are functions of the log, so that
 * snapshots of the same entry are the same on all servers, byte for byte, whether they were taken
 * there or received (§7, thesis §6.3).
 */
import type { Law } from '../sim/law.js';

export const snapshotsAgree: Law = {
  name: 'Snapshots Agree',
  sentence: 'Snapshots of one entry are the same on all servers, sessions included.',
  watch() {
    const digests = new Map<number, string>();
    const sometimes = { 'a snapshot was there twice': 0 };
    return {
      sometimes,
      snapshotPlaced(server, index, digest) {
        const known = digests.get(index);
        digests.set(index, known ?? digest);
        if (known !== undefined) sometimes['a snapshot was there twice']++;
        if (known === undefined || known === digest) return undefined;
        return `the snapshot of entry ${index} on ${server} is not that of others`;
      },
    };
  },
};
