/**
 * The catalogue: every kind of fault that simulators of this field inject, by its id, and where it
 * is injected here, or why it is not.
 */
import type { FaultKind } from '../fault.js';

export interface CatalogueRow {
  readonly what: string;
  /** Which faults of a schedule do it. */
  readonly kinds?: readonly FaultKind[];
  /** What does it in runs, besides faults or in their place. */
  readonly inRuns?: string;
  /** Why no run has it, and what tries it instead, if anything does. */
  readonly notInRuns?: string;
}

const byDraw = 'drawn settings: a snapshot every entry or few, none behind it, small pieces';
const withMembership = 'comes with changes of membership';
const withShards = 'comes with shards';

export const catalogue: Readonly<Record<string, CatalogueRow>> = {
  N1: { what: 'independent loss', kinds: ['loss'] },
  N2: { what: 'duplicates, also very late', kinds: ['duplication', 'replay'] },
  N3: { what: 'reordering', kinds: ['delay', 'latency'] },
  N4: { what: 'latency with a heavy tail', kinds: ['delay', 'latency'] },
  N5: { what: 'a slow link, one way', kinds: ['slowLink'] },
  N6: { what: 'a throttled link', kinds: ['throttle'] },
  N7: { what: 'partition', kinds: ['partition'] },
  N8: { what: 'one isolated, also the leader', kinds: ['isolate', 'flap'] },
  N9: { what: 'one deaf or mute, also for good', kinds: ['mute', 'deafen'] },
  N10: { what: 'a bridge between two halves', kinds: ['bridge'] },
  N11: { what: 'a ring of majorities', kinds: ['ring'] },
  N12: { what: 'a minority cut off', kinds: ['partition'] },
  N13: { what: 'a flapping link', kinds: ['flap'] },
  N14: { what: 'a clog, and a burst', kinds: ['clog'] },
  N15: { what: 'clogs of some, one by one, that end in another order', kinds: ['clog'] },
  N16: { what: 'loss by type of message', kinds: ['lossOf'] },
  N17: { what: 'damage on the wire', kinds: ['corruption'] },
  N18: {
    what: 'half-open connections, frames split and merged',
    notInRuns: 'a matter of sockets: tests of the TCP transport do it to real ones',
  },
  N19: { what: 'packets of an old incarnation', kinds: ['delay', 'replay'] },
  N20: { what: 'a server of another cluster or id', kinds: ['swap'] },

  P1: { what: 'crash and restart', kinds: ['crash', 'crashLoop', 'kill', 'secondProcess'] },
  P2: {
    what: 'crash before and after each point of persistence',
    kinds: ['crash', 'kill', 'stall', 'outOfMemory'],
    inRuns: 'at deeds; a crash while a stall lasts comes before what was decided is done',
  },
  P3: { what: 'crashes while it recovers', kinds: ['crashLoop'] },
  P4: { what: 'all crash, at once or one by one', kinds: ['crashAll'] },
  P5: {
    what: 'an outage until the log is compacted past it',
    inRuns: `long windows of any cut or crash, with ${byDraw}`,
  },
  P6: { what: 'a pause, and then a stale clock', kinds: ['pause'] },
  P7: { what: 'a slow server', kinds: ['slowDisk', 'sluggish'] },
  P8: { what: 'a stall inside a handler', kinds: ['pause', 'stall'] },
  P9: {
    what: 'another order of what happens at the same time',
    notInRuns:
      'latencies and syncs are drawn in sixteenths of a ms, which shuffles what is close; the ' +
      'exhaustive search takes every order',
  },
  P10: { what: 'a lost disk', kinds: ['wipe', 'swap'] },
  P11: { what: 'an old copy restored', kinds: ['restoreCopy'] },
  P12: {
    what: 'mixed versions',
    notInRuns: 'there is one version; the handshake and the formats have tests of others',
  },
  P13: { what: 'out of memory inside apply', kinds: ['outOfMemory'] },

  C1: { what: 'constant skew', kinds: ['clockJump'] },
  C2: { what: 'drift', kinds: ['drift'] },
  C3: { what: 'a jump, forward or back', kinds: ['clockJump', 'strobe'] },
  C4: { what: 'a strobing clock', kinds: ['strobe'] },
  C5: { what: 'timers late, or alike on several servers', kinds: ['pause', 'impatient'] },

  D1: { what: 'a crash loses what was not synced', kinds: ['crash'] },
  D2: { what: 'torn writes', kinds: ['crash'] },
  D3: { what: 'writes that become durable out of order', kinds: ['crash'] },
  D4: { what: 'a sync that fails', kinds: ['failSync'] },
  D5: { what: 'reads and writes that fail', kinds: ['failRead', 'failWrite'] },
  D6: { what: 'no space', kinds: ['fullDisk'] },
  D7: { what: 'rot', kinds: ['bitRot'] },
  D8: { what: 'misdirected writes', kinds: ['misdirected'] },
  D9: { what: 'a file cut short or missing', kinds: ['loseFile', 'truncateFile'] },
  D10: { what: 'slow and stalled syncs', kinds: ['slowDisk', 'stallDisk'] },
  D11: {
    what: 'short counts of reads and writes',
    notInRuns: 'below the port: the disk of the platform has a test that reads and writes in parts',
  },
  D12: { what: 'a name that was not synced', kinds: ['crash'] },
  D13: {
    what: 'destruction that leaves a good copy to a majority',
    kinds: ['wipe', 'swap', 'bitRot', 'misdirected', 'loseFile', 'truncateFile'],
  },

  K1: { what: 'a retry with another server', inRuns: 'clients with a session' },
  K2: {
    what: 'a request that arrives twice',
    kinds: ['duplication'],
    inRuns: 'clients with a session, which send again what they have no answer to',
  },
  K3: {
    what: 'a request that is abandoned',
    inRuns: 'clients without a session: what their server took with it stays unknown',
  },
  K4: {
    what: 'a stale idea of who leads',
    inRuns: 'clients that hold to a deposed leader, and connections to any server',
  },
  K5: { what: 'sessions that expire', kinds: ['clockJump'] },
  K6: { what: 'concurrent calls on one session', inRuns: 'clients that never wait for an answer' },
  K7: {
    what: 'reads while a leader is deposed',
    kinds: ['pause'],
    inRuns: 'reads of clients that hold to it, with and without leases',
  },
  K8: {
    what: 'hostile keys and values; a hot key',
    inRuns: 'one value that all clients change; sizes have tests of the limits and of the wire',
  },

  M1: { what: 'add or remove one during a partition', notInRuns: withMembership },
  M2: { what: 'a leader outside of the new configuration', notInRuns: withMembership },
  M3: { what: 'two changes back to back', notInRuns: withMembership },
  M4: { what: 'a removed server that campaigns', notInRuns: withMembership },
  M5: { what: 'a learner that is promoted', notInRuns: withMembership },
  M6: { what: 'leadership transfer under loss', kinds: ['transfer', 'lossOf'] },
  M7: { what: 'down to one, and up again', notInRuns: withMembership },

  S1: { what: 'a snapshot is needed while the leader compacts', inRuns: byDraw },
  S2: { what: 'a crash in the midst of an installation', kinds: ['crashLoop'], inRuns: byDraw },
  S3: { what: 'pieces lost, doubled, mixed', kinds: ['duplication', 'lossOf'], inRuns: byDraw },
  S4: { what: 'a stale snapshot after a newer log', kinds: ['replay'], inRuns: byDraw },
  S5: { what: 'a snapshot while a change is under way', notInRuns: withMembership },
  S6: { what: 'a snapshot of all that is committed', inRuns: byDraw },

  X1: { what: 'the controller is gone in the midst of a move', notInRuns: withShards },
  X2: { what: 'a group is down while shards move', notInRuns: withShards },
  X3: { what: 'a shard that goes to and fro', notInRuns: withShards },

  B1: { what: 'tiny limits', inRuns: 'drawn settings: one entry, one message, one sector or two' },
  B2: {
    what: 'giving up early, or doing more than needed',
    kinds: ['impatient', 'transfer'],
    inRuns: 'election timeouts that hardly wait',
  },
};
