/** `raftchart/kv`: the key-value service with its Redis front, and its clerk. */
export { Clerk, type ClerkConnection, KvError } from '../services/kv/clerk.js';
export { bytesCodec, type KvStateMachine, kvStateMachine } from '../services/kv/kvStore.js';
export {
  type FolderContent,
  foundKvServer,
  inspectFolder,
  type KvFounding,
} from '../services/kv/nodeKvFolder.js';
export {
  type KvReport,
  type KvServer,
  type KvServerOptions,
  kvServer,
  type Notice,
} from '../services/kv/nodeKvServer.js';
