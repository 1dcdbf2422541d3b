/**
 * What a server does with snapshots, on a stage without the server: a state, a store and a clock
 * that a test winds, and what was posted and told.
 */
import { Applier } from '../../actors/applier.js';
import { memoryStore } from '../../actors/memoryStore.js';
import type { RaftEvent } from '../../actors/raftEvents.js';
import { encodeSnapshot } from '../../actors/snapshotFormat.js';
import { Snapshots } from '../../actors/snapshots.js';
import { noConfiguration } from '../../machines/configuration.js';
import type { ServerEvent } from '../../machines/context.js';
import { type Entry, proposal } from '../../machines/entry.js';
import { Log, type LogBase } from '../../machines/log.js';
import { defaultSettings, type Settings } from '../../machines/settings.js';
import { listStateMachine } from './actorStage.js';
import { ManualClock } from './manualClock.js';
import { WatchedStore } from './watchedStore.js';

/** The snapshots of a server whose state is the list of bytes that it was told. */
export function startSnapshots(settings: Partial<Settings> = {}) {
  const clock = new ManualClock();
  const store = new WatchedStore(memoryStore({ defer: (run) => clock.defer(run) }));
  const { state, stateMachine } = listStateMachine();
  const applier = new Applier({
    stateMachine,
    encodeValue: () => new Uint8Array(0),
    applied: () => {},
    group: 0,
    monotonicMs: () => clock.monotonicMs(),
  });
  const posted: ServerEvent[] = [];
  const told: RaftEvent[] = [];
  const happened: string[] = [];
  const snapshots: Snapshots = new Snapshots({
    store,
    stateMachine,
    clock,
    settings: { ...defaultSettings, ...settings },
    applier,
    send: () => {},
    post: (event) => posted.push(event),
    tell: (event) => told.push(event),
    covered: (index) => happened.push(`covered ${index}`),
    restored: () => happened.push(`restored ${applier.lastApplied}`),
    failed: ({ message }) => happened.push(`failed: ${message}`),
  });
  let log = Log.empty();
  /** Applies commands of these bytes, each by itself, as a server does. */
  const apply = (...commands: readonly Uint8Array[]) => {
    for (const bytes of commands) {
      const index = log.lastIndex + 1;
      const entry: Entry = { ...proposal('command', bytes), index, term: 1, stampMs: index };
      log = log.append([entry]);
      applier.apply(log, index);
      snapshots.takeWhenDue();
    }
  };
  /** Puts a snapshot in place whose state is these bytes. */
  const put = (base: LogBase, bytes: readonly number[]) => {
    const configuration = { ...noConfiguration, index: 1 };
    const content = {
      group: 0,
      base,
      configuration,
      sessions: [],
      state: [Uint8Array.from(bytes)],
    };
    store.putSnapshot(base, encodeSnapshot(content), () => clock.settle());
  };
  const taken = () => told.flatMap((e) => (e.type === 'snapshotTaken' ? [e.index] : []));
  return { clock, store, state, applier, snapshots, posted, told, happened, apply, put, taken };
}
