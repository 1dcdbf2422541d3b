/** What `simulate` and `replay` say of runs: to people, and as JSON. */
import type { Campaign, Case, Failure } from '../properties/campaign.js';
import type { Violation } from '../sim/law.js';
import type { FaultCount, Run } from '../sim/run.js';
import { textTable } from './textTable.js';

/** The exit codes of commands that hold laws against runs. */
export const verdictCodes = { held: 0, broken: 1, badInput: 2, undecided: 3 } as const;

/** The name under which an undecided check breaks. */
const undecided = 'Linearizability (undecided)';

/** The exit code for runs that broke these laws. */
export function verdictCode(broken: readonly string[]): number {
  if (broken.length === 0) return verdictCodes.held;
  return broken.every((law) => law === undecided) ? verdictCodes.undecided : verdictCodes.broken;
}

/** The result of a campaign as it is written down; `docs/simulator.md` has its schema. */
export interface CampaignResult extends Omit<Campaign, 'failures'> {
  readonly wallMs: number;
  readonly violations: readonly (Violation & Pick<Failure, 'run'> & Case)[];
}

export function campaignResult(campaign: Campaign, wallMs: number): CampaignResult {
  const { failures, ...counts } = campaign;
  const violations = failures.map(({ run, violation, case: one }) => ({
    run,
    ...violation,
    ...one,
  }));
  return { ...counts, wallMs: Math.round(wallMs), violations };
}

/** The campaign that was written down so. */
export function campaignOf({ violations, ...result }: CampaignResult): Campaign {
  const { wallMs: _, ...counts } = result;
  const failures = violations.map(({ run, schedule, seed, ...violation }) => ({
    run,
    violation,
    case: { schedule, seed },
  }));
  return { ...counts, failures };
}

/** The result of one run, as `replay --json` ends with. */
export function runResult(seed: number, run: Run) {
  const { ok, digest, virtualMs, events, violations, faults, sometimes, detected } = run;
  return { ok, seed, virtualMs, events, digest, violations, faults, sometimes, detected };
}

/** What came of one run. */
export function runLines({ ok, virtualMs, events, digest, violations, detected }: Run): string[] {
  return [
    ...violations.slice(0, 1).flatMap(violationLines),
    ...detected.map(({ at, server, message }) => `${server} refused at ${at} ms: ${message}`),
    `${ok ? 'every law held' : 'a law was broken'}; ${number(virtualMs)} virtual ms, ` +
      `${number(events)} events, digest ${digest}`,
  ];
}

/** The law first, and its sentence. */
export function violationLines({ law, sentence, detail, at, server }: Violation): string[] {
  return [`${law}: ${sentence}`, `Broken at ${at} ms by ${server}: ${detail}`];
}

/** A campaign in a line, as it goes on. */
export function progressLine(campaign: Campaign, runs: number | undefined, wallMs: number): string {
  const { events, virtualMs, faults } = campaign;
  const fired = Object.values(faults).reduce((sum, count) => sum + count.fired, 0);
  const parts = [
    runs === undefined
      ? `${number(campaign.runs)} runs`
      : `${number(campaign.runs)} of ${number(runs)} runs`,
    `${number(events / Math.max(1e-3, wallMs / 1_000))} events/s`,
    `${number(virtualMs / 60_000, 1)} virtual min`,
    `${number(fired)} faults`,
  ];
  const broken = Object.values(campaign.broken).reduce((sum, count) => sum + count, 0);
  if (broken > 0) parts.push(`${number(broken)} BROKEN`);
  return parts.join(', ');
}

/** What a campaign tried and found, in full. */
export function campaignLines(campaign: Campaign, wallMs: number): string[] {
  const { faults, sometimes, broken } = campaign;
  return [
    `${progressLine(campaign, undefined, wallMs)}; seed ${campaign.seed}, ` +
      `digest ${campaign.digest}`,
    '',
    ...faultTable(faults),
    ...idle('Faults that never made a difference', neverMattered(faults)),
    '',
    ...countTable('sometimes', sometimes),
    ...idle('Never seen', campaign.missed),
    '',
    ...transitionLines(campaign),
    ...(campaign.ok
      ? ['Every law held.']
      : Object.entries(broken).map(([law, count]) => `${law}: broken by ${count} runs`)),
  ];
}

/** Where a failure was written, and how to see it again. */
export function failureLines({ violation, run }: Failure, folder: string): string[] {
  return [
    ...violationLines(violation),
    `Found by run ${run}. Schedule, trace and history are in ${folder}; to play it again:`,
    `  npx raftchart replay ${folder}/schedule.json`,
  ];
}

/** The kinds of fault that struck, and changed nothing. */
export function neverMattered(faults: Readonly<Record<string, FaultCount>>): string[] {
  return Object.keys(faults).filter((kind) => faults[kind]!.mattered === 0);
}

function faultTable(faults: Readonly<Record<string, FaultCount>>): string[] {
  const rows = Object.entries(faults).map(([kind, { fired, mattered }]) => [
    kind,
    number(fired),
    number(mattered),
  ]);
  return textTable(
    [
      { title: 'FAULT', align: 'left' },
      { title: 'FIRED', align: 'right' },
      { title: 'MATTERED', align: 'right' },
    ],
    rows,
  );
}

function countTable(title: string, counts: Readonly<Record<string, number>>): string[] {
  return textTable(
    [
      { title: title.toUpperCase(), align: 'left' },
      { title: 'TIMES', align: 'right' },
    ],
    Object.entries(counts).map(([what, count]) => [what, number(count)]),
  );
}

function transitionLines({ transitions: { taken, total, untaken } }: Campaign): string[] {
  if (total === 0) return [];
  return [
    `${taken} of ${total} lines of the statecharts were taken`,
    ...idle('Never taken', untaken),
    '',
  ];
}

function idle(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
}

/** With commas between thousands. */
function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
