/** `raftchart/kv`: the key-value service with its Redis front. */
export { bytesCodec, type KvStateMachine, kvStateMachine } from '../services/kv/kvStore.js';
export {
  type FolderContent,
  foundKvServer,
  inspectFolder,
  type KvServer,
  type KvServerOptions,
  kvServer,
} from '../services/kv/nodeKvServer.js';
