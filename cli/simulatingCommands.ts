/** The commands and options that simulate, replay, explore and check, and their help. */
import { type Command, Option } from 'commander';
import { historySchemas } from '../sim/format/historySchema.js';
import type { Actions } from './actions.js';
import type { CheckOptions } from './check.js';
import type { ExploreOptions } from './explore.js';
import type { MergeOptions } from './merge.js';
import {
  amountValue,
  boundValue,
  clusterSizesValue,
  countValue,
  faultKindsValue,
  seedValue,
  shardValue,
} from './optionValues.js';
import type { ReplayOptions } from './replay.js';
import type { SimulateOptions } from './simulate.js';

export function addSimulating(raftchart: Command, actions: Actions): void {
  addSimulate(raftchart, actions);
  raftchart
    .command('merge <results...>')
    .description('put together what the shards of one campaign found (simulate --shard --json)')
    .option('--json', 'as one JSON document')
    .action((files: string[], options: MergeOptions) => actions.merge(files, options));
  raftchart
    .command('replay <schedule>')
    .description('play one schedule again, and show what happens')
    .option('--until <ms>', 'stop at this virtual time', amountValue)
    .option(
      '--lines <number>',
      'at most so many lines of the diagram, the last ones',
      countValue,
      60,
    )
    .option('--guards', 'with --json: what each guard was asked, and said')
    .option('--json', 'the trace as lines of JSON, and the result as the last one')
    .action((file: string, options: ReplayOptions) => actions.replay(file, options));
  addExplore(raftchart, actions);
  raftchart
    .command('check <history>')
    .description('check whether a history (JSON lines; - is standard input) is linearizable')
    .addOption(
      new Option('--model <model>', 'what the operations do')
        .choices(Object.keys(historySchemas))
        .makeOptionMandatory(),
    )
    .option('--states <number>', 'give up after so many', countValue, 1_000_000)
    .option('--json', 'the verdict as one JSON document')
    .action((file: string, options: CheckOptions) => actions.check(file, options));
}

function addSimulate(raftchart: Command, actions: Actions): void {
  raftchart
    .command('simulate')
    .description('play clusters in virtual time, under generated faults, and hold the laws of Raft')
    .option('--runs <number>', 'so many, each with a schedule of its own', countValue, 100)
    .option(
      '--seed <number>',
      'the same seed makes the same runs; from the clock if not given',
      seedValue,
    )
    .option('--servers <range>', 'cluster sizes, such as 3 or 1..7', clusterSizesValue)
    .option('--faults <kinds>', 'which kinds may strike, such as crash,partition', faultKindsValue)
    .option('--minutes <number>', 'stop after so many virtual minutes', amountValue)
    .option('--schedule <file>', 'play this schedule with many seeds, instead of drawing schedules')
    .option('--shard <i/n>', 'play only the ith of n parts, from 0 on', shardValue)
    .option('--out <folder>', 'where failures are written', 'raftchart-failures')
    .option('--json', 'the result as one JSON document')
    .action((options: SimulateOptions) => actions.simulate(options));
}

function addExplore(raftchart: Command, actions: Actions): void {
  raftchart
    .command('explore')
    .description('see every world that a small cluster can come to, within bounds')
    .option('--servers <number>', 'how many', countValue, 3)
    .option('--prefix <file>', 'actions that come first, a line each, as a trace has them')
    .option('--slow-disk', 'writes take their time')
    .option('--new-terms <number>', 'terms after the first world', boundValue)
    .option('--new-entries <number>', 'entries after the first world', boundValue)
    .option('--messages <number>', 'messages under way', boundValue)
    .option('--requests <number>', 'requests of clients', boundValue)
    .option('--crashes <number>', 'crashes', boundValue)
    .option('--duplicates <number>', 'messages that come twice', boundValue)
    .option('--drops <number>', 'messages that are lost to make room', boundValue)
    .option('--step-downs <number>', 'leaders that find no quorum', boundValue)
    .option('--depth <number>', 'actions after the first world', boundValue)
    .option('--states <number>', 'worlds', countValue)
    .option('--seconds <number>', 'so long it may take', amountValue, 60)
    .option('--json', 'the result as one JSON document')
    .action((options: ExploreOptions) => actions.explore(options));
}
