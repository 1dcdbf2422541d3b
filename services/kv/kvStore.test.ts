import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, expireFlag, expiryFlag, operation, setFlag } from './kvCommand.js';
import { bytesCodec, type KvStateMachine, kvStateMachine } from './kvStore.js';
import { latin1, latin1Bytes } from './latin1.js';

const text = (...parts: readonly (string | number)[]) =>
  parts.map((part) => latin1Bytes(String(part)));
const encode = (code: number, flags: number, ...parts: readonly (string | number)[]) =>
  encodeCommand(code, flags, ...text(...parts));

/** A store, and a log of its own: each command is an entry, at a time that the test says. */
function hosted(store: KvStateMachine = kvStateMachine('s1'), index = 0) {
  let last = index;
  return {
    store,
    apply: (at: number, code: number, flags: number, ...parts: readonly (string | number)[]) => {
      const entry = { index: ++last, term: 1, at, random: () => 0 };
      return latin1(store.apply(encode(code, flags, ...parts), entry));
    },
    query: (code: number, flags: number, ...parts: readonly (string | number)[]) =>
      latin1(store.query(encode(code, flags, ...parts))),
    get index() {
      return last;
    },
  };
}

/** The same service in the simplest words: texts in a map, looked through for what is due. */
class Model {
  readonly keys = new Map<string, { value: string; expiresAt: number }>();
  now = 0;

  advance(at: number): void {
    this.now = Math.max(this.now, at);
    for (const [key, { expiresAt }] of this.keys) if (expiresAt <= this.now) this.keys.delete(key);
  }

  set(key: string, value: string, flags: number, expiry: number): string {
    const before = this.keys.get(key);
    const old = before === undefined ? '_' : `$${before.value}`;
    const isRefused =
      (before !== undefined && (flags & setFlag.ifAbsent) !== 0) ||
      (before === undefined && (flags & setFlag.ifPresent) !== 0);
    let expiresAt = Number.POSITIVE_INFINITY;
    if ((flags & setFlag.expiresAt) !== 0) expiresAt = expiry;
    if ((flags & setFlag.expiresIn) !== 0) expiresAt = this.now + expiry;
    if ((flags & setFlag.keepExpiry) !== 0) expiresAt = before?.expiresAt ?? expiresAt;
    if (!isRefused) this.keys.set(key, { value, expiresAt });
    this.advance(this.now);
    if ((flags & setFlag.returnOld) !== 0) return old;
    return isRefused ? '_' : '+OK';
  }

  append(key: string, value: string): string {
    const before = this.keys.get(key) ?? { value: '', expiresAt: Number.POSITIVE_INFINITY };
    this.keys.set(key, { ...before, value: before.value + value });
    return `:${before.value.length + value.length}`;
  }

  remove(keys: readonly string[]): string {
    return `:${keys.filter((key) => this.keys.delete(key)).length}`;
  }

  increment(key: string, amount: number): string {
    const before = this.keys.get(key) ?? { value: '0', expiresAt: Number.POSITIVE_INFINITY };
    if (!/^(0|-?[1-9]\d*)$/.test(before.value)) {
      return '-ERR value is not an integer or out of range';
    }
    const value = String(Number(before.value) + amount);
    this.keys.set(key, { ...before, value });
    return `:${value}`;
  }

  expire(key: string, ms: number): string {
    const before = this.keys.get(key);
    if (before === undefined) return ':0';
    this.keys.set(key, { ...before, expiresAt: this.now + ms });
    this.advance(this.now);
    return ':1';
  }
}

type Step = { at: number } & (
  | { type: 'set'; key: string; value: string; flags: number; expiry: number }
  | { type: 'append'; key: string; value: string }
  | { type: 'remove'; keys: string[] }
  | { type: 'increment'; key: string; amount: number }
  | { type: 'expire'; key: string; ms: number }
  | { type: 'tick' }
  | { type: 'restart' }
);

const key = fc.constantFrom('a', 'b', 'c', '\xff\x00');
const value = fc.constantFrom('', '1', '-7', 'text', '\r\n\x80', 'x'.repeat(100));
const flags = fc.constantFrom(
  0,
  setFlag.ifAbsent,
  setFlag.ifPresent | setFlag.returnOld,
  setFlag.expiresIn,
  setFlag.expiresIn | setFlag.ifAbsent,
  setFlag.expiresAt,
  setFlag.keepExpiry | setFlag.returnOld,
);
const at = fc.nat(100);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('set'),
      at,
      key,
      value,
      flags,
      expiry: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({ type: fc.constant('append'), at, key, value }),
    fc.record({
      type: fc.constant('remove'),
      at,
      keys: fc.array(key, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ type: fc.constant('increment'), at, key, amount: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ type: fc.constant('expire'), at, key, ms: fc.integer({ min: -5, max: 60 }) }),
    fc.record({ type: fc.constant('tick'), at }),
    fc.record({ type: fc.constant('restart'), at }),
  ),
  { maxLength: 60, size: 'max' },
);

const digits = (flag: number, expiry: number) =>
  (flag & (setFlag.expiresIn | setFlag.expiresAt)) === 0 ? [] : [expiry];

type Hosted = ReturnType<typeof hosted>;

function applyStep(server: Hosted, step: Step, now: number): string | undefined {
  switch (step.type) {
    case 'set': {
      const expiry = digits(step.flags, step.expiry);
      return server.apply(now, operation.set, step.flags, step.key, step.value, ...expiry);
    }
    case 'append':
      return server.apply(now, operation.append, 0, step.key, step.value);
    case 'remove':
      return server.apply(now, operation.remove, 0, ...step.keys);
    case 'increment':
      return server.apply(now, operation.increment, 0, step.key, step.amount);
    case 'expire':
      return server.apply(now, operation.expire, expireFlag.relative, step.key, step.ms);
    default:
      server.store.tick(now);
      return undefined;
  }
}

function modelStep(model: Model, step: Step): string | undefined {
  switch (step.type) {
    case 'set':
      return model.set(step.key, step.value, step.flags, step.expiry);
    case 'append':
      return model.append(step.key, step.value);
    case 'remove':
      return model.remove(step.keys);
    case 'increment':
      return model.increment(step.key, step.amount);
    case 'expire':
      return model.expire(step.key, step.ms);
    default:
      return undefined;
  }
}

function snapshotBytes(store: KvStateMachine): Uint8Array {
  const chunks = [...store.snapshot()];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

function* cut(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.slice(from, from + length);
}

describe('kvStateMachine', () => {
  it('answers as the model does, and is the same on servers that restart from snapshots', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = new Model();
        const steady = hosted();
        let other = hosted(kvStateMachine('s2'));
        let now = 0;
        for (const step of all) {
          now += step.at % 10;
          model.advance(now);
          const answer = modelStep(model, step);
          expect(applyStep(steady, step, now)).toBe(answer);
          expect(applyStep(other, step, now)).toBe(answer);
          if (step.type === 'restart') {
            const restored = kvStateMachine('s2');
            restored.restore(cut(snapshotBytes(steady.store), 1 + step.at));
            other = hosted(restored, steady.index);
          }
        }
        for (const name of ['a', 'b', 'c', '\xff\x00']) {
          const held = model.keys.get(name);
          expect(steady.query(operation.get, 0, name)).toBe(held ? `$${held.value}` : '_');
        }
        const expiring = [...model.keys.values()].map((one) => one.expiresAt);
        const due = Math.min(...expiring);
        expect(steady.store.dueMs()).toBe(Number.isFinite(due) ? due : undefined);
        expect(steady.store.counts()).toEqual({
          keys: model.keys.size,
          expires: expiring.filter(Number.isFinite).length,
        });
        expect(isSame(snapshotBytes(other.store), snapshotBytes(steady.store))).toBe(true);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('expires by log time alone: at the stamp of an entry or a tick, and no query removes', () => {
    const { store, apply, query } = hosted();
    apply(1000, operation.set, setFlag.expiresIn, 'a', '1', 50);
    expect(store.dueMs()).toBe(1050);
    expect(query(operation.expiry, 0, 'a', 9999)).toBe(':0');
    expect(query(operation.get, 0, 'a')).toBe('$1');
    store.tick(1049);
    expect(query(operation.get, 0, 'a')).toBe('$1');
    store.tick(1050);
    expect(query(operation.get, 0, 'a')).toBe('_');
    expect(store.dueMs()).toBeUndefined();
  });

  it('removes at once what would have expired already', () => {
    const { apply, query } = hosted();
    apply(1000, operation.set, 0, 'a', '1');
    expect(apply(1000, operation.expire, expireFlag.relative, 'a', 0)).toBe(':1');
    expect(query(operation.get, 0, 'a')).toBe('_');
  });

  it('removes what is due before it applies an entry', () => {
    const { apply } = hosted();
    apply(1000, operation.set, setFlag.expiresIn, 'a', '1', 50);
    expect(apply(1050, operation.set, setFlag.ifAbsent, 'a', '2')).toBe('+OK');
  });

  it('never lets log time go back', () => {
    const { store, apply, query } = hosted();
    apply(1000, operation.set, setFlag.expiresIn, 'a', '1', 50);
    store.tick(500);
    apply(500, operation.set, setFlag.expiresIn, 'b', '1', 50);
    expect(query(operation.expiry, expiryFlag.absolute, 'b', 0)).toBe(':1050');
  });

  it("counts what is left of an expiry from the later of log time and the asker's clock", () => {
    const { apply, query } = hosted();
    apply(1000, operation.set, setFlag.expiresIn, 'a', '1', 10_000);
    expect(query(operation.expiry, 0, 'a', 4000)).toBe(':7000');
    expect(query(operation.expiry, 0, 'a', 0)).toBe(':10000');
    expect(query(operation.expiry, expiryFlag.seconds, 'a', 9501)).toBe(':1');
    expect(query(operation.expiry, expiryFlag.absolute, 'a', 4000)).toBe(':11000');
  });

  it('keeps what was answered, whatever is appended afterwards', () => {
    const { store, apply } = hosted();
    apply(1, operation.set, 0, 'a', 'begin');
    const kept: Uint8Array[] = [];
    let expected = '$begin';
    for (let n = 0; n < 200; n++) {
      apply(1, operation.append, 0, 'a', String(n));
      expected += String(n);
      kept.push(store.query(encode(operation.get, 0, 'a')));
    }
    expect(latin1(kept.at(-1)!)).toBe(expected);
    for (const value of kept) expect(expected.startsWith(latin1(value))).toBe(true);
    expect(new Set(kept.map((one) => one.length)).size).toBe(200);
  });

  it('appends ten thousand times to a long string in a moment', () => {
    const { apply } = hosted();
    apply(1, operation.set, 0, 'a', 'x'.repeat(1_000_000));
    let last = '';
    for (let n = 0; n < 10_000; n++) last = apply(1, operation.append, 0, 'a', 'y');
    expect(last).toBe(':1010000');
  });

  it('owns its values: the bytes of a command may change afterwards', () => {
    const store = kvStateMachine('s1');
    const command = encode(operation.set, 0, 'a', 'value');
    store.apply(command, { index: 1, term: 1, at: 1, random: () => 0 });
    command.fill(0);
    expect(latin1(store.query(encode(operation.get, 0, 'a')))).toBe('$value');
  });

  it('makes no string longer than 8 MiB', () => {
    const { apply, query } = hosted();
    apply(1, operation.set, 0, 'a', 'x'.repeat(8 * 2 ** 20));
    const refusal = '-ERR string exceeds maximum allowed size (proto-max-bulk-len)';
    expect(apply(1, operation.append, 0, 'a', 'y')).toBe(refusal);
    expect(query(operation.length, 0, 'a')).toBe(`:${8 * 2 ** 20}`);
  });

  it('makes no reply longer than 64 MiB', () => {
    const { apply, query } = hosted();
    apply(1, operation.set, 0, 'a', 'x'.repeat(8 * 2 ** 20));
    const keys = Array.from({ length: 8 }, () => 'a');
    expect(query(operation.getAll, 0, ...keys)).toMatch(/^-ERR the reply is longer than/);
    expect(query(operation.get, 0, 'a').length).toBe(8 * 2 ** 20 + 1);
  });

  it('changes nothing where a command is malformed', () => {
    const { store, apply } = hosted();
    apply(1, operation.set, 0, 'a', '1');
    const before = snapshotBytes(store);
    const whole = encode(operation.setAll, 0, 'a', '2', 'b', '3');
    const entry = { index: 2, term: 1, at: 1, random: () => 0 };
    for (let length = 0; length < whole.length; length++) {
      const isWholePairs = length === 2 || length === 6;
      const answer = latin1(store.apply(whole.slice(0, length), entry));
      if (!isWholePairs) expect(answer, String(length)).toMatch(/^-ERR/);
      if (length < 6) expect(isSame(snapshotBytes(store), before)).toBe(true);
    }
    expect(latin1(store.apply(new Uint8Array([77, 0]), entry))).toMatch(/no operation 77/);
  });

  it('survives any bytes as a command', () => {
    const store = kvStateMachine('s1');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(20), (bytes, code) => {
        const command = new Uint8Array([code, ...bytes]);
        const reply = store.apply(command, { index: 1, term: 1, at: 1, random: () => 0 });
        expect(reply.length).toBeGreaterThan(0);
        expect(store.query(new Uint8Array([128 + code, ...bytes])).length).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 1000 },
    );
    kvStateMachine('s2').restore(store.snapshot());
  });

  it('runs no command that writes as a query', () => {
    const { store, query } = hosted();
    expect(query(operation.set, 0, 'a', '1')).toMatch(/^-ERR/);
    expect(store.counts().keys).toBe(0);
  });

  it('takes bytes as commands, and says so of anything else', () => {
    const bytes = encode(operation.get, 0, 'a');
    expect(bytesCodec.decode(bytesCodec.encode(bytes))).toBe(bytes);
    expect(() => bytesCodec.encode('text')).toThrow(/Uint8Array/);
  });
});

describe('a snapshot of the store', () => {
  it('is frozen: what happens while its slices are taken is not in it', () => {
    const { store, apply } = hosted();
    for (let n = 0; n < 3000; n++) apply(1, operation.set, 0, `key ${n}`, 'x'.repeat(100));
    const expected = snapshotBytes(store);
    const slices: Uint8Array[] = [];
    for (const slice of store.snapshot()) {
      slices.push(slice);
      apply(1, operation.append, 0, 'key 2999', 'y');
      apply(1, operation.set, 0, 'key 1500', 'z');
      apply(1, operation.remove, 0, `key ${slices.length}`);
      apply(1, operation.set, 0, `new ${slices.length}`, '');
    }
    expect(slices.length).toBeGreaterThan(3);
    const restored = kvStateMachine('s2');
    restored.restore(slices);
    expect(isSame(snapshotBytes(restored), expected)).toBe(true);
  });

  it('keeps log time, so that a server which starts from it does not go back', () => {
    const { store, apply } = hosted();
    apply(5000, operation.set, 0, 'a', '1');
    const restored = hosted(kvStateMachine('s2'), 1);
    restored.store.restore(store.snapshot());
    restored.apply(10, operation.set, setFlag.expiresIn, 'b', '1', 100);
    expect(restored.query(operation.expiry, expiryFlag.absolute, 'b', 0)).toBe(':5100');
  });

  it('replaces all that was there', () => {
    const { store } = hosted();
    const other = hosted();
    other.apply(1, operation.set, setFlag.expiresIn, 'old', '1', 100);
    other.store.restore(store.snapshot());
    expect(other.store.counts()).toEqual({ keys: 0, expires: 0 });
    expect(other.store.dueMs()).toBeUndefined();
  });

  it('is refused with a reason where it is damaged, and then nothing is replaced', () => {
    const { store, apply, query } = hosted();
    apply(1, operation.set, 0, 'a', '1');
    const whole = snapshotBytes(store);
    const newer = whole.slice();
    newer[6] = 9;
    const foreign = whole.slice();
    foreign[4] = 0;
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [new Uint8Array(0), /it is empty/],
      [whole.slice(0, -1), /end is missing/],
      [whole.slice(0, 9), /end is missing|0 keys where 1/],
      [newer, /format is 9, and this release reads 1/],
      [foreign, /none of this service/],
    ];
    for (const [bytes, reason] of cases) {
      expect(() => store.restore([bytes])).toThrow(reason);
      expect(query(operation.get, 0, 'a')).toBe('$1');
    }
  });
});
