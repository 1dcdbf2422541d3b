/**
 * The ill will of the world inside a server's process: preloaded with `--import`, it makes the disk
 * slow, hang, fill up or fail, the event loop stand still, and the wall clock jump, when the test
 * that started the process says so over its channel.
 *
 * Plain JavaScript, since it runs beside what is compiled, and is no part of it.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const { open, write, fsync, fdatasync } = fs;
const wallMs = Date.now;

/** What each open file is to the log store: by descriptor, its path, and whether it is new. */
const files = new Map();
/** What the disk is like: see `DiskFault` in `illServer.contract.ts`. */
let disk = { type: 'well' };
let clockShiftMs = 0;
/** What a disk that hangs has not begun. */
const hanging = [];

fs.open = (path, flags, ...rest) => {
  const answer = rest.pop();
  open(path, flags, ...rest, (error, descriptor) => {
    if (!error) files.set(descriptor, { path, isNew: flags === 'wx' || flags === 'w' });
    answer(error, descriptor);
  });
};
fs.write = (descriptor, ...rest) => {
  const answer = rest.pop();
  perform(descriptor, 'write', answer, (done) => write(descriptor, ...rest, done));
};
fs.fsync = (descriptor, answer) => {
  perform(descriptor, 'fsync', answer, (done) => fsync(descriptor, done));
};
fs.fdatasync = (descriptor, answer) => {
  perform(descriptor, 'fdatasync', answer, (done) => fdatasync(descriptor, done));
};
// Those who import names of node:fs, or all of it, see the change only now.
syncBuiltinESMExports();
Date.now = () => wallMs() + clockShiftMs;

/** Does `run` as the disk is now, and hands its answer on. */
function perform(descriptor, call, answer, run) {
  const { path = '', isNew = false } = files.get(descriptor) ?? {};
  const isLog = !isNew && /wal-\d+\.log$/u.test(path);
  const refuse = (code) => setImmediate(() => answer(failure(code, call)));
  if (disk.type === 'slow') setTimeout(() => run(answer), disk.ms);
  else if (disk.type === 'hanging') hanging.push(() => run(answer));
  else if (disk.type === 'full' && isNew && call === 'write') refuse('ENOSPC');
  else if (disk.type === 'failingWrites' && isLog) refuse(disk.code);
  // What could not be synced may well be on the disk.
  else if (disk.type === 'failingSyncs' && isLog) run(() => refuse(disk.code));
  else run(answer);
}

function failure(code, call) {
  return Object.assign(new Error(`${code}: made up, ${call}`), { code, syscall: call });
}

/** Nothing else runs meanwhile: no timer, no socket, no answer of the disk. */
function standStill(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

process.on('message', ({ number, fault }) => {
  if (fault.type === 'clock') clockShiftMs = fault.shiftMs;
  if (fault.type === 'disk') {
    disk = fault.disk;
    if (disk.type !== 'hanging') for (const run of hanging.splice(0)) run();
  }
  if (fault.type === 'stall') standStill(fault.ms);
  process.send({ number });
});
// A test that is gone leaves no server behind.
process.on('disconnect', () => process.exit());
// The channel is no reason for the process to go on.
process.channel.unref();
