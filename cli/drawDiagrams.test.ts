import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawDiagrams } from './drawDiagrams.js';

const folder = new URL('../docs/diagrams/', import.meta.url);

describe('the pictures of the statecharts', () => {
  it('are up to date (if not: npm run build && node dist/cli/drawDiagrams.js)', async () => {
    for (const [name, svg] of await drawDiagrams()) {
      expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(svg);
    }
  });

  it('are all explained on the page beside them, and no other picture is there', async () => {
    const names = [...(await drawDiagrams()).keys()];
    const page = readFileSync(new URL('README.md', folder), 'utf8');
    for (const name of names) expect(page).toContain(`](${name})`);
    expect([...names, 'README.md'].sort()).toEqual(readdirSync(folder).sort());
  });

  it('have only those ends of a role that it leads to', async () => {
    const leader = (await drawDiagrams()).get('leader.svg')!;
    expect(leader).toContain('>follower<');
    expect(leader).not.toContain('>candidate<');
  });
});
