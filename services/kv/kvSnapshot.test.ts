import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, expireFlag, expiryFlag, operation, setFlag } from './kvCommand.js';
import { type KvStateMachine, kvStateMachine } from './kvStore.js';
import { latin1, latin1Bytes } from './latin1.js';

const encode = (code: number, flags: number, ...parts: readonly (string | number)[]) =>
  encodeCommand(code, flags, ...parts.map((part) => latin1Bytes(String(part))));

const ask = (store: KvStateMachine, code: number, flags: number, ...parts: (string | number)[]) =>
  latin1(store.query(encode(code, flags, ...parts)));

const entry = (index: number, at = 1) => ({ index, term: 1, at, random: () => 0 });

const bytesOf = (slices: Iterable<Uint8Array>) => Buffer.concat([...slices]);

/** What stands in the store, in the simplest words. */
type Held = Map<string, { value: string; expiresAt: number }>;

const key = fc.constantFrom(
  'a',
  'b',
  '',
  '\xff\x00',
  ...['1', '70', '129'].map((n) => `{tag}${n}`),
);
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('set' as const), key, size: fc.nat(20) }) },
  fc.record({ type: fc.constant('set' as const), key, size: fc.constantFrom(4095, 4096, 70_000) }),
  fc.record({
    type: fc.constant('setExpiring' as const),
    key,
    ms: fc.integer({ min: 1, max: 30 }),
  }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('append' as const), key }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), key }) },
  fc.record({ type: fc.constant('expire' as const), key, ms: fc.integer({ min: -2, max: 30 }) }),
  fc.record({ type: fc.constant('persist' as const), key }),
  fc.record({ type: fc.constant('fill' as const), from: fc.nat(300), count: fc.nat(150) }),
  fc.record({ type: fc.constant('empty' as const), from: fc.nat(300), count: fc.nat(150) }),
  fc.record({ type: fc.constant('tick' as const), ms: fc.nat(15) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const look = fc.oneof(
  fc.record({ type: fc.constant('open' as const) }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pull' as const), view: fc.nat(9) }) },
  fc.record({ type: fc.constant('drop' as const), view: fc.nat(9) }),
);

/** `{tag}` keys, all of one slot, from a number on: more than fit one leaf. */
const tagged = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => `{tag}${from + n}`);

/** A change as commands, and what it does to the model. */
function commandsOf(one: Change, held: Held, now: number): Uint8Array[] {
  const set = (name: string, value: string, expiresAt = Number.POSITIVE_INFINITY) => {
    if (expiresAt > now) held.set(name, { value, expiresAt });
    else held.delete(name);
  };
  switch (one.type) {
    case 'set': {
      const value = 'v'.repeat(one.size);
      set(one.key, value);
      return [encode(operation.set, 0, one.key, value)];
    }
    case 'setExpiring':
      set(one.key, 'brief', now + one.ms);
      return [encode(operation.set, setFlag.expiresIn, one.key, 'brief', one.ms)];
    case 'append': {
      const before = held.get(one.key);
      set(one.key, `${before?.value ?? ''}more`, before?.expiresAt);
      return [encode(operation.append, 0, one.key, 'more')];
    }
    case 'remove':
      held.delete(one.key);
      return [encode(operation.remove, 0, one.key)];
    case 'expire': {
      const before = held.get(one.key);
      if (before !== undefined) set(one.key, before.value, now + one.ms);
      return [encode(operation.expire, expireFlag.relative, one.key, one.ms)];
    }
    case 'persist': {
      const before = held.get(one.key);
      if (before !== undefined) set(one.key, before.value);
      return [encode(operation.persist, 0, one.key)];
    }
    case 'fill': {
      const names = tagged(one.from, one.count);
      for (const name of names) set(name, name);
      return names.map((name) => encode(operation.set, 0, name, name));
    }
    case 'empty': {
      const names = tagged(one.from, one.count);
      for (const name of names) held.delete(name);
      return names.map((name) => encode(operation.remove, 0, name));
    }
    default:
      return []; // a tick
  }
}

/** A store that is restored from `bytes` holds what the model holds. */
function expectHeld(bytes: Uint8Array, held: Held): void {
  const store = kvStateMachine();
  store.restore([bytes]);
  const expiring = [...held.values()].filter(({ expiresAt }) => Number.isFinite(expiresAt));
  expect(store.counts()).toEqual({ keys: held.size, expires: expiring.length });
  for (const [name, { value, expiresAt }] of held) {
    expect(ask(store, operation.get, 0, name) === `$${value}`, name).toBe(true);
    const expiry = Number.isFinite(expiresAt) ? expiresAt : -1;
    expect(ask(store, operation.expiry, expiryFlag.absolute, name, 0)).toBe(`:${expiry}`);
  }
}

describe('a frozen view', () => {
  it('is the state at its instant, the same bytes however slices and writes interleave', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(change, look), { maxLength: 40, size: 'max' }), (steps) => {
        const store = kvStateMachine();
        const other = kvStateMachine();
        const held: Held = new Map();
        const views: { slices: Iterator<Uint8Array>; pulled: Uint8Array[]; whole: Buffer }[] = [];
        let now = 0;
        let index = 0;
        const pull = (view: (typeof views)[number]) => {
          const { done, value } = view.slices.next();
          if (done !== true) view.pulled.push(value);
          return done !== true;
        };
        for (const step of steps) {
          if (step.type === 'open') {
            const slices = store.snapshot()[Symbol.iterator]();
            const whole = bytesOf(other.snapshot());
            views.push({ slices, pulled: [], whole });
            expectHeld(whole, held);
          } else if (step.type === 'pull' || step.type === 'drop') {
            const at = step.view % Math.max(views.length, 1);
            const view = views[at];
            if (view !== undefined && step.type === 'pull') pull(view);
            else if (view !== undefined) views.splice(at, 1);
          } else {
            if (step.type === 'tick') now += step.ms;
            for (const [name, { expiresAt }] of held) if (expiresAt <= now) held.delete(name);
            for (const machine of [store, other]) machine.tick(now);
            for (const command of commandsOf(step, held, now)) {
              index++;
              for (const machine of [store, other]) {
                machine.apply(command, entry(index, now));
              }
            }
          }
        }
        for (const view of views) {
          while (pull(view));
          expect(Buffer.concat(view.pulled).equals(view.whole)).toBe(true);
        }
        expect(bytesOf(store.snapshot()).equals(bytesOf(other.snapshot()))).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('does not tell how its state came about', () => {
    const grown = kvStateMachine();
    const other = kvStateMachine();
    const put = (store: KvStateMachine, name: string, index: number) =>
      store.apply(encode(operation.set, 0, name, name), entry(index));
    const names = tagged(0, 1000);
    for (const [index, name] of names.entries()) put(grown, name, index + 1);
    grown.apply(encode(operation.remove, 0, ...names.slice(100)), entry(2000));
    for (let index = 99; index >= 0; index--) put(other, names[index]!, index + 1);
    expect(bytesOf(grown.snapshot()).equals(bytesOf(other.snapshot()))).toBe(true);
  });

  it('can be pulled again', () => {
    const view = filled(1000).snapshot();
    expect(bytesOf(view).equals(bytesOf(view))).toBe(true);
  });
});

/** A store with so many keys: every tenth expires, and every hundredth is long. */
function filled(count: number): KvStateMachine {
  const store = kvStateMachine();
  for (let n = 1; n <= count; n++) {
    const value = 'v'.repeat(n % 100 === 0 ? 5000 : 100);
    const flags = n % 10 === 0 ? setFlag.expiresIn : 0;
    const expiry = n % 10 === 0 ? [n] : [];
    const command = encode(operation.set, flags, `key ${n}`, value, ...expiry);
    store.apply(command, entry(n));
  }
  return store;
}

describe('a restore in steps', () => {
  it('takes pieces of any size, each of which may change afterwards', () => {
    const whole = bytesOf(filled(300).snapshot());
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1 }), (sizes) => {
        const store = kvStateMachine();
        const restoring = store.beginRestore();
        for (let from = 0, turn = 0; from < whole.length; turn++) {
          const size = sizes[turn % sizes.length]! + (turn % sizes.length === 0 ? 1 : 0);
          const piece = new Uint8Array(whole.subarray(from, from + size));
          restoring.push(piece);
          piece.fill(0);
          from += size;
        }
        restoring.finish();
        expect(bytesOf(store.snapshot()).equals(whole)).toBe(true);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('replaces nothing before it is finished', () => {
    const store = filled(10);
    const restoring = store.beginRestore();
    for (const slice of filled(500).snapshot()) restoring.push(slice);
    expect(store.counts().keys).toBe(10);
    store.apply(encode(operation.set, 0, 'late', ''), entry(11));
    restoring.finish();
    expect(() => restoring.finish()).toThrow(/finished/);
    expect(store.counts()).toEqual({ keys: 500, expires: 50 });
    expect(store.dueMs()).toBe(11);
  });

  it('leaves the old state where a piece or the end is wrong, whatever is called then', () => {
    const whole = bytesOf(filled(50).snapshot());
    const store = filled(10);
    const cut = store.beginRestore();
    cut.push(whole.subarray(0, -1));
    expect(() => cut.finish()).toThrow(/its end is missing/);
    expect(() => cut.finish()).toThrow(/its end is missing/);
    const foreign = store.beginRestore();
    expect(() => foreign.push(latin1Bytes('\0\0\0\x05other'))).toThrow(/none of this service/);
    expect(() => foreign.push(whole)).toThrow(/none of this service/);
    expect(() => foreign.finish()).toThrow(/none of this service/);
    expect(store.counts().keys).toBe(10);
  });

  it('goes on while earlier views of the old state are pulled', () => {
    const store = filled(2000);
    const expected = bytesOf(store.snapshot());
    const view = store.snapshot()[Symbol.iterator]();
    const pulled = [view.next().value as Uint8Array];
    store.restore(filled(10).snapshot());
    for (let next = view.next(); next.done !== true; next = view.next()) pulled.push(next.value);
    expect(Buffer.concat(pulled).equals(expected)).toBe(true);
  });

  it('refuses a value of a type that this release does not know', () => {
    const store = kvStateMachine();
    store.apply(encode(operation.set, 0, 'a', 'b'), entry(1, 0));
    const bytes = bytesOf(store.snapshot());
    const foreign = Buffer.from(bytes);
    foreign[foreign.length - 2] = 0x2a;
    expect(() => store.restore([foreign])).toThrow(/a value is none that this release knows/);
    const longer = Buffer.concat([bytes, Buffer.from([0])]);
    longer[bytes.length - 'AaVEL$b'.length - 1]!++; // the last byte of the record's length
    expect(() => store.restore([longer])).toThrow(/longer than what it holds/);
    expect(ask(store, operation.get, 0, 'a')).toBe('$b');
  });
});
