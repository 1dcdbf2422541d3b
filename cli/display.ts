/**
 * What `start` shows: on a terminal a table that is drawn anew in its place, elsewhere a line for
 * each change.
 */
import { clusterTable, roleText, type ServerRow } from './clusterTable.js';
import { LinesInPlace, type Output } from './linesInPlace.js';

/** Where `start` shows what happens. */
export interface Display {
  /** The servers as they are now. */
  show(rows: readonly ServerRow[]): void;
  /** A line that stays. */
  say(line: string): void;
  /** Shows the latest, and no more after it. */
  close(): void;
}

/** The table is drawn at most so often, ms. */
const redrawMs = 250;

/** The display that fits where the output goes. */
export function displayOn(output: Output): Display {
  return output.isTTY === true ? new LiveTable(output) : new ChangeLines(output);
}

class LiveTable implements Display {
  readonly #place: LinesInPlace;
  readonly #hasColor: boolean;
  #rows: readonly ServerRow[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#place = new LinesInPlace(output);
    this.#hasColor = output.hasColors?.() ?? false;
  }

  show(rows: readonly ServerRow[]): void {
    this.#rows = rows;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, redrawMs);
  }

  say(line: string): void {
    this.#place.say(line);
    this.#draw();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#draw();
  }

  #draw(): void {
    if (this.#rows.length === 0) return;
    this.#place.draw(['', ...clusterTable(this.#rows, this.#place.width, this.#hasColor)]);
  }
}

class ChangeLines implements Display {
  readonly #output: Output;
  #isUp = false;
  #leader = '';

  constructor(output: Output) {
    this.#output = output;
  }

  show(rows: readonly ServerRow[]): void {
    const leader = leaderOf(rows);
    if (leader === undefined || (!this.#isUp && rows.some(({ state }) => state !== 'up'))) return;
    const leads = `${leader.id} leads in term ${leader.status!.term}`;
    if (leads === this.#leader) return;
    const processes = rows.map(({ id, pid }) => `${id} is process ${pid}`).join(', ');
    this.say(this.#isUp ? leads : `all servers are up: ${processes}; ${leads}`);
    this.#isUp = true;
    this.#leader = leads;
  }

  say(line: string): void {
    this.#output.write(`${line}\n`);
  }

  close(): void {}
}

/** The leader of the highest term: one of an earlier term has not heard of it yet. */
export function leaderOf(rows: readonly ServerRow[]): ServerRow | undefined {
  const leaders = rows.filter((row) => roleText(row) === 'leader');
  return leaders.sort((a, b) => b.status!.term - a.status!.term)[0];
}
