/**
 * raftchart against etcd: durable replicated writes and linearizable reads, three servers each, on
 * this machine and the same disk. Both are shown to be durable first; then they take turns, round
 * by round, each driven by the generator that leaves it the most of the processors. What is
 * asserted is ratios within this run.
 */
import { makeBenchFolder } from './benchProcess.js';
import { cheapestGenerators } from './cheapestGenerators.js';
import type { Contender } from './contender.js';
import { showKill, showSyncs } from './durability.js';
import { etcdCluster, etcdVersion } from './etcdCluster.js';
import { type IdleCost, idleCost } from './idleCost.js';
import { nameOf } from './measurement.js';
import { raftchartCluster } from './raftchartCluster.js';
import { type Ratio, ratioOf, type Target } from './ratio.js';
import { figure, tableLines } from './table.js';
import { takeTurns } from './takeTurns.js';
import { keyCount } from './workload.js';

type Print = (line: string) => void;

const targets: readonly Target[] = [
  { kind: 'set', outstanding: 64, ratioMin: 2 },
  { kind: 'get', outstanding: 64, ratioMin: 2 },
  { kind: 'set', outstanding: 1, ratioMin: 1.2 },
  { kind: 'get', outstanding: 1, ratioMin: 1.2 },
];
const idleMegabytesMax = 120;
/** From so many processors in use by others on, a ratio may be theirs as much as ours. */
const otherCoresMax = 0.3;

/**
 * Answers whether every target was met, after a line for each that was not. Throws when a contender
 * is not durable, or fails an operation.
 */
export async function run(print: Print): Promise<boolean> {
  if (process.platform !== 'linux') {
    print(`skipped: processor time is read from /proc, which ${process.platform} does not have`);
    return true;
  }
  const version = etcdVersion();
  if (version === undefined) {
    print('skipped: there is no etcd to compare with (Debian: apt-get install etcd-server)');
    return true;
  }
  print(`etcd ${version}, node ${process.version}`);
  const folder = makeBenchFolder();
  const missed = await compare(
    await raftchartCluster(folder),
    await etcdCluster(folder),
    folder,
    print,
  );
  for (const line of missed) print(line);
  return missed.length === 0;
}

/** Runs all of it, and answers a line for each target that `subject` misses against `rival`. */
export async function compare(
  subject: Contender,
  rival: Contender,
  folder: string,
  print: Print,
): Promise<string[]> {
  const both = [subject, rival];
  try {
    const { megabytes } = await prepare(subject, folder, print);
    await prepare(rival, folder, print);
    const generators = await cheapestGenerators(both, print);
    const ratios: Ratio[] = [];
    let otherCores = 0;
    for (const target of targets) {
      const [own, other] = await takeTurns(both, generators, target, print);
      ratios.push(ratioOf(target, own!, other!));
      otherCores = Math.max(otherCores, own!.otherCores, other!.otherCores);
    }
    for (const contender of both) {
      print(`${contender.name} was driven by ${generators.get(contender)!.name}`);
    }
    printRatios(subject, rival, ratios, print);
    if (otherCores > otherCoresMax) {
      print(
        `Others used ${figure(otherCores)} processors meanwhile: repeat it on a quiet machine.`,
      );
    }
    const missed = ratios.flatMap((ratio) => ratio.missed ?? []);
    if (Math.max(...megabytes) < idleMegabytesMax) return missed;
    return [`missed: an idle server takes ${idleMegabytesMax} MB or more`, ...missed];
  } finally {
    for (const contender of both) await contender.kill();
  }
}

/**
 * Starts a contender, shows that it is durable, and writes every key once. Answers what it costs
 * when idle.
 */
async function prepare(contender: Contender, folder: string, print: Print): Promise<IdleCost> {
  await contender.start();
  const idle = await idleCost(contender);
  print(
    `${contender.name}: idle servers use ${figure(idle.percent)} % of one processor ` +
      `together, and ${idle.megabytes.map((size) => size.toFixed(0)).join(', ')} MB of memory`,
  );
  await showSyncs(contender, folder, print);
  await showKill(contender, print);
  const load = await contender.generators[0]!.open(await contender.leaderPort(), 'set', 64);
  try {
    await load.drive({ operations: keyCount });
  } finally {
    load.close();
  }
  return idle;
}

function printRatios(
  subject: Contender,
  rival: Contender,
  ratios: readonly Ratio[],
  print: Print,
): void {
  const rows = ratios.map(({ target, bySpeed, byProcessor, missed }) => [
    nameOf(target),
    ...[bySpeed, byProcessor, target.ratioMin].map((ratio) => ratio.toFixed(2)),
    missed === undefined ? 'met' : 'missed',
  ]);
  const header = ['', 'operations/s', 'per server-CPU-s', 'at least', ''];
  print('');
  print(`${subject.name} as a multiple of ${rival.name}`);
  for (const line of tableLines(header, rows)) print(line);
}
