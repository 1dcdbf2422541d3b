import { describe, expect, it } from 'vitest';
import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  log,
  not,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { examine } from './examine.js';
import { NotReplicable } from './notReplicable.js';
import { replicate } from './replicate.js';

const work = fromPromise(async () => 1);

function found(config: object, implementations: object = {}) {
  const machine = createMachine({ id: 'm', ...config } as never, implementations as never);
  return examine('order', machine).map(({ state, reason }) => `${state}: ${reason}`);
}

describe('the examination of a machine', () => {
  it('finds nothing in what every server does alike', () => {
    const machine = setup({
      guards: { yes: () => true, both: and(['yes', not('yes')]) },
      delays: { later: () => 5 },
      actions: {
        count: assign({ n: 1 }),
        tell: emit({ type: 'told' }),
        some: enqueueActions(({ enqueue }) => enqueue.emit({ type: 'told' })),
      },
    }).createMachine({
      context: { n: 0, list: new Map([[1, new Date(0)]]) },
      initial: 'a',
      entry: ['count', { type: 'tell' }],
      states: {
        a: {
          after: { later: 'b', 10: 'b' },
          exit: cancel('x'),
          on: { go: { guard: 'both', target: 'b', actions: raise({ type: 'x' }, { delay: 5 }) } },
        },
        b: { always: { guard: not('yes'), target: 'a' }, entry: ['some', raise({ type: 'y' })] },
      },
    });
    expect(examine('order', machine)).toEqual([]);
    expect(() => replicate({ order: machine })).not.toThrow();
  });

  it.each([
    ['invoke', { invoke: { id: 'job', src: work } }, 'm: invokes'],
    ['sendTo', { entry: sendTo('x', { type: 'y' }) }, 'm, entry: an event to an actor'],
    ['sendParent', { exit: sendParent({ type: 'y' }) }, 'm, exit: an event to an actor'],
    ['spawnChild', { on: { go: { actions: spawnChild(work) } } }, 'm, on go: a child actor'],
    ['stopChild', { entry: stopChild('x') }, 'm, entry: there are no child actors'],
    ['log', { entry: log('x') }, 'm, entry: every server would write it'],
    ['a function', { entry: () => {} }, 'm, entry: action entry is a plain function'],
    ['an action without a name', { entry: [() => {}] }, 'an inline action is a plain function'],
    ['a missing action', { entry: 'pay' }, 'm, entry: action pay has no implementation'],
    ['a missing guard', { on: { go: { guard: 'ok' } } }, 'm, on go: guard ok has no'],
    ['a missing guard within', { always: { guard: not('ok') } }, 'm, always: guard ok has no'],
    ['a missing delay', { after: { soon: {} } }, 'delay soon has no implementation'],
    [
      'a missing delay of an event',
      { entry: raise({ type: 'x' }, { delay: 'soon' as never }) },
      'm, entry: delay soon has no implementation',
    ],
    ['a context that cannot be kept', { context: { run: () => 1 } }, 'm: context.run: a function'],
    [
      'the action of an initial state',
      { initial: { target: 'a', actions: 'pay' }, states: { a: {} } },
      'm, initial: action pay',
    ],
    ['an inner state', { initial: 'a', states: { a: { entry: 'pay' } } }, 'm.a, entry: action pay'],
    ['the end of a state', { onDone: { actions: 'pay' } }, 'xstate.done.state.m: action pay'],
  ])('finds %s', (_, config, expected) => {
    const findings = found(config);
    expect(findings.join('\n')).toContain(expected);
  });

  it('finds a plain function under a name, with what is to be done instead', () => {
    const machine = createMachine({ id: 'm', entry: 'mail' }, {
      actions: { mail: () => {} },
    } as never);
    const [finding] = examine('order', machine);
    expect(finding?.reason).toContain('action mail is a plain function');
    expect(finding?.remedy).toContain('emit() an event');
  });

  it('refuses all machines at once, with a line for each finding', () => {
    const one = createMachine({ id: 'one', entry: 'x', exit: 'y' });
    const other = createMachine({ id: 'other', invoke: { src: work } });
    const refusal = (() => {
      try {
        return replicate({ one, other });
      } catch (error) {
        return error as NotReplicable;
      }
    })() as NotReplicable;
    expect(refusal).toBeInstanceOf(NotReplicable);
    expect(refusal.code).toBe('RAFT_NOT_REPLICABLE');
    expect(refusal.findings.map(({ machine }) => machine)).toEqual(['one', 'one', 'other']);
    expect(refusal.message.split('\n')).toHaveLength(4);
    expect(refusal.message).toContain('- machine one, one, entry: action x has no implementation');
  });
});
