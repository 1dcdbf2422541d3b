/** The table of mutants, as it is printed and published. */
import { allMutants, mutantTopics } from '../properties/mutants/allMutants.js';
import { notBuilt, whyNotBuilt } from '../properties/mutants/membership.js';
import type { Mutant } from '../properties/mutants/mutant.js';
import { type MutantVerdict, removalTests, type ScheduleSize } from './mutantVerdict.js';

type Verdicts = ReadonlyMap<string, MutantVerdict>;

/** How long each mutant was searched for. */
export interface SearchBudget {
  readonly seeds: number;
  readonly runs: number;
  readonly seconds: number;
}

const head = `| id | bug, put back | killed by | how | runs | seconds | shrunk to |
| --- | --- | --- | --- | ---: | ---: | --- |`;

/** A row for each mutant that there is a verdict on, as Markdown. */
export function mutantTable(mutants: readonly Mutant[], verdicts: Verdicts): string {
  const rows = mutants.map((mutant) => `| ${cells(mutant, verdicts.get(mutant.id)).join(' | ')} |`);
  return [head, ...rows].join('\n');
}

/** `docs/mutants.md`. */
export function mutantPage(verdicts: Verdicts, budget: SearchBudget): string {
  const topics = Object.entries(mutantTopics).map(
    ([topic, mutants]) => `## ${topic}\n\n${mutantTable(mutants, verdicts)}\n`,
  );
  const missing = Object.entries(notBuilt).map(([id, bug]) => `| ${id} | ${bug} |`);
  return [
    introduction(verdicts, budget),
    ...topics,
    `## Not yet\n\nThere is no place for these: ${whyNotBuilt}.\n\n` +
      `| id | bug |\n| --- | --- |\n${missing.join('\n')}\n`,
  ].join('\n');
}

function introduction(verdicts: Verdicts, { seeds, runs, seconds }: SearchBudget): string {
  const files = removalTests.map((file) => `\`${file}\``).join(', ');
  const paragraphs = [
    `A search that finds nothing proves nothing, unless it finds what is there. So known bugs of
    real implementations are put back, one at a time, and the ordinary search has to find each of
    them: the same generators, the same laws. Numbers with a B are those under which the field
    discusses them; the others are defects of our own.`,
    counts(verdicts),
    `\`npm run test:mutants -- --write\` makes this page. Each mutant is searched for with
    ${count(seeds, 'seed')}, with each up to the first kill: at most ${runs} runs, begun within
    ${seconds} seconds. Runs and seconds are medians over the seeds that found it; the schedule is
    the shortest that shrinking has left. What random search has missed is *pinned* by a schedule
    that is made for it, or left to a test of its part: either because no law of a whole cluster
    speaks of it, or because no fault of a schedule makes it matter. A case counts only if the same
    run without the mutant breaks nothing.`,
    `Each law is a file of \`properties/\`, but for two: *Recovery*, which the simulator asserts
    itself, says that a server starts again with what it had synced; and *Whole Runs* that a run
    goes on, since no server sends what no server can read.`,
    `Besides, each part of each statechart (a line, its guard, an action, the change of state, what
    is done on entry and on exit) is taken away in turn, and some unit test has to fail: ${files}.`,
  ];
  return `# Mutants: the proof of the search\n\n${paragraphs.map(wrapped).join('\n\n')}\n`;
}

function counts(verdicts: Verdicts): string {
  const by = (what: MutantVerdict['by']) =>
    allMutants.filter(({ id }) => verdicts.get(id)?.by === what).length;
  return `Of ${allMutants.length} mutants ${by('search')} are found by search, ${by('pinned')} are
    pinned, ${by('unitTest')} are left to a test, and ${by(undefined)} live.`;
}

const columnsMax = 120;

/** The same words, in lines as long as may be. */
function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/u)) {
    const line = `${lines[lines.length - 1]} ${word}`.trim();
    if (line.length <= columnsMax) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.join('\n');
}

function cells({ id, bug }: Mutant, verdict: MutantVerdict | undefined): string[] {
  if (verdict === undefined || verdict.by === undefined) {
    return [id, bug, `**lives**: ${verdict?.why ?? 'not tried'}`, '', '', '', ''];
  }
  if (verdict.by === 'unitTest') return [id, bug, `\`${verdict.file}\``, 'test', '', '', ''];
  const { laws, size } = verdict;
  if (verdict.by !== 'search') return [id, bug, laws.join(', '), verdict.by, '', '', words(size)];
  const { caught, seeds, runs, seconds } = verdict;
  const how = `search, ${caught} of ${seeds}`;
  return [id, bug, laws.join(', '), how, String(runs), seconds.toFixed(1), words(size)];
}

function words({ faults, requests }: ScheduleSize): string {
  return `${count(faults, 'fault')}, ${count(requests, 'request')}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
