/** `raftchart merge`: what the shards of one campaign found, put together. */
import process from 'node:process';
import { clearest, merged } from '../properties/campaign.js';
import { parseJson } from '../sim/format/parseJson.js';
import { resultSchema } from '../sim/format/resultFormat.js';
import {
  type CampaignResult,
  campaignLines,
  campaignOf,
  campaignResult,
  verdictCode,
  verdictCodes,
  violationLines,
} from './campaignReport.js';
import { inputName, inputText, understood } from './inputFile.js';
import { Refusal } from './refusal.js';

export interface MergeOptions {
  readonly json?: boolean;
}

/** Prints them as `simulate` would have done on one machine. Rejects with a {@link Refusal}. */
export async function merge(files: readonly string[], { json }: MergeOptions): Promise<void> {
  const results = files.map((file) => {
    const text = inputText(file);
    return understood(() => parseJson(text, resultSchema, inputName(file))) as CampaignResult;
  });
  assertOneCampaign(files, results);
  const together = merged(results.map(campaignOf));
  const wallMs = results.reduce((sum, result) => sum + result.wallMs, 0);
  if (json === true) console.log(JSON.stringify(campaignResult(together, wallMs)));
  else {
    for (const line of campaignLines(together, wallMs)) console.log(line);
    const failure = clearest(together);
    if (failure !== undefined)
      for (const line of violationLines(failure.violation)) console.log(line);
  }
  process.exitCode = verdictCode(Object.keys(together.broken));
}

function assertOneCampaign(files: readonly string[], results: readonly CampaignResult[]): void {
  const [first] = results;
  const other = results.findIndex(({ seed }) => seed !== first!.seed);
  if (other < 0) return;
  throw new Refusal(
    `${files[other]} has seed ${results[other]!.seed}, and ${files[0]} has ${first!.seed}: ` +
      'give shards of one campaign, all with the same --seed',
    { exitCode: verdictCodes.badInput },
  );
}
