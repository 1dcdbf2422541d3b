/**
 * A small log whose whole history is known, for the proof of recovery: every batch, where it lies,
 * and what must be recovered if it is the last one.
 */
import { type Entry, proposal } from '../machines/entry.js';
import { SectorDisk } from '../sim/disk.js';
import type { Disk, DiskFile } from './disk.js';
import type { Identity, LogStore } from './logStore.js';
import { segmentHeaderBytes, segmentNumber } from './walFormat.js';
import type { RecoveredLog, SegmentImage } from './walRecovery.js';
import { walStore } from './walStore.js';

export const identity: Identity = { clusterId: 'proof', serverId: 's1', storeId: 'store-1' };

/** A batch as it was written. */
export interface WrittenBatch {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  /** What must be recovered when this is the last batch, as text. */
  readonly state: string;
}

export interface History {
  readonly segmentBytes: number;
  readonly batches: readonly WrittenBatch[];
  /** The files in the end: the last one is the spare. */
  readonly segments: readonly SegmentImage[];
}

/** Something that is done to a store as one batch, and what it makes of the state. */
export interface Step {
  readonly entries?: readonly Entry[];
  readonly vote?: readonly [term: number, votedFor: string | undefined];
  readonly met?: readonly [serverId: string, storeId: string];
}

export function entry(index: number, term: number, bytes: Uint8Array): Entry {
  return { ...proposal('command', bytes), index, term, stampMs: 1_700_000_000_000 + index };
}

/** `length` bytes, none of which is zero. */
export function filled(length: number, first = 1): Uint8Array {
  return new Uint8Array(length).map((_, i) => 1 + ((first + i * 7) % 255));
}

/**
 * The log that is cut, torn and flipped: two segments, a truncation, votes, zeros and emptiness.
 */
export const smallLog: readonly Step[] = [
  { vote: [1, 's1'] },
  { entries: [entry(1, 1, filled(40)), entry(2, 1, filled(100)), entry(3, 1, filled(11))] },
  { entries: [entry(4, 1, new Uint8Array(0))] },
  { entries: [entry(5, 1, new Uint8Array(1024))] },
  { met: ['s2', 'store-2'] },
  { vote: [2, 's3'], entries: [entry(3, 2, filled(150)), entry(4, 2, filled(1))] },
  { entries: [entry(5, 2, filled(700, 9))] },
  { entries: [entry(6, 2, filled(90))] },
  { entries: [entry(7, 2, filled(20))] },
  { entries: [entry(8, 2, new Uint8Array(700)), entry(9, 2, filled(600))] },
  { vote: [3, undefined] },
  { entries: [entry(10, 3, filled(600, 5)), entry(11, 3, new Uint8Array(1_100))] },
];

/** Performs `steps` on a store, one batch each, and writes down what becomes of it. */
export function historyOf(steps: readonly Step[], segmentBytes: number): History {
  const disk = new SectorDisk((_kind, _file, run) => run());
  const batches: WrittenBatch[] = [];
  let state = '';
  const note = (name: string, start: number, written: Uint8Array): void => {
    const segment = segmentNumber(name)!;
    if (start < segmentHeaderBytes) return;
    const bytes = written.slice();
    batches.push({ segment, start, end: start + bytes.length, bytes, state });
  };
  const model = newModel();
  const store = walStore({ disk: noting(disk, note), segmentBytes });
  open(store);
  const first = entry(1, 0, filled(20));
  state = stateText(model([{ entries: [first] }]));
  store.found(identity, 0, [first], throwIfError);
  for (const [position, step] of steps.entries()) {
    state = stateText(model([step]));
    perform(store, position + 1, step);
  }
  store.close(() => {});
  return { segmentBytes, batches, segments: segmentsOn(disk) };
}

function perform(store: LogStore, number: number, { entries = [], vote, met }: Step): void {
  if (met !== undefined) store.remember(...met);
  else {
    const [currentTerm, votedFor] = vote ?? [0, undefined];
    store.append({ number, currentTerm, votedFor, isVote: vote !== undefined, entries });
  }
}

interface State {
  readonly currentTerm: number;
  readonly votedFor: string | undefined;
  readonly entries: readonly Entry[];
  readonly met: readonly (readonly [string, string])[];
}

/** What a store must hold after steps, worked out without it. */
function newModel(): (steps: readonly Step[]) => State {
  let currentTerm = 0;
  let votedFor: string | undefined;
  let entries: readonly Entry[] = [];
  let met: readonly (readonly [string, string])[] = [];
  return (steps) => {
    for (const step of steps) {
      if (step.vote !== undefined) [currentTerm, votedFor] = step.vote;
      if (step.met !== undefined) met = [...met, step.met];
      const from = step.entries?.[0]?.index ?? Number.POSITIVE_INFINITY;
      entries = [...entries.filter(({ index }) => index < from), ...(step.entries ?? [])];
    }
    return { currentTerm, votedFor, entries, met };
  };
}

function stateText({ currentTerm, votedFor, entries, met }: State): string {
  const texts = entries.map(
    (e) => `${e.index} ${e.term} ${e.kind} ${e.stampMs} ${digest(e.bytes)}`,
  );
  return JSON.stringify([currentTerm, votedFor, met, texts]);
}

/** Not the checksum that is being proved. */
function digest(bytes: Uint8Array): string {
  let sum = 7;
  for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]!) | 0;
  return `${bytes.length}:${sum}`;
}

/** What was recovered, as text that compares with {@link WrittenBatch.state}. */
export function recoveredText({ replay }: Pick<RecoveredLog, 'replay'>): string {
  const { currentTerm, votedFor, entries, knownStores } = replay;
  return stateText({ currentTerm, votedFor, entries, met: [...knownStores] });
}

export function segmentsOn(disk: Disk): SegmentImage[] {
  const segments: SegmentImage[] = [];
  disk.list((_error, names) => {
    for (const name of names) {
      const number = segmentNumber(name);
      if (number !== undefined)
        disk.read(name, (_failure, bytes) => segments.push({ number, bytes }));
    }
  });
  return segments;
}

/** The same disk, with every write reported. */
function noting(disk: Disk, note: (name: string, offset: number, bytes: Uint8Array) => void): Disk {
  const noted = (file: DiskFile): DiskFile => ({
    name: file.name,
    write(offset, bytes, done) {
      note(file.name, offset, bytes);
      file.write(offset, bytes, done);
    },
    sync: (done) => file.sync(done),
    close: (done) => file.close(done),
  });
  return {
    place: disk.place,
    prepare: (done) => disk.prepare(done),
    list: (done) => disk.list(done),
    read: (name, done) => disk.read(name, done),
    open: (name, done) => disk.open(name, (error, file) => done(error, file && noted(file))),
    create: (name, size, done) =>
      disk.create(name, size, (error, file) => done(error, file && noted(file))),
    openToRead: (name, done) => disk.openToRead(name, done),
    grow: (name, done) => disk.grow(name, done),
    replace: (name, bytes, done) => disk.replace(name, bytes, done),
    remove: (name, done) => disk.remove(name, done),
  };
}

function open(store: LogStore): void {
  store.open(throwIfError);
}

function throwIfError(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
