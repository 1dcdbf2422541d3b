/**
 * The commands and options of `raftchart`, and their help. What they do is given, so that they can
 * be read alone.
 */
import { Command, Option } from 'commander';
import type { Actions } from './actions.js';
import type { InitOptions } from './init.js';
import type { KeyOptions } from './keyCommands.js';
import {
  addressesValue,
  addressValue,
  basePortValue,
  drainMsValue,
  electionTimeoutMsValue,
  serverCountValue,
  serverIdValue,
  serversMax,
  serversValue,
} from './optionValues.js';
import type { ServeOptions } from './serve.js';
import type { ServersOptions } from './serverAnswer.js';
import { addSimulating } from './simulatingCommands.js';
import type { StartOptions } from './startCluster.js';
import type { StatusOptions } from './status.js';
import type { TransferOptions } from './transfer.js';

export type { Actions } from './actions.js';

const exitCodes =
  'Exit codes: 0 done, 1 refused or failed, or a law broke, 2 bad usage or input, 3 undecided.';

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
  addInit(raftchart, actions);
  addServe(raftchart, actions);
  addOperating(raftchart, actions);
  addKeyCommands(raftchart, actions);
  addSimulating(raftchart, actions);
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

function addInit(raftchart: Command, actions: Actions): void {
  memberCommand(raftchart, 'init', 'found one server of a new cluster, and start nothing').action(
    (options: InitOptions, command: Command) => {
      assertMember(options, command);
      return actions.init(options);
    },
  );
}

function addServe(raftchart: Command, actions: Actions): void {
  const serve = memberCommand(raftchart, 'serve', 'run one server of a cluster in this process')
    .addOption(
      usual('--redis <address>', 'where to take Redis clients', addressValue, usualAddress),
    )
    .option('--listen <address>', 'where to hear the others, if not as they are told', addressValue)
    .option('--found', 'found it first, as "init" does: on its first start, and never again')
    .addOption(password('what Redis clients must give with AUTH'))
    .option('--drain-ms <ms>', 'when it stops, wait so long for its clients', drainMsValue, 5_000)
    .option(
      '--election-timeout-ms <ms>',
      'elect after so long without a leader, or up to twice as long; 200 if not given',
      electionTimeoutMsValue,
    )
    .addOption(new Option('--supervised').hideHelp());
  addProtection(serve).action((options: ServeOptions, command: Command) => {
    assertMember(options, command);
    assertWholeTls(options, command);
    return actions.serve(options);
  });
}

/** A command about one server of a cluster whose servers are all named. */
function memberCommand(raftchart: Command, name: string, description: string): Command {
  const serversList = 'where they hear each other: s1=host:port,s2=...';
  return raftchart
    .command(name)
    .description(description)
    .requiredOption('--id <id>', 'which of the servers this is', serverIdValue)
    .requiredOption('--servers <list>', serversList, serversValue)
    .requiredOption('--data <folder>', "the server's folder")
    .option('--cluster <name>', 'name of the cluster', serverIdValue, 'main');
}

function assertMember({ id, servers }: InitOptions, command: Command): void {
  if (Object.hasOwn(servers, id)) return;
  const known = Object.keys(servers).join(', ');
  command.error(`error: --servers names ${known}, but not this server, ${id}`);
}

function addProtection(serve: Command): Command {
  return serve
    .option('--tls-ca <file>', 'the CA that signed the servers: then all of them talk TLS')
    .option('--tls-cert <file>', 'certificate of this server, for raftchart://<cluster>/<id>')
    .option('--tls-key <file>', 'the key of that certificate')
    .option('--tls-client-ca <file>', 'the CA that signed native clients, if it is another one')
    .option('--client-token-file <file>', 'holds what clients without a certificate must know')
    .option('--plain-text-beyond-loopback', 'talk to other machines without TLS: trust them all');
}

function assertWholeTls(options: ServeOptions, command: Command): void {
  const { tlsCa, tlsCert, tlsKey, tlsClientCa } = options;
  const isAny = [tlsCa, tlsCert, tlsKey, tlsClientCa].some((file) => file !== undefined);
  const isWhole = [tlsCa, tlsCert, tlsKey].every((file) => file !== undefined);
  if (isAny && !isWhole) command.error('error: TLS needs --tls-ca, --tls-cert and --tls-key');
}

function addOperating(raftchart: Command, actions: Actions): void {
  const where = 'the servers, by where they take Redis clients';
  const operating = (name: string, description: string): Command =>
    raftchart
      .command(name)
      .description(description)
      .addOption(usual('--connect <addresses>', where, addressesValue, usualAddresses))
      .addOption(password('the password of the servers'));
  operating('status', 'show what servers say of themselves')
    .option('--json', 'as one JSON document (with --watch: one a line)')
    .option('--watch', 'again every second, until Ctrl-C')
    .action((options: StatusOptions) => actions.status(options));
  operating('transfer', 'hand leadership over to another server')
    .option('--to <id>', 'to whom; if not given, to the one that is furthest', serverIdValue)
    .action((options: TransferOptions) => actions.transfer(options));
  operating('snapshot', 'have servers take a snapshot of their state now').action(
    (options: ServersOptions) => actions.snapshot(options),
  );
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
