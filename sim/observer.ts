/**
 * What is seen of a run from outside: every step goes to the laws, into the digest, and to whoever
 * traces.
 */
import type { Applied, Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { InvariantBroken } from '../machines/invariant.js';
import { Digest } from './digest.js';
import type { ClientHappening, Law, Violation, Watch } from './law.js';
import type { Operation } from './run.js';
import type { Tracer } from './tracer.js';
import type { VirtualClock } from './virtualClock.js';

/** A server as far as observers are concerned. */
interface Observed {
  readonly number: number;
  readonly id: ServerId;
}

/** A law at work. */
interface Watching {
  readonly law: Law;
  readonly watch: Watch;
}

/** Nothing that a simulated fault does to a disk may keep a server from starting. */
const recovery = {
  name: 'Recovery',
  sentence:
    'A server that was killed starts again, with everything that its disk had synced; one whose ' +
    'folder is not its own does not.',
};

export class Observer {
  readonly violations: Violation[] = [];
  readonly #clock: VirtualClock;
  readonly #watches: readonly Watching[];
  /** Those whom steps and applied entries concern: most of what happens. */
  readonly #steppers: readonly Watching[];
  readonly #appliers: readonly Watching[];
  readonly #tracer: Tracer;
  readonly #digest = new Digest();
  #events = 0;

  constructor(clock: VirtualClock, laws: readonly Law[], tracer: Tracer) {
    this.#clock = clock;
    this.#watches = laws.map((law) => ({ law, watch: law.watch() }));
    this.#steppers = this.#watches.filter(({ watch }) => watch.step !== undefined);
    this.#appliers = this.#watches.filter(({ watch }) => watch.applied !== undefined);
    this.#tracer = tracer;
  }

  /** Messages, timers and disk completions that were handed to a server. */
  get events(): number {
    return this.#events;
  }

  get digest(): string {
    return this.#digest.toString();
  }

  /** How often those things happened without which the laws were not tried. */
  get sometimes(): Record<string, number> {
    return Object.assign({}, ...this.#watches.map(({ watch }) => watch.sometimes));
  }

  stepped(server: Observed, step: Step): void {
    const { event } = step;
    if (event !== undefined && event.type !== 'ClientRequest' && event.type !== 'ReadRequest') {
      this.#events++;
    }
    this.#digestStep(server, step);
    this.#tracer.stepped(server.id, step);
    if (event === undefined) return this.ask(server, (watch) => watch.started?.(server.id, step));
    for (const { law, watch } of this.#steppers) {
      this.#hold(law, server, () => watch.step!(server.id, step));
    }
  }

  applied(server: Observed, applied: Applied): void {
    this.#digest.add(applied.entry.index);
    this.#digest.addBytes(applied.entry.bytes);
    for (const { law, watch } of this.#appliers) {
      this.#hold(law, server, () => watch.applied!(server.id, applied));
    }
  }

  /** The state machine of a server is given the command of this entry. */
  executed(server: Observed, { index, term }: { readonly index: number; readonly term: number }) {
    this.ask(server, (watch) => watch.executed?.(server.id, index, term));
  }

  /** A client did or heard something. */
  client(happening: ClientHappening): void {
    const { client: number } = happening;
    this.ask({ number, id: `client ${number}` }, (watch) => watch.client?.(happening));
  }

  /** The servers were left alone, and went on after so many ms, or did not. */
  leftAlone(tookMs: number | undefined): void {
    this.ask({ number: 0, id: 'everybody' }, (watch) => watch.leftAlone?.(tookMs));
  }

  /** All is over and time was left: whose requests still wait. */
  stillWaiting(operations: readonly Operation[]): void {
    this.ask({ number: 0, id: 'everybody' }, (watch) => watch.stillWaiting?.(operations));
  }

  /** The run is over, and no law was broken: this is all that clients asked for. */
  ended(history: readonly Operation[]): void {
    this.ask({ number: 0, id: 'everybody' }, (watch) => watch.ended?.(history));
  }

  /** Somebody has harmed the folder of a server, or put another in its place. */
  folderReplaced({ id }: Observed): void {
    for (const { watch } of this.#watches) watch.folderReplaced?.(id);
  }

  /** A server that starts has cut so many bytes of a torn batch off the end of its log. */
  tornTailCut({ id }: Observed, bytes: number): void {
    for (const { watch } of this.#watches) watch.tornTailCut?.(id, bytes);
  }

  /** Holds every law against something that happened at a server. */
  ask(server: Observed, about: (watch: Watch) => string | undefined): void {
    for (const { law, watch } of this.#watches) {
      this.#hold(law, server, () => about(watch));
    }
  }

  /** A server stopped by itself, or did not start. */
  failed(server: Observed, error: Error): void {
    if (!(error instanceof InvariantBroken)) return this.#broken(recovery, server, error.message);
    const asserted = { name: error.law, sentence: 'A server asserted it of itself.' };
    this.#broken(asserted, server, error.message);
  }

  /** A law that throws is broken: nobody could say that it held. */
  #hold(law: Law, server: Observed, asked: () => string | undefined): void {
    let detail: string | undefined;
    try {
      detail = asked();
    } catch (error) {
      detail = `the law threw: ${(error as Error).stack ?? String(error)}`;
    }
    if (detail !== undefined) this.#broken(law, server, detail);
  }

  #digestStep({ number }: Observed, { event, after }: Step): void {
    const { currentTerm, log, commitIndex } = after.context;
    const digest = this.#digest;
    digest.add(this.#clock.nowMs);
    digest.add(number);
    digest.add(event === undefined ? 0 : event.type.length * 31 + event.type.charCodeAt(8));
    digest.add(currentTerm);
    digest.add(log.lastIndex);
    digest.add(log.lastTerm);
    digest.add(commitIndex);
  }

  #broken({ name, sentence }: Pick<Law, 'name' | 'sentence'>, server: Observed, detail: string) {
    const { nowMs: at } = this.#clock;
    this.violations.push({ law: name, sentence, detail, at, server: server.id });
  }
}
