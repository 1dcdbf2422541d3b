/**
 * What `start` shows: on a terminal a table that is drawn anew in its place, elsewhere a line for
 * each change.
 */
import { clusterTable, roleText, type ServerRow } from './clusterTable.js';

/** Where `start` shows what happens. */
export interface Display {
  /** The servers as they are now. */
  show(rows: readonly ServerRow[]): void;
  /** A line that stays. */
  say(line: string): void;
  /** Shows the latest, and no more after it. */
  close(): void;
}

/** What a display needs of `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Whether colors are possible, and wanted. */
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** The table is drawn at most so often, ms. */
const redrawMs = 250;
const columnsDefault = 80;

/** The display that fits where the output goes. */
export function displayOn(output: Output): Display {
  return output.isTTY === true ? new LiveTable(output) : new ChangeLines(output);
}

class LiveTable implements Display {
  readonly #output: Output;
  readonly #hasColor: boolean;
  #rows: readonly ServerRow[] = [];
  #drawn: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
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
    this.#output.write(`${this.#erased()}${line}\n`);
    this.#drawn = [];
    this.#draw();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#draw();
  }

  #draw(): void {
    if (this.#rows.length === 0) return;
    // A line in the last column would wrap on some terminals, and the table would be taller than it
    // knows.
    const width = (this.#output.columns ?? columnsDefault) - 1;
    const lines = ['', ...clusterTable(this.#rows, width, this.#hasColor)];
    if (lines.join('\n') === this.#drawn.join('\n')) return;
    this.#output.write(`${this.#erased()}${lines.join('\n')}\n`);
    this.#drawn = lines;
  }

  /** Goes to where the table begins, and clears from there on. */
  #erased(): string {
    const height = this.#drawn.length;
    return height === 0 ? '\r' : `\r\u001B[${height}A\u001B[J`;
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
