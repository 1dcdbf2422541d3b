/**
 * Leader Append-Only: a leader never overwrites or deletes entries in its log (Figure 3, §5.3).
 *
 * The law keeps the entries that a leader has had in office. To hold all of them against the log at
 * every step would take time with the length of the log; so each step looks at the end, and at the
 * next few of the others in turn, and the whole log is looked at when the leader leaves office.
 */
import type { Step } from '../actors/serverActor.js';
import type { Entry, ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Law, Watch } from '../sim/law.js';
import { sameContent } from './logMatching.js';

/** So many entries are looked at with every step that changes the log. */
const entriesPerStep = 32;

export const leaderAppendOnly: Law = {
  name: 'Leader Append-Only',
  sentence: 'A leader never overwrites or deletes an entry of its own log; it only appends.',
  watch: () => new LeaderAppendOnlyWatch(),
};

/** What a leader has had in its log, by index, and where to look next. */
interface Office {
  readonly entries: (Entry | undefined)[];
  next: number;
}

class LeaderAppendOnlyWatch implements Watch {
  readonly sometimes = { 'a leader appended': 0 };
  readonly #offices = new Map<ServerId, Office>();

  started(server: ServerId): undefined {
    this.#offices.delete(server);
  }

  step(server: ServerId, { before, after }: Step): string | undefined {
    const was = before!.context;
    const is = after.context;
    const led = was.leadership !== undefined;
    const leads = is.leadership !== undefined;
    if (!led && !leads) return undefined;
    if (led && leads && was.log === is.log) return undefined;
    if (!led) {
      this.#takesOffice(server, is.log);
      return undefined;
    }
    if (leads) this.sometimes['a leader appended']++;
    const office = this.#offices.get(server) ?? this.#takesOffice(server, was.log);
    // Whoever makes it a follower may overwrite entries with the same step, and rightly.
    if (!leads) this.#offices.delete(server);
    const holds = leads ? holdsOn(office, is.log, entriesPerStep) : holdsOn(office, was.log);
    return holds ? undefined : `${server} lost entries while it led term ${was.currentTerm}`;
  }

  #takesOffice(server: ServerId, log: Log): Office {
    const office: Office = { entries: [], next: 0 };
    for (let index = log.firstIndex; index <= log.lastIndex; index++) {
      office.entries[index] = log.entryAt(index);
    }
    this.#offices.set(server, office);
    return office;
  }
}

/** Whether the log holds what it held: its end, and of the rest at most so many entries. */
function holdsOn(office: Office, log: Log, looksMax = log.length): boolean {
  const { entries } = office;
  const end = entries.length - 1;
  if (log.lastIndex < end || !holds(log, end, entries[end])) return false;
  for (let index = entries.length; index <= log.lastIndex; index++) {
    entries[index] = log.entryAt(index);
  }
  for (let looks = Math.min(looksMax, log.length); looks > 0; looks--) {
    if (office.next < log.firstIndex || office.next > log.lastIndex) office.next = log.firstIndex;
    if (!holds(log, office.next, entries[office.next])) return false;
    office.next++;
  }
  return true;
}

/** Compaction takes entries away by right (§7); all others stay as they were. */
function holds(log: Log, index: number, entry: Entry | undefined): boolean {
  const is = log.entryAt(index);
  if (is === entry || entry === undefined) return true;
  if (is === undefined) return index < log.base.index || log.termAt(index) === entry.term;
  return is.term === entry.term && sameContent(is, entry);
}
