/** Tests of facts: what they leave out makes no difference. */
import { describe, expect, it } from 'vitest';
import { firstEntry } from '../../actors/founding.js';
import { server as shipped } from '../../machines/server.js';
import { defaultSettings } from '../../machines/settings.js';
import { defaultBounds } from './bounds.js';
import { type ExploredServer, founded, type Reached, ServerSteps } from './exploredServer.js';
import { type Fact, factOfMessage, factsOfServer } from './fact.js';
import { Fingerprints } from './fingerprint.js';
import { noHistory } from './history.js';
import type { Letter } from './knownSteps.js';
import { Worlds } from './worlds.js';

const ids = ['S1', 'S2', 'S3'];
const walks = 50;
const stepsOfWalk = 120;

/** Every server state that random walks met, those together that no fact tells apart. */
function statesMet(disk: 'instant' | 'slow') {
  const steps = new ServerSteps(shipped, defaultSettings, disk);
  const fingerprints = new Fingerprints(ids, true);
  const worlds = new Worlds(ids, steps, fingerprints);
  const { servers } = worlds.steps;
  const met = new Map<number, Map<string, ExploredServer>>();
  const numberOf = servers.numberOf.bind(servers);
  servers.numberOf = (server) => {
    const number = numberOf(server);
    const same = met.get(number) ?? new Map<string, ExploredServer>();
    if (same.size < 4) met.set(number, same.set(JSON.stringify(server), server));
    return number;
  };
  const first = founded(firstEntry(Object.fromEntries(ids.map((id) => [id, '']))));
  const reached = ids.map((id) => ({ server: steps.restart(id, first), sends: [] }));
  const bounds = { ...defaultBounds, requests: 3, crashes: 2, stepDowns: 1, messages: 12 };
  const start = worlds.bounded(worlds.worldOf(reached, noHistory), bounds);
  for (let walk = 0, chosen = 1; walk < walks; walk++) {
    let world = start;
    for (let step = 0; step < stepsOfWalk; step++) {
      const actions = worlds.actionsOf(world);
      chosen = (Math.imul(chosen, 1_103_515_245) + 12_345) >>> 0;
      const successor = worlds.successor(world, actions[(chosen >>> 8) % actions.length]!);
      if ('world' in successor) ({ world } = successor);
    }
  }
  return { steps, met, letters: worlds.steps.letters.values };
}

function textOf(facts: readonly Fact[]): string {
  return JSON.stringify(facts.map((fact) => JSON.stringify(fact)).sort());
}

/** What comes of a step, in text; also where it breaks a law. */
function outcomeOf(step: () => Reached): string {
  try {
    const { server, sends } = step();
    const sent = sends.map(({ to, message }) => factOfMessage(to, message));
    return textOf([...factsOfServer(server), ...sent]);
  } catch (error) {
    return String(error);
  }
}

/** Everything that can happen to a server, as what would come of it. */
function outcomes(steps: ServerSteps, server: ExploredServer, letters: readonly Letter[]) {
  const { id, currentTerm } = server.snapshot.context;
  const news = letters.filter(({ to, message }) => ids[to] === id && message.term >= currentTerm);
  const every = Math.ceil(news.length / 15);
  const heard = news.filter((_, i) => i % every === 0).map(({ message }) => message);
  const restart = () => ({ server: steps.restart(id, server.durable), sends: [] });
  const timers = ['timer.election', 'timer.heartbeat'] as const;
  return [
    ...heard.map((message) => outcomeOf(() => steps.take(server, message))),
    ...timers.map((type) => outcomeOf(() => steps.take(server, { type, atMs: 0 }))),
    outcomeOf(restart),
    ...(server.writes.length === 0 ? [] : [outcomeOf(() => steps.persisted(server))]),
  ];
}

describe('servers that no fact tells apart', () => {
  for (const disk of ['instant', 'slow'] as const) {
    it(`do the same, whatever happens to them (${disk} disk)`, () => {
      const { steps, met, letters } = statesMet(disk);
      let compared = 0;
      for (const same of met.values()) {
        const [first, ...others] = same.values();
        if (others.length === 0) continue;
        const expected = outcomes(steps, first!, letters);
        for (const other of others) expect(outcomes(steps, other, letters)).toEqual(expected);
        compared += others.length;
      }
      expect(compared).toBeGreaterThan(50);
    });
  }
});
