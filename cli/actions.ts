/** What the commands of `raftchart` do, by their names. */
import type { CheckOptions } from './check.js';
import type { ExploreOptions } from './explore.js';
import type { InitOptions } from './init.js';
import type { KeyOptions } from './keyCommands.js';
import type { MergeOptions } from './merge.js';
import type { ReplayOptions } from './replay.js';
import type { ServeOptions } from './serve.js';
import type { ServersOptions } from './serverAnswer.js';
import type { SimulateOptions } from './simulate.js';
import type { StartOptions } from './startCluster.js';
import type { StatusOptions } from './status.js';
import type { TransferOptions } from './transfer.js';

/** Given to the program, so that commands and their help can be read and tried alone. */
export interface Actions {
  start(options: StartOptions): Promise<void>;
  init(options: InitOptions): Promise<void>;
  serve(options: ServeOptions): Promise<void>;
  status(options: StatusOptions): Promise<void>;
  transfer(options: TransferOptions): Promise<void>;
  snapshot(options: ServersOptions): Promise<void>;
  get(key: string, options: KeyOptions): Promise<void>;
  set(key: string, value: string, options: KeyOptions): Promise<void>;
  simulate(options: SimulateOptions): Promise<void>;
  replay(file: string, options: ReplayOptions): Promise<void>;
  merge(files: readonly string[], options: MergeOptions): Promise<void>;
  check(file: string, options: CheckOptions): Promise<void>;
  explore(options: ExploreOptions): Promise<void>;
}
