/**
 * What one AppendEntries of one entry costs a follower, in machine and stepper; and what an idle
 * server holds.
 */

import { firstEntry } from '../actors/founding.js';
import { noSnapshot } from '../machines/context.js';
import type { Entry } from '../machines/entry.js';
import { logStart } from '../machines/log.js';
import { defaultSettings } from '../machines/settings.js';
import { createStepper } from '../machines/stepper.js';
import { median } from './percentile.js';

const rounds = 5;
const logLength = 5_000;
const logs = 20;
/** Microseconds. */
const target = 5;

/** Prints the figure; answers whether the target was met. */
export async function run(print: (line: string) => void): Promise<boolean> {
  measure(); // warm-up
  const cost = median(Array.from({ length: rounds }, measure));
  const isMet = cost < target;
  print('One AppendEntries of one entry, follower, machine and stepper');
  print(`  ${cost.toFixed(2)} µs of processor time; below ${target}: ${isMet ? 'met' : 'MISSED'}`);
  return isMet;
}

/**
 * Fresh logs now and then, as compaction would have it: a log of millions costs the collector, not
 * the protocol.
 */
function measure(): number {
  let micros = 0;
  for (let log = 0; log < logs; log++) micros += appendTo(newFollower());
  return micros / (logs * logLength);
}

function newFollower() {
  const servers = { s1: '', s2: '', s3: '' };
  return createStepper({
    id: 's2',
    settings: defaultSettings,
    currentTerm: 1,
    votedFor: undefined,
    base: logStart,
    entries: [firstEntry(servers)],
    snapshot: noSnapshot,
    nowMs: 0,
  }).stepper;
}

function appendTo(follower: ReturnType<typeof newFollower>): number {
  const bytes = new Uint8Array(100);
  const before = process.cpuUsage();
  for (let index = 2; index < logLength + 2; index++) {
    const entry: Entry = {
      index,
      term: 1,
      kind: 'command',
      stampMs: 1,
      sessionId: 0,
      sequence: 0,
      firstUnacknowledged: 0,
      bytes,
    };
    follower.step({
      type: 'AppendEntriesRequest',
      from: 's1',
      atMs: index,
      term: 1,
      prevLogIndex: index - 1,
      prevLogTerm: 1,
      entries: [entry],
      leaderCommit: index - 2,
      round: 0,
      sentMs: 0,
    });
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
