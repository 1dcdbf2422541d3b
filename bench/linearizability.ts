/**
 * How fast histories are checked: 50 clients and 1,700 operations on a key-value store, the size of
 * the history that Porcupine is known for deciding within 0.15 s, on a store that works and on ones
 * that do not. Each is set against going through its operations once, in the order of their calls.
 */
import { checkLinearizable } from '../sim/linearizability/checkLinearizable.js';
import { kv } from '../sim/linearizability/kv.js';
import { type KvHistoryOptions, kvHistory } from '../sim/linearizability/kvHistory.js';
import { median } from './percentile.js';
import { figure, tableLines } from './table.js';

const rounds = 3;
const seeds = [1, 2, 3, 4, 5];
/** Three times what Porcupine takes, ms. */
const targetMs = 450;

interface Row {
  readonly name: string;
  readonly options: Omit<KvHistoryOptions, 'seed'>;
}

const size = { clients: 50, operations: 1_700, keys: 10 };
const rows: readonly Row[] = [
  { name: 'with 10 keys', options: size },
  { name: 'and 5 % unknown', options: { ...size, unknownPercent: 5 } },
  { name: 'and a stale read', options: { ...size, defect: 'staleRead' } },
  { name: 'and a lost append', options: { ...size, defect: 'lostAppend' } },
  { name: 'and an append done twice', options: { ...size, defect: 'duplicatedAppend' } },
  { name: 'with 5 keys', options: { ...size, keys: 5 } },
  { name: 'with 3 keys', options: { ...size, keys: 3 } },
];

/** Prints the table; answers whether the target was met. */
export async function run(print: (line: string) => void): Promise<boolean> {
  print(
    'Linearizability: 50 clients, 1,700 operations on a key-value store; processor ms a history, ' +
      `of ${seeds.length} histories each the median of ${rounds} rounds`,
  );
  let isMet = true;
  const cells = rows.map(({ name, options }) => {
    const measured = seeds.map((seed) => measure({ ...options, seed }));
    const times = measured.map(({ ms }) => ms);
    const undecided = measured.filter(({ verdict }) => verdict === 'undecided').length;
    if (undecided > 0 || Math.max(...times) > targetMs) isMet = false;
    const ratio = median(measured.map(({ ms, onePassMs }) => ms / onePassMs));
    const figures = [Math.min(...times), median(times), Math.max(...times), ratio];
    return [name, ...figures.map(figure), `${undecided}`];
  });
  const header = ['', 'least', 'median', 'most', 'times one pass', 'undecided'];
  for (const line of tableLines(header, cells)) print(`  ${line}`);
  print(`  target: each within ${targetMs} ms: ${isMet ? 'met' : 'MISSED'}`);
  return isMet;
}

interface Measured {
  readonly ms: number;
  readonly onePassMs: number;
  readonly verdict: string;
}

function measure(options: KvHistoryOptions): Measured {
  const history = kvHistory(options);
  let verdict = '';
  const times = Array.from({ length: rounds }, () =>
    processorMs(() => {
      ({ verdict } = checkLinearizable(history, kv));
    }),
  );
  const passes = 20;
  const passesMs = processorMs(() => {
    for (let i = 0; i < passes; i++) goThrough(history);
  });
  return { ms: median(times), onePassMs: passesMs / passes, verdict };
}

/** By the processor's time, since other programs share this machine. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What no checker can go without: every operation once, on the state of its key. */
function goThrough(history: ReturnType<typeof kvHistory>): void {
  const states = new Map<string, string | null>();
  for (const { input } of history) {
    const next = kv.step(states.get(input.key) ?? null, input);
    // A value is put together only when it is read.
    if (next !== false && next !== null) next.charCodeAt(next.length - 1);
    if (next !== false) states.set(input.key, next);
  }
}
