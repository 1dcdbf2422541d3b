import { describe, expect, it } from 'vitest';
import { firstEntry } from '../actors/founding.js';
import { noSnapshot } from './context.js';
import { withGuardOutcomes } from './guardOutcomes.js';
import { logStart } from './log.js';
import { server } from './server.js';
import { defaultSettings } from './settings.js';
import { createStepper } from './stepper.js';

const input = {
  id: 's1',
  settings: defaultSettings,
  currentTerm: 1,
  votedFor: undefined,
  base: logStart,
  snapshot: noSnapshot,
  nowMs: 0,
  entries: [firstEntry({ s1: '', s2: '', s3: '' })],
};

describe('guard outcomes', () => {
  it('name every guard that was asked, in order, up to the one that held', () => {
    const asked: [string, boolean][] = [];
    const machine = withGuardOutcomes(server, ({ guard, holds }) => asked.push([guard, holds]));
    const { stepper } = createStepper(input, machine);
    asked.length = 0;
    stepper.step({
      type: 'AppendEntriesRequest',
      from: 's2',
      atMs: 0,
      term: 1,
      prevLogIndex: 7,
      prevLogTerm: 1,
      entries: [],
      leaderCommit: 0,
      round: 0,
      sentMs: 0,
    });
    expect(asked).toEqual([
      ['isNewerTerm', false],
      ['isStale', false],
      ['hasNoRoom', false],
      ['logOk', false],
    ]);
  });

  it('change nothing about what happens', () => {
    const watched = createStepper(
      input,
      withGuardOutcomes(server, () => {}),
    );
    const plain = createStepper(input);
    const timeout = { type: 'timer.election', atMs: 300 } as const;
    expect(watched.stepper.step(timeout)).toEqual(plain.stepper.step(timeout));
    expect(watched.stepper.snapshot.value).toEqual(plain.stepper.snapshot.value);
  });
});
