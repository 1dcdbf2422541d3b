import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localPort } from './commandPort.contract.js';
import type { CommandPort, PortOutcome } from './commandPort.js';
import { type Conversation, encodeWords, testFront } from './conversation.contract.js';
import type { FrontLimits } from './limits.js';

interface Call {
  readonly isWrite: boolean;
  /** Takes effect, if it has not yet, and is answered. */
  finish(): void;
  /** Is answered with this instead. */
  fail(type: 'notDone' | 'unknown'): void;
}

/**
 * A port whose calls the test finishes, in any order. Writes take effect in the order in which they
 * were given, at the latest when a later one does, as in a log; a read sees the state of the moment
 * in which it is finished.
 */
function heldPort() {
  const local = localPort();
  const calls: Call[] = [];
  const log: (() => void)[] = [];
  const hold = (isWrite: boolean, run: () => void, done: (outcome: PortOutcome) => void) => {
    const settle = (settled: () => void) => {
      calls.splice(calls.indexOf(call), 1);
      settled();
    };
    const call: Call = {
      isWrite,
      finish: () => settle(run),
      fail: (type) => settle(() => done({ type, reason: 'a test' })),
    };
    calls.push(call);
  };
  const port: CommandPort = {
    execute(command, done) {
      let outcome: PortOutcome | undefined;
      const take = () => {
        if (outcome !== undefined) return;
        local.execute(command, (done) => {
          outcome = done;
        });
      };
      const place = log.push(take);
      const run = () => {
        for (const earlier of log.slice(0, place)) earlier();
        done(outcome!);
      };
      hold(true, run, done);
    },
    query: (query, done) => hold(false, () => local.query(query, done), done),
    status: () => local.status(),
    wallMs: () => local.nowMs,
  };
  return { port, calls };
}

function held(limits: Partial<FrontLimits> = {}) {
  const { port, calls } = heldPort();
  const { connect } = testFront(port, { limits });
  return { calls, client: connect() };
}

const get = encodeWords(['GET', 'a']);
const set = (value: string) => encodeWords(['SET', 'a', value]);
const kinds = (calls: readonly Call[]) =>
  calls.map((call) => (call.isWrite ? 'write' : 'read')).join(' ');

/** One of the calls that wait. */
function call(calls: readonly Call[], place: number): Call {
  const found = calls.at(place);
  if (found === undefined) throw new Error(`only ${calls.length} calls wait`);
  return found;
}

/** Finishes calls, the one at `order[n]` of those that wait, until none is left. */
function finishAll(client: Conversation, calls: readonly Call[], order: readonly number[]): string {
  let replies = '';
  for (let n = 0; ; n++) {
    if (calls.length === 0 || n % 3 === 0) replies += client.turn();
    if (calls.length === 0) return replies;
    call(calls, (order[n % order.length] ?? 0) % calls.length).finish();
  }
}

describe('a connection', () => {
  it('answers as if commands ran one after the other, whatever the order of the answers', () => {
    const key = fc.constantFrom('a', 'b');
    const command = fc.oneof(
      fc.tuple(fc.constant('SET'), key, fc.constantFrom('x', 'yy')),
      fc.tuple(fc.constant('APPEND'), key, fc.constantFrom('1', '22')),
      fc.tuple(fc.constantFrom('GET', 'STRLEN', 'EXISTS', 'DEL', 'FOO'), key),
      fc.tuple(fc.constant('MGET'), key, key),
      fc.constantFrom(['PING'], ['ECHO', 'e'], ['HELLO', '3'], ['RESET'], ['CLIENT', 'ID']),
      fc.constantFrom(['CLIENT', 'REPLY', 'SKIP'], ['CLIENT', 'REPLY', 'ON']),
    );
    const commands = fc.array(command, { maxLength: 40, size: 'max' });
    const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60, size: 'max' });
    const limits = fc.constantFrom({}, { unansweredMax: 3 }, { unansweredBytesMax: 30 });
    fc.assert(
      fc.property(commands, numbers, limits, (all, order, chosen) => {
        const oneByOne = testFront(localPort()).connect();
        const expected = all.map((words) => oneByOne.ask(...words)).join('');
        const { calls, client } = held(chosen);
        client.connection.push(new TextEncoder().encode(all.map(encodeWords).join('')));
        expect(finishAll(client, calls, order)).toBe(expected);
        expect(client.isPaused).toBe(false);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it('sends consecutive writes together, and the reads behind them once they are answered', () => {
    const { client, calls } = held();
    client.say(set('1') + set('2') + get + get + set('3') + get);
    expect(kinds(calls)).toBe('write write');
    call(calls, 1).finish();
    expect(kinds(calls)).toBe('write');
    call(calls, 0).finish();
    expect(kinds(calls)).toBe('read read');
    call(calls, 1).finish();
    expect(kinds(calls)).toBe('read');
    expect(client.turn()).toBe('+OK\r\n+OK\r\n');
    call(calls, 0).finish();
    expect(kinds(calls)).toBe('write');
    call(calls, 0).finish();
    call(calls, 0).finish();
    expect(client.turn()).toBe('$1\r\n2\r\n$1\r\n2\r\n+OK\r\n$1\r\n3\r\n');
  });

  it('answers a command that did not happen, with the reason, and goes on', () => {
    const { client, calls } = held();
    client.say(set('1') + set('2') + get);
    call(calls, 0).fail('notDone');
    call(calls, 0).finish();
    call(calls, 0).finish();
    expect(client.turn()).toBe(
      '-CLUSTERDOWN The cluster has no leader just now; nothing was done, try again (a test)\r\n' +
        '+OK\r\n$1\r\n2\r\n',
    );
    expect(client.isClosed).toBe(false);
  });

  it('closes where a write has an unknown outcome, after the replies before it', () => {
    const { client, calls } = held();
    client.say(set('1') + set('2') + set('3') + get);
    call(calls, 1).fail('unknown');
    call(calls, 1).finish();
    expect(client.turn()).toBe('');
    expect(client.isClosed).toBe(false);
    expect(client.say(set('4') + encodeWords(['PING']))).toBe('');
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n');
    expect(client.isClosed).toBe(true);
    expect(calls).toEqual([]);
  });

  it('asks nothing behind a write with an unknown outcome', () => {
    const { client, calls } = held();
    client.say(set('1') + get + set('2'));
    call(calls, 0).fail('unknown');
    expect(calls).toEqual([]);
    expect(client.turn()).toBe('');
    expect(client.isClosed).toBe(true);
  });

  it('answers a read without an answer as one that did nothing', () => {
    const { client, calls } = held();
    client.say(get);
    call(calls, 0).fail('unknown');
    expect(client.turn()).toMatch(/^-CLUSTERDOWN .*nothing was done/);
    expect(client.isClosed).toBe(false);
  });

  it('lets local commands wait for their turn, in the form of their time', () => {
    const { client, calls } = held();
    client.say(get + encodeWords(['HELLO', '3']) + get + encodeWords(['PING']));
    expect(client.turn()).toBe('');
    call(calls, 1).finish();
    call(calls, 0).finish();
    expect(client.turn()).toMatch(/^\$-1\r\n%7\r\n.*\r\n_\r\n\+PONG\r\n$/s);
  });

  it('reads no more than the bound of unanswered commands until they are answered', () => {
    const { client, calls } = held({ unansweredMax: 3 });
    client.say(set('1').repeat(5));
    expect(calls.length).toBe(3);
    expect(client.isPaused).toBe(true);
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n');
    expect(calls.length).toBe(3);
    expect(client.isPaused).toBe(true);
    call(calls, 0).finish();
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n+OK\r\n');
    expect(calls.length).toBe(2);
    expect(client.isPaused).toBe(false);
  });

  it('reads no more than the bound of unanswered bytes', () => {
    const { client, calls } = held({ unansweredBytesMax: 1000 });
    client.say(set('x'.repeat(600)).repeat(4));
    expect(calls.length).toBe(2);
    expect(client.isPaused).toBe(true);
  });

  it('counts answers that wait for their turn, too', () => {
    const { client, calls } = held({ unansweredBytesMax: 1000 });
    client.say(set('x'.repeat(600)));
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n');
    client.say(get + get);
    call(calls, 1).finish();
    client.say(get);
    expect(calls.length).toBe(2);
    expect(client.isPaused).toBe(false);
    call(calls, 1).finish();
    client.say(get);
    expect(calls.length).toBe(1);
    expect(client.isPaused).toBe(true);
    call(calls, 0).finish();
    expect(client.turn().length).toBeGreaterThan(1800);
  });

  it('writes and reads no more while the client does not take its answers', () => {
    const { client, calls } = held({ unsentBytesMax: 100 });
    client.say(set('x'.repeat(150)) + get + get);
    client.isStalled = true;
    for (let n = 0; n < 3; n++) call(calls, 0).finish();
    expect(client.turn().match(/x{150}/g)?.length).toBe(1);
    client.say(get);
    expect(calls.length).toBe(0);
    expect(client.isPaused).toBe(true);
    client.connection.drained();
    expect(client.turn()).toBe('');
    client.unsent = 0;
    client.isStalled = false;
    client.connection.drained();
    expect(client.turn().match(/x{150}/g)?.length).toBe(1);
    expect(calls.length).toBe(1);
    expect(client.isPaused).toBe(false);
  });

  it('answers a protocol error in its turn, and closes', () => {
    const { client, calls } = held();
    client.say(`${set('1')}*x\r\n${set('2')}`);
    expect(calls.length).toBe(1);
    expect(client.turn()).toBe('');
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n-ERR Protocol error: invalid multibulk length\r\n');
    expect(client.isClosed).toBe(true);
  });

  it('refuses a command that is too long for the log, and does nothing', () => {
    const { client, calls } = held({ commandBytesMax: 100 });
    expect(client.say(set('x'.repeat(100)))).toMatch(/^-ERR the command takes \d+ bytes, and 100/);
    expect(client.say(set('x'.repeat(90)))).toBe('');
    expect(calls.length).toBe(1);
  });

  it('answers all that a client asked before it closed its half', () => {
    const { client, calls } = held({ unansweredMax: 2 });
    client.say(set('1').repeat(3));
    client.connection.inputOver();
    expect(client.turn()).toBe('');
    while (calls.length > 0) {
      call(calls, 0).finish();
      client.turn();
    }
    expect(client.isClosed).toBe(true);
  });

  it('closes at once where a client closes its half and nothing is asked', () => {
    const { client } = held();
    client.connection.inputOver();
    client.turn();
    expect(client.isClosed).toBe(true);
  });

  it('answers what the port was asked, when it is drained, and gives up the rest', () => {
    const { client, calls } = held();
    client.say(set('1') + get + set('2'));
    client.connection.drain();
    expect(client.say(set('3'))).toBe('');
    expect(client.isClosed).toBe(false);
    call(calls, 0).finish();
    expect(client.turn()).toBe('+OK\r\n');
    expect(client.isClosed).toBe(true);
    expect(calls).toEqual([]);
  });

  it('takes no notice of answers after it is gone', () => {
    const { client, calls } = held();
    client.say(set('1') + set('2') + get);
    client.connection.closed();
    call(calls, 0).finish();
    call(calls, 0).fail('unknown');
    expect(client.turn()).toBe('');
    expect(calls).toEqual([]);
  });
});
