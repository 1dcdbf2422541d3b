/**
 * Draws the project's own statecharts into `docs/diagrams`, or into the folder that is named: `node
 * dist/cli/drawDiagrams.js [folder]`. A test fails when the committed pictures are not what this
 * draws.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Chart, chartOf } from '../diagram/chart.js';
import { edgesOf } from '../diagram/edges.js';
import { toOverviewSvg } from '../diagram/toOverviewSvg.js';
import { toSvg } from '../diagram/toSvg.js';
import { clientMachine } from '../machines/client.js';
import { installationMachine } from '../machines/installation.js';
import { progressMachine } from '../machines/progress.js';
import { type Role, roleMachine, server } from '../machines/server.js';

/** What each role's picture is called aloud. */
const roleTitles: Readonly<Record<Role, string>> = {
  follower: 'The follower: what it does with each message',
  preCandidate: 'The pre-candidate: what it does with each message',
  candidate: 'The candidate: what it does with each message, campaigning or lost',
  leader: 'The leader: what it does with each message, establishing itself, serving, handing over',
};

/** All pictures, SVG text by file name. */
export async function drawDiagrams(): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  const title = 'A Raft server: from follower by way of pre-candidate and candidate to leader';
  pictures.set('overview.svg', toOverviewSvg(chartOf(server), { title }));
  for (const [role, roleTitle] of Object.entries(roleTitles)) {
    const chart = withoutUnreachedEnds(chartOf(roleMachine(role as Role)));
    pictures.set(`${role}.svg`, await toSvg(chart, { title: roleTitle }));
  }
  const progressTitle =
    'What a leader knows of one follower: probing, replicating, or getting a snapshot';
  pictures.set('progress.svg', await toSvg(chartOf(progressMachine), { title: progressTitle }));
  const installationTitle = 'A snapshot on its way in: piece by piece, then as a whole';
  pictures.set(
    'installation.svg',
    await toSvg(chartOf(installationMachine), { title: installationTitle }),
  );
  const clientTitle = 'A client with its session: every command once, or its outcome unknown';
  pictures.set('client.svg', await toSvg(chartOf(clientMachine), { title: clientTitle }));
  return pictures;
}

/** A role's chart has every other role as an end; those that it never leads to say nothing. */
function withoutUnreachedEnds(chart: Chart): Chart {
  const reached = new Set(edgesOf(chart).map(({ to }) => to));
  const states = chart.states.filter(({ id, type }) => type !== 'final' || reached.has(id));
  return { ...chart, states };
}

async function main(folder: string): Promise<void> {
  for (const [name, svg] of await drawDiagrams()) {
    await writeFile(path.join(folder, name), svg);
    console.log(path.join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv[2] ?? path.join('docs', 'diagrams')).catch((error: Error) => {
    console.error(`drawDiagrams: ${error.message}; run it in the project folder, or name a folder`);
    process.exitCode = 1;
  });
}
