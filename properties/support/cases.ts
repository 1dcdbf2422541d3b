/**
 * Cases: what the paper says of a server, each a sentence and a script. They are kept apart from
 * the test runner, so that `machines/removal.test.ts` can play the same ones to machines that lack
 * a line.
 */
import { describe, expect, it } from 'vitest';
import { type Given, Stage, type Start } from './stage.js';

/** Plays a script with servers that `start` makes; what it expects, it expects by itself. */
export type Case = (start: Start) => void;

/** Cases by their sentences. */
export type Cases = Readonly<Record<string, Case>>;

/** The server as it is. */
export const start: Start = (given?: Given) => new Stage(given);

/** Makes tests of cases, in the file that is run, and not where another file imports that one. */
export function runCases(file: string, topic: string, cases: Cases): void {
  if (expect.getState().testPath !== file) return;
  describe(topic, () => {
    for (const [sentence, play] of Object.entries(cases)) it(sentence, () => play(start));
  });
}
