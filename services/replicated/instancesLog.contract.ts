/** For tests: the instances of one server, and a log that feeds them. */
import type { InstanceAnswer } from './instanceCommand.js';
import { Instances } from './instances.js';
import { replicate } from './replicate.js';
import type { Update } from './watchable.js';

/** Every command is an entry; `at` is log time, ms. */
export class InstancesLog {
  readonly instances: Instances;
  #index = 0;

  constructor(machine: object, options: object = {}) {
    const make = replicate({ m: machine as never }, { finalKeptMs: 100, traps: true, ...options });
    this.instances = make('s1') as unknown as Instances;
  }

  send(event: { type: string }, at = 0, key = 'k'): InstanceAnswer {
    const index = ++this.#index;
    const entry = { index, term: 1, at, random: () => 0 };
    return this.instances.apply({ machine: 'm', key, event }, entry);
  }

  state(key = 'k') {
    return this.instances.query({ machine: 'm', key })?.snapshot;
  }

  watch(key = 'k'): Update[] {
    const seen: Update[] = [];
    this.instances.watch('m', key, (update) => seen.push(update));
    return seen;
  }
}
