/**
 * Tests of the receiving end of InstallSnapshot (§7): its chart and its functions are one thing.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, createMachine, type EventFrom } from 'xstate';
import { type State, withoutOnePart } from '../properties/support/chartMutants.js';
import { installSnapshot, logBase } from '../properties/support/script.js';
import {
  chunkStored,
  chunkTaken,
  type Installation,
  installationMachine,
  isAtDisk,
  isStoring,
  isWanted,
  wantedOffset,
} from './installation.js';

type InstallationEvent = EventFrom<typeof installationMachine>;

/** A piece of a snapshot, ten bytes for each that there is before it. */
function chunk(
  term: number,
  index: number,
  place: number,
  isLast: boolean,
): Extract<InstallationEvent, { type: 'chunk' }> {
  const message = installSnapshot({ from: `S${term}`, term, index, offset: place * 10, isLast });
  return { ...message, type: 'chunk' };
}

/** Of a few terms and bases; few enough that most events are about what is there. */
const term = fc.constantFrom(2, 2, 2, 3);
const index = fc.constantFrom(9, 9, 9, 12);
const place = fc.nat(3);

const events: fc.Arbitrary<InstallationEvent[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(term, index, place, fc.boolean()).map((c) => chunk(...c)) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('chunkStored' as const),
        base: index.map((at) => logBase(at, 1)),
        offset: place.map((count) => count * 10),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'snapshotStored' as const }) },
    { weight: 1, arbitrary: fc.constant({ type: 'snapshotFailed' as const }) },
  ),
  { maxLength: 30, size: 'max' },
);

/** The functions, as a server uses them for its own snapshot; a disk answers what it was asked. */
function after(before: Installation | undefined, event: InstallationEvent) {
  if (event.type === 'chunk') return isWanted(before, event) ? chunkTaken(event) : before;
  if (event.type === 'chunkStored') {
    return isStoring(before, event.base, event.offset) ? chunkStored(before) : before;
  }
  if (event.type === 'snapshotStored') return before?.state === 'completing' ? undefined : before;
  return before?.state === 'waiting' ? before : undefined;
}

/** Takes random histories by chart and functions; answers the transitions that came about. */
function compare(machine: typeof installationMachine): readonly string[] {
  const seen = new Set<string>();
  const check = (happened: InstallationEvent[]) => {
    const actor = createActor(machine).start();
    let installation: Installation | undefined;
    for (const event of happened) {
      const before = installation?.state ?? 'idle';
      installation = after(installation, event);
      actor.send(event);
      const { value, context } = actor.getSnapshot();
      expect(context.installation).toEqual(installation);
      expect(value).toBe(installation?.state ?? 'idle');
      seen.add(`${before} ${event.type} ${value}`);
    }
  };
  fc.assert(fc.property(events, check), { seed: 1, numRuns: 300, endOnFailure: true });
  return [...seen].sort();
}

describe('installation', () => {
  it('is the same by its chart and by its functions, whatever happens', () => {
    expect(compare(installationMachine)).toEqual([
      'completing chunk completing',
      'completing chunk storing',
      'completing chunkStored completing',
      'completing snapshotFailed idle',
      'completing snapshotStored idle',
      'idle chunk completing',
      'idle chunk idle',
      'idle chunk storing',
      'idle chunkStored idle',
      'idle snapshotFailed idle',
      'idle snapshotStored idle',
      'storing chunk completing',
      'storing chunk storing',
      'storing chunkStored storing',
      'storing chunkStored waiting',
      'storing snapshotFailed idle',
      'storing snapshotStored storing',
      'waiting chunk completing',
      'waiting chunk storing',
      'waiting chunk waiting',
      'waiting chunkStored waiting',
      'waiting snapshotFailed waiting',
      'waiting snapshotStored waiting',
    ]);
  });

  it('has no part in its chart that it could do without', () => {
    const { config, implementations } = installationMachine;
    const mutants = [...withoutOnePart(config as unknown as State)];
    const survivors = mutants.filter(({ rest }) => {
      const chart = createMachine(rest as object, implementations as object);
      try {
        return compare(chart as unknown as typeof installationMachine).length > 0;
      } catch {
        return false;
      }
    });
    expect(mutants.length).toBeGreaterThan(30);
    // A line that leads to where it stands, and neither leaves nor enters anything.
    const loops = [
      'storing: chunk line 2, target storing',
      'completing: chunk line 1, target completing',
    ];
    expect(survivors.map(({ lacks }) => lacks)).toEqual(loops);
  });

  it('never takes a piece that leaves a gap, nor one of what counts for less', () => {
    const check = (happened: InstallationEvent[]) => {
      let installation: Installation | undefined;
      for (const event of happened) {
        const before = installation;
        installation = after(installation, event);
        if (event.type !== 'chunk' || installation === before) continue;
        if (event.offset > 0) expect(event.offset).toBe(before!.offset);
        if (before === undefined) continue;
        expect(installation!.term).toBeGreaterThanOrEqual(before.term);
        if (installation!.term > before.term) continue;
        expect(installation!.base.index).toBeGreaterThanOrEqual(before.base.index);
      }
    };
    fc.assert(fc.property(events, check), { seed: 1, numRuns: 300 });
  });

  it('knows of the piece that it takes whose it is, of what, and where it ends', () => {
    expect(chunkTaken(chunk(2, 9, 1, false))).toEqual({
      leaderId: 'S2',
      term: 2,
      base: logBase(9, 1),
      state: 'storing',
      offset: 20,
    });
    expect(chunkTaken(chunk(2, 9, 1, true)).state).toBe('completing');
  });

  it('wants the first piece of what it has nothing of, else the next', () => {
    const taken = chunkTaken(chunk(2, 9, 0, false));
    expect(wantedOffset(undefined, chunk(2, 9, 3, false))).toBe(0);
    expect(wantedOffset(chunkStored(taken), chunk(2, 9, 3, false))).toBe(10);
    expect(wantedOffset(taken, chunk(2, 12, 3, false))).toBe(0);
    expect(wantedOffset(taken, chunk(3, 9, 3, false))).toBe(0);
  });

  it('wants nothing until the disk has said whether it has what was taken last', () => {
    for (const isLast of [false, true]) {
      const taken = chunkTaken(chunk(2, 9, 0, isLast));
      expect(wantedOffset(taken, chunk(2, 9, 0, isLast))).toBeUndefined();
      expect(wantedOffset(taken, chunk(2, 9, 1, isLast))).toBeUndefined();
    }
  });

  it('is at the disk while the disk has yet to answer, and then under its own base only', () => {
    const taken = chunkTaken(chunk(2, 9, 0, false));
    const last = chunkTaken(chunk(2, 9, 0, true));
    for (const installation of [taken, last]) {
      expect(isAtDisk(installation, logBase(9, 1))).toBe(true);
      expect(isAtDisk(installation, logBase(9, 2))).toBe(false);
      expect(isAtDisk(installation, logBase(12, 1))).toBe(false);
    }
    expect(isAtDisk(chunkStored(taken), logBase(9, 1))).toBe(false);
    expect(isAtDisk(undefined, logBase(9, 1))).toBe(false);
  });
});
