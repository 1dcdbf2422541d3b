/** Lines on a terminal that are drawn anew in their place. */

/** What they need of `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Whether colors are possible, and wanted. */
  hasColors?(): boolean;
  write(text: string): unknown;
}

const columnsDefault = 80;

export class LinesInPlace {
  readonly #output: Output;
  #drawn: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * How wide a line may be. One in the last column would wrap on some terminals, and what is drawn
   * would be taller than it knows.
   */
  get width(): number {
    return (this.#output.columns ?? columnsDefault) - 1;
  }

  /** Draws lines over those before; nothing, if they are the same. */
  draw(lines: readonly string[]): void {
    if (lines.join('\n') === this.#drawn.join('\n')) return;
    this.#output.write(`${this.#erased()}${lines.join('\n')}\n`);
    this.#drawn = lines;
  }

  /** A line that stays, above whatever is drawn next. */
  say(line: string): void {
    this.#output.write(`${this.#erased()}${line}\n`);
    this.#drawn = [];
  }

  /** Goes to where they begin, and clears from there on. */
  #erased(): string {
    const height = this.#drawn.length;
    return height === 0 ? '\r' : `\r\u001B[${height}A\u001B[J`;
  }
}
