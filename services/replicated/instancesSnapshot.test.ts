import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, createMachine, raise } from 'xstate';
import { Instances } from './instances.js';
import { replicate } from './replicate.js';

const machine = createMachine(
  {
    context: { n: 0, at: new Date(0), seen: new Set() },
    initial: 'on',
    states: {
      on: {
        initial: 'a',
        states: {
          a: { on: { go: 'b' } },
          b: { on: { go: 'a' }, after: { 30: 'a' } },
          h: { type: 'history' },
        },
        on: { add: { actions: 'add' }, pause: 'paused', arm: { actions: 'arm' }, end: 'ended' },
      },
      paused: { on: { pause: 'on.h' } },
      ended: { type: 'final' },
    },
    output: ({ context }: any) => context.n,
  } as never,
  {
    actions: {
      add: assign(({ context }: any) => ({ n: context.n + 1, seen: context.seen.add(context.n) })),
      arm: raise({ type: 'add' }, { delay: 20 }),
    },
  } as never,
);

const replicated = replicate({ order: machine }, { finalKeptMs: 40 });
const make = () => replicated('s1') as unknown as Instances;

const step = fc.record({
  key: fc.constantFrom('1', '2', 'é\n\t', '/'),
  type: fc.constantFrom('go', 'add', 'pause', 'arm', 'end', 'tick'),
  pauseMs: fc.nat(30),
});

function play(instances: Instances, steps: readonly { key: string; type: string; at: number }[]) {
  steps.forEach(({ key, type, at }, index) => {
    if (type === 'tick') return instances.tick(at);
    try {
      instances.apply({ machine: 'order', key, event: { type } }, { index, term: 1, at } as never);
    } catch (error) {
      expect((error as Error).message).toContain('is final');
    }
  });
}

function bytesOf(instances: Instances): Buffer {
  return Buffer.concat([...instances.snapshot()]);
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}

describe('a snapshot of instances', () => {
  it('is the same, to the byte, where the server began from another snapshot', () => {
    const steps = fc.array(step, { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(steps, fc.nat(60), fc.integer({ min: 1, max: 99 }), (drawn, half, size) => {
        let at = 1_000;
        const timed = drawn.map(({ pauseMs, ...rest }) => ({ ...rest, at: (at += pauseMs) }));
        const [one, other] = [make(), make()];
        play(one, timed.slice(0, half));
        other.restore(cut(bytesOf(one), size));
        expect(bytesOf(other)).toEqual(bytesOf(one));
        expect(other.dueMs()).toBe(one.dueMs());
        play(one, timed.slice(half));
        play(other, timed.slice(half));
        expect(bytesOf(other).toString()).toBe(bytesOf(one).toString());
        expect(other.digest()).toBe(one.digest());
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('is frozen: what is applied while it is pulled is not in it', () => {
    const instances = make();
    play(instances, [{ key: '1', type: 'add', at: 1 }]);
    const before = bytesOf(instances);
    const view = instances.snapshot();
    const steps = ['add', 'arm', 'end'].map((type, at) => ({ key: '1', type, at }));
    play(instances, [...steps, { key: '2', type: 'add', at: 3 }]);
    expect(Buffer.concat([...view])).toEqual(before);
    expect(Buffer.concat([...view])).toEqual(before);
  });

  it('comes in slices of about 64 KiB', () => {
    const instances = make();
    const steps = Array.from({ length: 3_000 }, (_, n) => ({ key: `${n}`, type: 'add', at: 1 }));
    play(instances, steps);
    const slices = [...instances.snapshot()];
    expect(slices.length).toBeGreaterThan(3);
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(66 * 1024);
    const other = make();
    other.restore(slices);
    expect(other.size).toEqual({ instances: 3_000, timers: 0 });
    expect(bytesOf(other).equals(Buffer.concat(slices))).toBe(true);
  });

  it('has all instances in the same order, whichever snapshots were taken on the way', () => {
    const [one, other] = [make(), make()];
    const keys = Array.from({ length: 6_000 }, (_, n) => `${n}`);
    const everyThird = (type: string, at: number) =>
      keys.filter((_, n) => n % 3 === 0).map((key) => ({ key, type, at }));
    play(
      one,
      keys.map((key) => ({ key, type: 'add', at: 1 })),
    );
    other.restore(one.snapshot());
    const ticks = Array.from({ length: 20 }, () => ({ key: '', type: 'tick', at: 50 }));
    const rest = [...everyThird('end', 2), ...ticks, ...everyThird('add', 60)];
    play(one, rest);
    play(other, rest);
    expect(one.size).toEqual({ instances: 6_000, timers: 0 });
    expect(bytesOf(one).equals(bytesOf(other))).toBe(true);
  });
});

describe('a snapshot that is not whole', () => {
  const source = make();
  play(source, [
    { key: '1', type: 'add', at: 1 },
    { key: '1', type: 'arm', at: 1 },
    { key: '2', type: 'add', at: 1 },
  ]);
  const text = bytesOf(source).toString();
  const lines = text.split('\n');

  it.each([
    ['nothing', '', 'its end is missing'],
    ['without its end', lines.slice(0, 3).join('\n'), 'its end is missing'],
    ['cut within its end', text.slice(0, -2), 'its end is missing'],
    ['with more after its end', `${text}x\n`, 'something follows its end'],
    ['without an instance', [lines[0], ...lines.slice(2)].join('\n'), '1 instances where 2 were'],
    ['with a changed state', text.replace('"n":1', '"n":2'), 'its state digest is'],
    ['with a changed timer', text.replace('"dueMs":21', '"dueMs":22'), 'its state digest is'],
    ['with a timer that is none', text.replace('"dueMs":21', '"dueMs":"x"'), 'is no instance'],
    ['of another machine', text.replaceAll('order/', 'lamp/'), 'instances of lamp, which this'],
    [
      'of a newer format',
      text.replace('"formatVersion":1', '"formatVersion":2'),
      'a newer release',
    ],
    ['of something else', '{"format":"kv"}\n', 'it is none of instances'],
    ['of no JSON', 'KV\n', 'KV is no JSON'],
    ['that counts wrong', text.replace('"size":2', '"size":-2'), 'its first line counts wrong'],
    ['with a line that is none', `${lines[0]}\n{"a":1}\tx\n`, 'is no instance'],
  ])('%s is refused, and the state stays as it was', (_, bad, message) => {
    const instances = make();
    play(instances, [{ key: '3', type: 'add', at: 1 }]);
    const before = bytesOf(instances);
    expect(() => instances.restore([new TextEncoder().encode(bad)])).toThrow(message);
    expect(bytesOf(instances)).toEqual(before);
  });

  it('stays refused', () => {
    const restoring = make().beginRestore();
    expect(() => restoring.push(new TextEncoder().encode('KV\n'))).toThrow('KV is no JSON');
    expect(() => restoring.push(new Uint8Array(0))).toThrow('KV is no JSON');
    expect(() => restoring.finish()).toThrow('KV is no JSON');
  });
});

describe('whoever watches', () => {
  it('is told what a snapshot has brought, if it is news', () => {
    const source = make();
    play(source, [{ key: '1', type: 'add', at: 1 }]);
    const instances = make();
    const versions: (number | undefined)[][] = [];
    instances.watch('order', '1', ({ version, state }) =>
      versions.push([version, (state?.context as { n?: number } | undefined)?.n]),
    );
    instances.restore(source.snapshot());
    expect(versions).toEqual([
      [0, undefined],
      [1, 1],
    ]);
  });
});
