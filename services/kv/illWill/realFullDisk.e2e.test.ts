/**
 * A disk that is full in earnest: a small file system in memory, seen by one server only. What the
 * other tests make up is held against this one.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IllCluster } from './illCluster.contract.js';
import { eventually } from './illServer.contract.js';
import { Ledger } from './ledger.contract.js';

/** Room for the two segments of 16 MiB that a server begins with, and this much more. */
const spareBytes = 12 * 1024 * 1024;
const script =
  'mount -t tmpfs -o size=52m tmpfs "$0" && ' +
  `head -c ${spareBytes} /dev/zero > "$0/ballast" && exec "$@"`;
/** What a command is told to run with a file system of its own on `folder`. */
const onSmallDisk = (folder: string): [command: string, ...words: string[]] => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  script,
  folder,
];

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'raftchart-mount-'));
  const [command, ...words] = onSmallDisk(folder);
  const { status } = spawnSync(command, [...words, 'true']);
  rmSync(folder, { recursive: true });
  return status === 0;
}

const isPossible = process.platform === 'linux' && canMount();
if (!isPossible) console.warn('no file system can be mounted here: no disk is filled in earnest.');

let cluster: IllCluster;

beforeAll(async () => {
  if (!isPossible) return;
  cluster = await IllCluster.found((made, id) => {
    if (id !== 's1') return made.start(id, ['--found']);
    mkdirSync(made.folder(id));
    const data = join(made.folder(id), 'folder');
    return made.start(id, ['--found', `--data=${data}`], onSmallDisk(made.folder(id)));
  });
});
afterAll(async () => {
  if (isPossible) await cluster.end();
});

it.runIf(isPossible)('is refused, told of, and no loss once there is room', async () => {
  const server = cluster.server('s1');
  const ledger = new Ledger(cluster);
  for (let i = 0; i < 5; i++) await ledger.write('s2', 4 * 1024 * 1024);
  await eventually(() => expect(server.stderr).toMatch(/the disk has no room: .*; make room/u));
  expect((await cluster.leader(['s2', 's3'])).id).not.toBe('s1');
  ledger.begin();
  await ledger.acknowledged(100);
  expect(server.isRunning).toBe(true);
  rmSync(`/proc/${server.pid}/root${cluster.folder('s1')}/ballast`);
  await eventually(() => expect(server.stderr).toMatch(/the disk serves again/u));
  await ledger.acknowledged(50);
  await ledger.verify();
  await cluster.caughtUp();
});
