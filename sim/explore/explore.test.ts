import { describe, expect, it } from 'vitest';
import { firstEntry } from '../../actors/founding.js';
import { server as shipped } from '../../machines/server.js';
import { defaultSettings } from '../../machines/settings.js';
import { defaultBounds } from './bounds.js';
import { explore } from './explore.js';
import { founded, ServerSteps } from './exploredServer.js';
import { factOfMessage, factsOfHistory, factsOfServer } from './fact.js';
import { Fingerprints, permutationsOf } from './fingerprint.js';
import { noHistory } from './history.js';
import { type World, Worlds } from './worlds.js';

/** Small enough to be seen whole in a moment. */
const small = { newTerms: 1, newEntries: 0, messages: 6 };

const election = [
  'Timeout S1',
  'Receive S1 -> S2 PreVoteRequest',
  'Receive S2 -> S1 PreVoteResponse',
  'Receive S1 -> S2 RequestVoteRequest',
  'Receive S2 -> S1 RequestVoteResponse',
];

/** The facts of a world in text, under whichever renaming that comes first in the alphabet. */
function kindOf(worlds: Worlds, { servers, letters, history }: World): string {
  const { steps, histories, ids } = worlds;
  const facts = [
    ...servers.flatMap((server) => factsOfServer(steps.servers.values[server]!)),
    ...letters
      .map((letter) => steps.letters.values[letter]!)
      .map((one) => factOfMessage(ids[one.to]!, one.message)),
    ...factsOfHistory(histories.values[history]!),
  ];
  const texts = permutationsOf(ids).map((order) => {
    const nameOf = (id: string | undefined) => id && order[ids.indexOf(id)];
    return facts
      .map(({ says, of, and }) => `${says} ${nameOf(of)} ${nameOf(and)}`)
      .sort()
      .join();
  });
  return texts.sort()[0]!;
}

/** Breadth first the plain way: worlds as text, nobody renamed; then how many kinds there are. */
function countPlainly(servers: number, bounds: Partial<typeof defaultBounds>) {
  const ids = ['S1', 'S2', 'S3'].slice(0, servers);
  const steps = new ServerSteps(shipped, defaultSettings, 'instant');
  const fingerprints = new Fingerprints(ids, true);
  const worlds = new Worlds(ids, steps, fingerprints);
  const first = founded(firstEntry(Object.fromEntries(ids.map((id) => [id, '']))));
  const reached = ids.map((id) => ({ server: steps.restart(id, first), sends: [] }));
  const start = worlds.bounded(worlds.worldOf(reached, noHistory), { ...defaultBounds, ...bounds });
  const textOf = ({ servers: parts, letters, history }: World) =>
    JSON.stringify([parts, [...letters].sort((a, b) => a - b), history]);
  const seen = new Map([[textOf(start), start]]);
  for (const world of seen.values()) {
    for (const action of worlds.actionsOf(world)) {
      const successor = worlds.successor(world, action);
      if (!('world' in successor)) continue;
      const text = textOf(successor.world);
      if (!seen.has(text)) seen.set(text, successor.world);
    }
  }
  const kinds = new Set([...seen.values()].map((world) => kindOf(worlds, world)));
  return { worlds: seen.size, kinds: kinds.size };
}

describe('an exploration', () => {
  it('sees every world within its bounds, and each kind of world once', () => {
    const plain = countPlainly(3, { ...small, messages: 4 });
    const bounds = { ...small, messages: 4 };
    const without = explore({ bounds, symmetry: false });
    const within = explore({ bounds });
    expect(without.end).toBe('exhausted');
    expect(without.states).toBe(plain.worlds);
    expect(within.states).toBe(plain.kinds);
    expect(within.states).toBeLessThan(without.states / 4);
  });

  it('sees leaders elected and entries committed, and no law broken', () => {
    const { end, violation, sometimes } = explore({
      servers: 2,
      bounds: { newTerms: 1, messages: 12 },
    });
    expect(violation).toBeUndefined();
    expect(end).toBe('exhausted');
    expect(sometimes['a leader was elected']).toBeGreaterThan(0);
    expect(sometimes['an entry was committed']).toBeGreaterThan(0);
  });

  it('says by which bound it ended, and which of them left worlds out', () => {
    const { end, cuts } = explore({ bounds: small });
    expect(end).toBe('exhausted');
    expect(Object.keys(cuts).sort()).toEqual(['messages', 'newEntries', 'newTerms']);
    expect(explore({ bounds: { ...small, depth: 3 } })).toMatchObject({ end: 'depth', depth: 3 });
    expect(explore({ bounds: { states: 100 } }).end).toBe('states');
    let nowMs = 0;
    const slow = explore({ bounds: { milliseconds: 5 }, nowMs: () => nowMs++ });
    expect(slow.end).toBe('milliseconds');
    expect(slow.statesPerSecond).toBeGreaterThan(0);
  });

  it('is the same each time', () => {
    expect(explore({ bounds: small })).toEqual(explore({ bounds: small }));
  });

  it('shows how a law is broken by as few actions as it can be, in lines that lead there', () => {
    const laws = [
      {
        name: 'No Leader',
        sentence: 'Nobody leads.',
        broken: ({ leaders }: { leaders: readonly { id: string }[] }) =>
          leaders.length === 0 ? undefined : `${leaders[0]!.id} leads`,
      },
    ];
    const { end, violation, depth } = explore({ laws });
    expect(end).toBe('broken');
    expect(violation).toMatchObject({ law: 'No Leader' });
    expect(depth).toBe(5);
    const names = violation!.trace.map((line) => line.replace(/S\d/gu, 'S').split(',')[0]);
    expect(names).toEqual([
      'Timeout S',
      'Receive S -> S PreVoteRequest term 2',
      'Receive S -> S PreVoteResponse term 1',
      'Receive S -> S RequestVoteRequest term 2',
      'Receive S -> S RequestVoteResponse term 2',
    ]);
    const again = explore({ laws, prefix: violation!.trace });
    expect(again).toMatchObject({ end: 'broken', depth: 0 });
  });
});

describe('a prefix', () => {
  it('leads to where the exploration begins, and its spending does not count', () => {
    const prefix = [...election, 'Restart S3', 'DropMessages'];
    const first = explore({ prefix, bounds: { depth: 0 } });
    expect(first).toMatchObject({ end: 'depth', states: 1, depth: 0 });
    const { states } = explore({ prefix, bounds: { depth: 1, newTerms: 5, crashes: 1 } });
    // Two may time out; the leader may call, and each may crash; only S1 can be told apart by now,
    // and S2, which knows the term.
    expect(states).toBe(1 + 2 + 1 + 2);
  });

  it('may be a trace as it is printed, with comments', () => {
    const lines = ['# Figure 2', '', ...election.map((line, i) => ` ${i + 1} ${line} # so`)];
    const bounds = { depth: 2 };
    expect(explore({ prefix: lines, bounds })).toEqual(explore({ prefix: election, bounds }));
  });

  it('is refused at the line that cannot happen', () => {
    expect(() => explore({ prefix: ['Timeout S1', 'Receive S2 -> S1'] })).toThrow(
      'line 2 of the prefix, "Receive S2 -> S1": nothing like it can happen; what can: Timeout S1;',
    );
  });
});

describe('a slow disk', () => {
  it('lets nothing be said that is not saved', () => {
    const prefix = ['Timeout S1', 'Receive S1 -> S2 PreVoteRequest', 'Receive S2 -> S1'];
    expect(() =>
      explore({ disk: 'slow', prefix: [...prefix, 'Receive S1 -> S2 RequestVoteRequest'] }),
    ).toThrow('nothing like it can happen');
    const saved = [...prefix, 'Persisted S1', 'Receive S1 -> S2 RequestVoteRequest'];
    expect(explore({ disk: 'slow', prefix: saved, bounds: { depth: 0 } }).states).toBe(1);
  });

  it('loses what it has not saved with a crash', () => {
    const prefix = ['Timeout S1', 'Receive S1 -> S2 PreVoteRequest', 'Receive S2 -> S1'];
    const again = [...prefix, 'Restart S1', 'DropMessages', ...prefix];
    const retried = [...again, 'Persisted S1', 'Receive S1 -> S2 RequestVoteRequest term 2'];
    expect(explore({ disk: 'slow', prefix: retried, bounds: { depth: 0 } }).states).toBe(1);
  });
});
