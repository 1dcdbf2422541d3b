import { describe, expect, it } from 'vitest';
import type { Step } from '../actors/serverActor.js';
import { Log, logStart } from '../machines/log.js';
import { logTime } from './logTime.js';
import { entry } from './support/script.js';

function logOf(...stamps: readonly number[]): Log {
  const entries = stamps.map((stampMs, at) => ({ ...entry(at + 1, 1), stampMs }));
  return Log.empty(logStart).append(entries);
}

/** What the law says of a server that holds the one log, and then the other. */
function said(before: Log, after: Log, event: object = { type: 'AppendEntriesRequest' }) {
  const watch = logTime.watch();
  const at = (log: Log) => ({ context: { log } });
  const step = { event, before: at(before), after: at(after), effects: [] } as unknown as Step;
  return { detail: watch.step!('s1', step), sometimes: Object.values(watch.sometimes)[0] };
}

describe('log time', () => {
  it('may stand still, and goes on', () => {
    expect(said(logOf(5), logOf(5, 5, 7)).detail).toBeUndefined();
  });

  it('breaks where an entry is stamped before the one before it', () => {
    expect(said(logOf(5), logOf(5, 4)).detail).toBe('s1 holds entry 2, stamped 1 ms back');
    const long = logOf(...Array.from({ length: 100 }, (_, n) => n));
    expect(said(logOf(0), long).detail).toBeUndefined();
  });

  it('was tried where a leader’s wall clock is behind', () => {
    const request = { type: 'ClientRequest', wallMs: 3 };
    expect(said(logOf(5), logOf(5, 5), request).sometimes).toBe(1);
    expect(said(logOf(2), logOf(2, 3), request).sometimes).toBe(0);
  });
});
