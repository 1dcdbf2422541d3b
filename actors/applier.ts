/**
 * Feeds the state machine: committed entries, in order, each exactly once (State Machine Safety,
 * Figure 3), and each command of a session once however often it is in the log (§8). Long stretches
 * are applied in slices, so that a server that catches up still hears its leader.
 *
 * What it holds is all that a snapshot has to hold: the state, the sessions, the configuration and
 * the time of the log at the last applied entry.
 */
import {
  type Configuration,
  decodeConfiguration,
  noConfiguration,
} from '../machines/configuration.js';
import type { Entry } from '../machines/entry.js';
import { invariant } from '../machines/invariant.js';
import { type Log, type LogBase, logStart } from '../machines/log.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import { entryHeaderBytes } from './entryFormat.js';
import type { EntryOutcome } from './outcome.js';
import { type SessionLimits, Sessions } from './sessions.js';
import type { SnapshotContent, SnapshotHead } from './snapshotFormat.js';
import type { AppliedEntry } from './stateMachine.js';

/** At most so many entries are applied before the event loop gets its turn, */
const entriesPerTurnMax = 4_096;
/** and for about so long, ms, by a look at the clock every so many entries. */
const turnMsMax = 4;
const entriesPerLook = 64;

/** About what an entry takes in memory besides its bytes. */
const entryOverheadBytes = entryHeaderBytes + 75;

/** How much was applied: entries, and about the bytes that they take in memory. */
export interface AppliedSize {
  readonly entries: number;
  readonly bytes: number;
}

export interface ApplierOptions {
  readonly stateMachine: BytesStateMachine;
  /** What the state machine answers, as bytes: remembered for sessions. */
  readonly encodeValue: (value: unknown) => Uint8Array;
  readonly applied: (entry: Entry, outcome: EntryOutcome) => void;
  readonly group: number;
  readonly sessionLimits?: Partial<SessionLimits> | undefined;
  readonly monotonicMs: () => number;
}

const encoder = new TextEncoder();

export class Applier {
  readonly #options: ApplierOptions;
  #last: LogBase = logStart;
  #configuration: Configuration = noConfiguration;
  #sessions: Sessions;
  /** Since the last snapshot that is in place. */
  #entriesSince = 0;
  #bytesSince = 0;

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#sessions = new Sessions([], options.sessionLimits);
  }

  /** `lastApplied` of Figure 2. */
  get lastApplied(): number {
    return this.#last.index;
  }

  /** Log time: the stamp of the last applied entry, ms since 1970. */
  get logTimeMs(): number {
    return this.#last.stampMs;
  }

  /** Sessions that are open. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** What was applied since the last snapshot that is in place. */
  get since(): AppliedSize {
    return { entries: this.#entriesSince, bytes: this.#bytesSince };
  }

  /** A snapshot is in place that was frozen when so much was applied. */
  covered({ entries, bytes }: AppliedSize): void {
    this.#entriesSince = Math.max(0, this.#entriesSince - entries);
    this.#bytesSince = Math.max(0, this.#bytesSince - bytes);
  }

  /** Applies up to `commitIndex`, or a slice of it. Answers whether more is left. */
  apply(log: Log, commitIndex: number): boolean {
    const first = this.#last.index + 1;
    const end = Math.min(commitIndex, this.#last.index + entriesPerTurnMax);
    const untilMs = this.#options.monotonicMs() + turnMsMax;
    for (let index = first; index <= end; index++) {
      const isLook = (index - first) % entriesPerLook === entriesPerLook - 1;
      if (isLook && this.#options.monotonicMs() > untilMs) return true;
      const entry = log.entryAt(index);
      invariant(entry !== undefined, 'State Machine Safety', `entry ${index} is not in the log`);
      this.#last = entry;
      this.#entriesSince++;
      this.#bytesSince += entry.bytes.length + entryOverheadBytes;
      this.#options.applied(entry, this.#applyOne(entry));
    }
    return end < commitIndex;
  }

  /** The state as it is now, in constant time. */
  freeze(): SnapshotContent {
    const { index, term, stampMs } = this.#last;
    return {
      group: this.#options.group,
      base: { index, term, stampMs },
      configuration: this.#configuration,
      sessions: this.#sessions.freeze(),
      state: this.#options.stateMachine.snapshot(),
    };
  }

  /** The state machine's state was replaced by that of a snapshot. */
  become({ base, configuration, sessions }: SnapshotHead): void {
    invariant(
      base.index >= this.#last.index,
      'State Machine Safety',
      'a snapshot takes state back',
    );
    this.#last = base;
    this.#configuration = configuration;
    this.#sessions = new Sessions(sessions, this.#options.sessionLimits);
    this.#entriesSince = 0;
    this.#bytesSince = 0;
  }

  #applyOne(entry: Entry): EntryOutcome {
    switch (entry.kind) {
      case 'command':
        return entry.sessionId === 0 ? this.#applyCommand(entry) : this.#applyOnce(entry);
      case 'openSession':
        this.#sessions.open(entry);
        break;
      case 'closeSession':
        this.#sessions.close(entry);
        break;
      case 'configuration':
        this.#configuration = decodeConfiguration(entry.index, entry.bytes);
        break;
      default:
    }
    this.#options.stateMachine.tick?.(entry.stampMs);
    return { type: 'done', index: entry.index, value: undefined };
  }

  /** What a state machine throws is an answer, not a failure of the server. */
  #applyCommand(entry: Entry): EntryOutcome {
    const { index } = entry;
    try {
      const value = this.#options.stateMachine.apply(entry.bytes, new EntryView(entry));
      return { type: 'done', index, value };
    } catch (error) {
      return { type: 'threw', index, error };
    }
  }

  /** A command of a session: applied the first time, and answered alike ever after. */
  #applyOnce(entry: Entry): EntryOutcome {
    const admission = this.#sessions.admit(entry);
    if (admission.type !== 'fresh') this.#options.stateMachine.tick?.(entry.stampMs);
    switch (admission.type) {
      case 'fresh':
        return this.#applyFresh(entry);
      case 'answered':
        return admission;
      case 'expired':
        return { type: 'expired', reason: `there is no session ${entry.sessionId} any more` };
      case 'forgotten':
        return { type: 'unknown', reason: 'its client has said that it waits for it no longer' };
      default:
        return { type: 'notDone', reason: 'its session has too many requests in flight' };
    }
  }

  #applyFresh(entry: Entry): EntryOutcome {
    const outcome = this.#encoded(this.#applyCommand(entry));
    const { threw, bytes } = outcome.answer;
    this.#sessions.remember(entry, { threw, bytes });
    return outcome;
  }

  /** The outcome as it is remembered. One that cannot be encoded is an error to its client. */
  #encoded(outcome: EntryOutcome): Extract<EntryOutcome, { type: 'answered' }> {
    const { index, value } = outcome as Extract<EntryOutcome, { type: 'done' }>;
    let error = outcome.type === 'threw' ? outcome.error : undefined;
    if (outcome.type === 'done') {
      try {
        const bytes = this.#options.encodeValue(value);
        return { type: 'answered', answer: { index, threw: false, bytes } };
      } catch (unencodable) {
        error = unencodable;
      }
    }
    return {
      type: 'answered',
      answer: { index, threw: true, bytes: encoder.encode(textOf(error)) },
    };
  }
}

/** What a person reads of something that was thrown. */
export function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * What a state machine may know of its entry; the numbers of chance follow from index and term
 * alone.
 */
class EntryView implements AppliedEntry {
  readonly index: number;
  readonly term: number;
  readonly at: number;
  #draws = 0;

  constructor(entry: Entry) {
    this.index = entry.index;
    this.term = entry.term;
    this.at = entry.stampMs;
  }

  random(): number {
    let x = (Math.imul(this.index, 0x9e3779b1) ^ Math.imul(this.term, 0x85ebca6b)) >>> 0;
    x = (x + Math.imul(++this.#draws, 0xc2b2ae35)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  }
}
