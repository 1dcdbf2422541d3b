/**
 * Brings `dist` up to date with the sources of a checkout: not at all when nothing has changed,
 * incrementally when sources have, and from nothing when somebody has touched `dist` itself (the
 * compiler would not notice that).
 *
 * Plain JavaScript, since it runs before anything is built. It is not part of the package.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
/** Written after each build that succeeded; holds the time at which that build began. */
const stamp = path.join(dist, '.built');
/** Held while a build is under way: another command of the same moment waits for it. */
const lock = path.join(root, 'node_modules', '.raftchart-build');
const lockWaitMs = 60_000;
const notSources = new Set(['node_modules', 'dist', 'data', 'docs']);

/** Answers whether `dist` is what the sources say; if not, the compiler's reasons are on stderr. */
export function buildCheckout() {
  if (isFresh()) return true;
  if (!existsSync(path.join(root, 'node_modules/typescript'))) {
    return complain('the compiler is not installed: run npm ci, then try again');
  }
  if (!takeLock()) {
    return complain(`another build is under way; if there is none, remove ${lock}`);
  }
  try {
    return isFresh() || build();
  } finally {
    rmSync(lock, { force: true });
  }
}

function build() {
  console.error('raftchart: building …');
  const startedMs = Date.now();
  // The compiler believes its own record of what it wrote.
  if (isTouched()) rmSync(path.join(dist, '.tsbuildinfo'), { force: true });
  rmSync(stamp, { force: true });
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--noEmitOnError'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    return complain('the sources do not compile; nothing was started');
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, String(startedMs));
  return true;
}

function isFresh() {
  return !isTouched() && newestMs(root, isSource) < Number(readFileSync(stamp, 'utf8'));
}

/** Whether anything in `dist` has changed since it was built, or was never built. */
function isTouched() {
  return !existsSync(stamp) || newestMs(dist, () => true) > statSync(stamp).mtimeMs;
}

function isSource(name) {
  return /\.(ts|json)$/u.test(name) && !/\.(test|contract)\.ts$/u.test(name);
}

/**
 * When a wanted file in or below a folder last changed in any way: the time of change, unlike that
 * of modification, cannot be set back by who copies an old file over a new one. A folder with
 * wanted files counts itself, for the sake of those that were removed.
 */
function newestMs(folder, isWanted) {
  let newest = 0;
  let hasWanted = false;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inner = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (folder === root && (notSources.has(entry.name) || entry.name.startsWith('.'))) continue;
      newest = Math.max(newest, newestMs(inner, isWanted));
    } else if (isWanted(entry.name)) {
      hasWanted = true;
      newest = Math.max(newest, statSync(inner).ctimeMs);
    }
  }
  // The project's own folder changes with every log and lock in it.
  return hasWanted && folder !== root ? Math.max(newest, statSync(folder).ctimeMs) : newest;
}

function takeLock() {
  const untilMs = Date.now() + lockWaitMs;
  while (Date.now() < untilMs) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  return false;
}

/** Whether the process that took the lock lives; one that was killed has left it behind. */
function isHeld() {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

function complain(line) {
  console.error(`raftchart: ${line}`);
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = buildCheckout() ? 0 : 1;
}
