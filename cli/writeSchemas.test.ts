import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { campaign } from '../properties/campaign.js';
import { play } from '../properties/play.js';
import { schedules } from '../properties/schedules.js';
import { deedSchema } from '../sim/format/faultSchema.js';
import { parseJson } from '../sim/format/parseJson.js';
import { resultSchema } from '../sim/format/resultFormat.js';
import { scheduleSchema } from '../sim/format/scheduleFormat.js';
import { campaignResult } from './campaignReport.js';
import { publishedSchemas, writeSchemas } from './writeSchemas.js';

const folder = new URL('../docs/schemas/', import.meta.url);

interface Published {
  readonly $defs?: Readonly<Record<string, unknown>>;
}

/** A schema as it is read, without the definitions to which it refers. */
function resolved(value: unknown, $defs: Published['$defs'] = {}): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, $defs));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { readonly $ref?: string };
  if ($ref !== undefined) return resolved($defs[$ref.slice('#/$defs/'.length)], $defs);
  const parts = Object.entries(value).filter(([name]) => name !== '$defs');
  return Object.fromEntries(parts.map(([name, part]) => [name, resolved(part, $defs)]));
}

describe('the published schemas', () => {
  it('are up to date (if not: npm run build && node dist/cli/writeSchemas.js)', () => {
    const texts = writeSchemas();
    for (const [name, text] of texts) {
      expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(text);
    }
    expect([...texts.keys()].sort()).toEqual(readdirSync(folder).sort());
  });

  it('are those that files are checked with', () => {
    for (const [name, text] of writeSchemas()) {
      const { $defs, ...read } = JSON.parse(text) as Published;
      const checkedWith: unknown = JSON.parse(JSON.stringify(publishedSchemas.get(name)));
      expect(resolved(read, $defs), name).toEqual(checkedWith);
    }
  });

  it('are all on the page about the simulator, with every field of a schedule', () => {
    const page = readFileSync(new URL('../simulator.md', folder), 'utf8');
    for (const name of publishedSchemas.keys()) expect(page).toContain(`](schemas/${name})`);
    const fields = Object.keys(scheduleSchema.properties!);
    for (const name of [...fields, ...deedSchema.enum!]) expect(page).toContain(`\`${name}\``);
  });
});

describe('the result of a campaign', () => {
  it('is as its schema says, and so is that of one in which a law broke', () => {
    const broken = { server: 's1', at: 3, law: 'A law', sentence: 'It holds.', detail: 'not' };
    const steps = campaign({
      schedules: schedules({ servers: [3], forMs: 500 }),
      play: (one) => {
        const run = play(one);
        return one.seed % 2 === 0 ? run : { ...run, ok: false, violations: [broken] };
      },
      runs: 4,
      shrinkRunsMax: 0,
    });
    const [last] = [...steps].slice(-1);
    expect(last!.failures.length).toBeGreaterThan(0);
    const text = JSON.stringify(campaignResult(last!, 12.5));
    expect(parseJson(text, resultSchema, 'r')).toEqual(JSON.parse(text));
  });
});
