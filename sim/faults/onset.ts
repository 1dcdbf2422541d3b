/** A fault at the moment when it begins: where it strikes, and what it may touch there. */
import type { Fault } from '../fault.js';
import type { Host } from '../host.js';
import type { VirtualClock } from '../virtualClock.js';
import type { Weather } from '../weather.js';

export interface Onset<F extends Fault = Fault> {
  readonly fault: F;
  /** How long it will last, virtual ms; infinite where nobody knows. */
  readonly dur: number;
  /** Which fault of the run it is: chance is keyed by it. */
  readonly number: number;
  /** The machine that it befalls; undefined where it is about none. */
  readonly host: Host<any, any> | undefined;
  readonly hosts: readonly Host<any, any>[];
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly weather: Weather;
  /** Called when it has changed what some server does next. */
  readonly mattered: () => void;
}

/** How a fault ends. */
export type Heal = () => void;

/** What has to come of a fault. */
export type Expected =
  /** No law breaks, and a majority goes on. */
  | 'masked'
  /** The server notices: it stops, or is refused. */
  | 'detected'
  /** It is beyond what Raft survives: laws may break. */
  | 'outside';

/** What a kind of fault is and does. */
export interface FaultRules<F extends Fault = Fault> {
  /** Its rows in the catalogue of faults. */
  readonly ids: readonly string[];
  readonly expected: Expected;
  /** When it mattered, in a few words. */
  readonly mattersWhen: string;
  /**
   * Whose durable state it destroys, or takes from its server, if it does: it strikes only where a
   * good copy is left to a majority.
   */
  ruins?(strike: Pick<Onset<F>, 'fault' | 'host' | 'hosts'>): readonly Host<any, any>[];
  begin(onset: Onset<F>): Heal;
}

/** Of what is over as soon as it has begun. */
export function nothingToHeal(): void {}
