/**
 * The configuration is a function of the log (§6: a server "always uses the latest configuration in
 * its log"), or of the snapshot before it: never one that was overwritten, never an older one.
 */
import type { Step } from '../actors/serverActor.js';
import {
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
} from '../machines/configuration.js';
import type { ServerContext } from '../machines/context.js';
import type { Persist } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const configurationFollowsTheLog: Law = {
  name: 'Configuration Follows the Log',
  sentence: 'A server uses the latest configuration in its log, or else that of its snapshot.',
  watch: () => new ConfigurationWatch(),
};

class ConfigurationWatch implements Watch {
  readonly sometimes = { 'a server used the configuration of its snapshot': 0 };
  /** Where each log holds configurations, in ascending order. */
  readonly #places = new Map<ServerId, number[]>();

  started(server: ServerId, { after }: Step): string | undefined {
    const { log } = after.context;
    const places: number[] = [];
    for (let index = log.firstIndex; index <= log.lastIndex; index++) {
      if (log.entryAt(index)!.kind === 'configuration') places.push(index);
    }
    this.#places.set(server, places);
    return this.#agrees(server, after.context, places);
  }

  step(server: ServerId, { before, after, effects }: Step): string | undefined {
    const was = before!.context;
    const is = after.context;
    if (was.log === is.log && was.configuration === is.configuration) return undefined;
    const places = this.#places.get(server) ?? [];
    this.#places.set(server, places);
    let isMoved = false;
    for (const effect of effects) {
      if (effect.type === 'persist' && changesPlaces(places, effect)) isMoved = true;
    }
    const latest = places.at(-1);
    while (places.length > 0 && places[0]! <= is.log.base.index) places.shift();
    // It may have gone with the entries that a snapshot covers: that one has it then.
    const isCovered = places.at(-1) !== latest || was.snapshot !== is.snapshot;
    if (!isMoved && !isCovered && was.configuration === is.configuration) return undefined;
    return this.#agrees(server, is, places);
  }

  #agrees(server: ServerId, context: ServerContext, places: readonly number[]) {
    const { log, snapshot, configuration } = context;
    const latest = places.at(-1);
    let due = snapshot.configuration;
    if (latest === undefined) this.sometimes['a server used the configuration of its snapshot']++;
    else due = decodeConfiguration(latest, log.entryAt(latest)!.bytes);
    if (configuration.index === due.index && isSame(configuration, due)) return undefined;
    const where = latest === undefined ? 'of its snapshot' : 'at the end of its log';
    return `${server} uses the configuration of entry ${configuration.index}, not that ${where}`;
  }
}

/** Notes a write. Answers whether it put a configuration into the log, or took one out. */
function changesPlaces(places: number[], { base, entries }: Persist): boolean {
  const before = places.length;
  if (base !== undefined) places.length = 0;
  const first = entries[0]?.index ?? Number.POSITIVE_INFINITY;
  while (places.length > 0 && places.at(-1)! >= first) places.pop();
  const isTaken = places.length < before;
  const left = places.length;
  for (const { kind, index } of entries) if (kind === 'configuration') places.push(index);
  return isTaken || places.length > left;
}

function isSame(one: Configuration, other: Configuration): boolean {
  const [a, b] = [one, other].map(encodeConfiguration);
  return a!.length === b!.length && a!.every((byte, at) => byte === b![at]);
}
