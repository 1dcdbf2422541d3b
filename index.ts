/**
 * raftchart: Raft as statecharts. What users import; everything here runs in Node and in a browser.
 */
export { type Clock, systemClock } from './actors/clock.js';
export { type Cluster, type ClusterOptions, createCluster } from './actors/cluster.js';
export { type Client, type ClientOptions, createClient } from './actors/createClient.js';
export { fromReducer, type Reducer } from './actors/fromReducer.js';
export { type LogStore, type Recovered, StoreDamaged } from './actors/logStore.js';
export { memoryStore } from './actors/memoryStore.js';
export { memoryNetwork } from './actors/memoryTransport.js';
export type { CallOptions } from './actors/promisingClient.js';
export { RaftError, type RaftErrorCode } from './actors/raftError.js';
export type { ElectionReason, LossReason, RaftEvent } from './actors/raftEvents.js';
export type { Random } from './actors/random.js';
export {
  type Connection,
  createServer,
  foundServer,
  type Outcome,
  type Proposal,
  type ReadOptions,
  type Server,
  type ServerOptions,
} from './actors/server.js';
export type { Applied } from './actors/serverActor.js';
export type { RequestPort } from './actors/sessionClient.js';
export {
  type AppliedEntry,
  type Codec,
  jsonCodec,
  type MakeStateMachine,
  type StateMachine,
} from './actors/stateMachine.js';
export type { FollowerStatus, Status } from './actors/status.js';
export type { Stream } from './actors/stream.js';
export type { Transport } from './actors/transport.js';
export type { ClientSettings } from './machines/clientContext.js';
export type { DiskCondition } from './machines/context.js';
export type { Entry, EntryKind, ServerId } from './machines/entry.js';
export { defaultSettings, type Settings } from './machines/settings.js';
export { NotReplicable } from './services/replicated/notReplicable.js';
export { now, random } from './services/replicated/occasion.js';
export {
  type Replicated,
  type ReplicateOptions,
  replicate,
} from './services/replicated/replicate.js';
