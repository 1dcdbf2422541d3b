/**
 * What an implementation of the command port owes, as a suite, and the simplest one that keeps it:
 * a port over a single state machine, with a clock that the test moves.
 */
import { describe, expect, it } from 'vitest';
import type { CommandPort, PortOutcome } from './commandPort.js';
import { encodeCommand, operation, setFlag } from './kvCommand.js';
import { type KvStateMachine, kvStateMachine } from './kvStore.js';
import { latin1, latin1Bytes } from './latin1.js';

export interface LocalPort extends CommandPort {
  readonly store: KvStateMachine;
  /** The wall clock, ms. */
  nowMs: number;
}

/**
 * Answers at once. Log time is the wall clock of the latest entry, and a tick is applied where one
 * is due.
 */
export function localPort(nowMs = 1_700_000_000_000): LocalPort {
  const store = kvStateMachine('local');
  let index = 0;
  let at = 0;
  const random = () => 0;
  const port: LocalPort = {
    store,
    nowMs,
    execute(command, done) {
      at = Math.max(at, port.nowMs);
      index++;
      done({ type: 'done', index, value: store.apply(command, { index, term: 1, at, random }) });
    },
    query(query, done) {
      const due = store.dueMs();
      if (due !== undefined && due <= port.nowMs) {
        at = Math.max(at, port.nowMs);
        index++;
        store.tick(at);
      }
      done({ type: 'done', index, value: store.query(query) });
    },
    status: () => ({ id: 'local', role: 'leader', appliedIndex: index, ...store.counts() }),
    wallMs: () => port.nowMs,
  };
  return port;
}

/** A port under test, and a way to let time pass on its clocks. */
export interface PortUnderTest {
  readonly port: CommandPort;
  readonly pass: (ms: number) => Promise<void> | void;
  readonly close: () => Promise<void> | void;
}

export function commandPortContract(name: string, make: () => Promise<PortUnderTest>): void {
  const bytes = latin1Bytes;
  const set = (key: string, value: string) =>
    encodeCommand(operation.set, 0, bytes(key), bytes(value));
  const get = (key: string) => encodeCommand(operation.get, 0, bytes(key));
  const execute = (port: CommandPort, command: Uint8Array) =>
    new Promise<PortOutcome>((resolve) => port.execute(command, resolve));
  const query = async (port: CommandPort, asked: Uint8Array) => {
    const outcome = await new Promise<PortOutcome>((resolve) => port.query(asked, resolve));
    return outcome.type === 'done' ? latin1(outcome.value) : outcome.type;
  };

  const withPort = async (check: (tested: PortUnderTest) => Promise<void>) => {
    const tested = await make();
    try {
      await check(tested);
    } finally {
      await tested.close();
    }
  };

  describe(`${name} as a command port`, () => {
    it('answers a command with its result and an index that grows', () =>
      withPort(async ({ port }) => {
        const first = await execute(port, set('a', '1'));
        const second = await execute(
          port,
          encodeCommand(operation.append, 0, bytes('a'), bytes('23')),
        );
        if (first.type !== 'done' || second.type !== 'done') throw new Error('was not done');
        expect(latin1(first.value)).toBe('+OK');
        expect(latin1(second.value)).toBe(':3');
        expect(second.index).toBeGreaterThan(first.index);
      }));

    it('lets a query see what was acknowledged before it', () =>
      withPort(async ({ port }) => {
        await execute(port, set('a', 'seen'));
        expect(await query(port, get('a'))).toBe('$seen');
        expect(await query(port, get('b'))).toBe('_');
      }));

    it('keeps the order of commands that are given without waiting', () =>
      withPort(async ({ port }) => {
        const given = Array.from({ length: 100 }, (_, n) => execute(port, set('a', String(n))));
        await Promise.all(given);
        expect(await query(port, get('a'))).toBe('$99');
      }));

    it('answers each call once', () =>
      withPort(async ({ port }) => {
        let answers = 0;
        for (let n = 0; n < 10; n++) {
          port.execute(set('a', String(n)), () => answers++);
          port.query(get('a'), () => answers++);
        }
        await execute(port, set('b', ''));
        await query(port, get('b'));
        await expect.poll(() => answers).toBe(20);
      }));

    it('answers a query without what has expired, though nothing was written since', () =>
      withPort(async ({ port, pass }) => {
        const expiring = encodeCommand(
          operation.set,
          setFlag.expiresIn,
          bytes('a'),
          bytes('1'),
          bytes('50'),
        );
        await execute(port, expiring);
        expect(await query(port, get('a'))).toBe('$1');
        await pass(51);
        expect(await query(port, get('a'))).toBe('_');
      }));

    it('says what it is', () =>
      withPort(async ({ port }) => {
        expect(Object.keys(port.status()).length).toBeGreaterThan(0);
        expect(port.wallMs()).toBeGreaterThan(0);
      }));
  });
}
