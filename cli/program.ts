/**
 * The commands and options of `raftchart`, and their help. What they do is given, so that they can
 * be read alone.
 */
import { Command, Option } from 'commander';
import type { KeyOptions } from './keyCommands.js';
import {
  addressesValue,
  addressValue,
  basePortValue,
  serverCountValue,
  serverIdValue,
  serversMax,
  serversValue,
} from './optionValues.js';
import type { ServeOptions } from './serve.js';
import type { StartOptions } from './startCluster.js';
import type { StatusOptions } from './status.js';

/** What the commands do. */
export interface Actions {
  start(options: StartOptions): Promise<void>;
  serve(options: ServeOptions): Promise<void>;
  status(options: StatusOptions): Promise<void>;
  get(key: string, options: KeyOptions): Promise<void>;
  set(key: string, value: string, options: KeyOptions): Promise<void>;
}

const exitCodes = 'Exit codes: 0 done, 1 refused or failed, 2 bad usage.';

/** Where `start` lets its servers take Redis clients, unless it is told otherwise. */
const usualAddress = '127.0.0.1:7001';
const usualAddresses = '127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003';

/** The program. It throws a CommanderError instead of ending the process. */
export function program(version: string, actions: Actions): Command {
  const raftchart = new Command('raftchart')
    .description('A replicated key-value store that Redis clients can use: Raft, as statecharts.')
    .version(version, '--version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .helpOption('--help', 'print this')
    .addHelpText('after', `\n${exitCodes}`)
    .exitOverride()
    // Commands copy what is set here, so it comes before them.
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /u, 'raftchart: ')),
    });
  addStart(raftchart, actions);
  addServe(raftchart, actions);
  addStatus(raftchart, actions);
  addKeyCommands(raftchart, actions);
  return raftchart;
}

function addStart(raftchart: Command, actions: Actions): void {
  raftchart
    .command('start')
    .description('run a cluster on this machine, each server a process of its own; Ctrl-C stops it')
    .option('--data <folder>', 'where the servers keep their folders', './data')
    .option(
      '--port <number>',
      'where the first takes Redis clients; the others follow',
      basePortValue,
      7001,
    )
    .option('--servers <number>', `how many, up to ${serversMax}`, serverCountValue, 3)
    .option('--cluster <name>', 'name of the cluster', serverIdValue, 'main')
    .addOption(password('what Redis clients must give with AUTH'))
    .action((options: StartOptions) => actions.start(options));
}

function addServe(raftchart: Command, actions: Actions): void {
  const serversList = 'where they hear each other: s1=host:port,s2=...';
  raftchart
    .command('serve')
    .description('run one server of a cluster in this process')
    .requiredOption('--id <id>', 'which of the servers this is', serverIdValue)
    .requiredOption('--servers <list>', serversList, serversValue)
    .requiredOption('--data <folder>', "the server's folder")
    .addOption(
      usual('--redis <address>', 'where to take Redis clients', addressValue, usualAddress),
    )
    .option('--listen <address>', 'where to hear the others, if not as they are told', addressValue)
    .option('--cluster <name>', 'name of the cluster', serverIdValue, 'main')
    .option('--found', 'found the cluster: on the first start of each server, and never again')
    .addOption(password('what Redis clients must give with AUTH'))
    .addOption(new Option('--supervised').hideHelp())
    .action((options: ServeOptions, command: Command) => {
      if (Object.hasOwn(options.servers, options.id)) return actions.serve(options);
      const known = Object.keys(options.servers).join(', ');
      return command.error(`error: --servers names ${known}, but not this server, ${options.id}`);
    });
}

function addStatus(raftchart: Command, actions: Actions): void {
  const where = 'where they take Redis clients';
  raftchart
    .command('status')
    .description('show what servers say of themselves')
    .addOption(usual('--connect <addresses>', where, addressesValue, usualAddresses))
    .addOption(password('the password of the servers'))
    .action((options: StatusOptions) => actions.status(options));
}

function addKeyCommands(raftchart: Command, actions: Actions): void {
  const keyCommand = (usage: string, description: string): Command =>
    raftchart
      .command(usage)
      .description(description)
      .addOption(usual('--connect <address>', 'a server, any of them', addressValue, usualAddress))
      .addOption(password('the password of the server'));
  keyCommand('get <key>', 'print the value of a key').action((key: string, options: KeyOptions) =>
    actions.get(key, options),
  );
  keyCommand('set <key> <value>', 'set a key, on a majority of the servers').action(
    (key: string, value: string, options: KeyOptions) => actions.set(key, value, options),
  );
}

/** An option whose help shows its default as a person would type it. */
function usual(
  flags: string,
  text: string,
  parse: (value: string) => unknown,
  value: string,
): Option {
  return new Option(flags, text).argParser(parse).default(parse(value), value);
}

function password(description: string): Option {
  return new Option('--password <password>', description).env('RAFTCHART_PASSWORD');
}
