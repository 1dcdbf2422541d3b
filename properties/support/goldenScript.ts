/**
 * The text of a golden script: a sentence of the paper; the part of a chart without which another
 * story would come of it, and where; and commands (`> deliver S1 S2`), each with what the servers
 * then did. Lines that begin with `#` are remarks; they and blank lines stay where they are when a
 * script is written anew.
 */

/** A command, with the lines that follow it. */
export interface ScriptCommand {
  readonly words: readonly string[];
  /** Remarks and blank lines before the next command. */
  readonly remarks: readonly string[];
  /** Where it stands in the file, from 1. */
  readonly line: number;
}

export interface GoldenScript {
  /** What stands before the line `removes`. */
  readonly head: readonly string[];
  /** The part that the script shows to be needed. */
  readonly removes: string;
  /** What stands between that and the first command. */
  readonly preface: readonly string[];
  readonly commands: readonly ScriptCommand[];
}

/** What came of a script. */
export interface Played {
  /** What followed each command. */
  readonly traces: readonly (readonly string[])[];
  /** Why the command after these could not be played, if one could not. */
  readonly failure?: string;
}

const removesMark = 'removes: ';
const withoutMark = 'without:';

/** Throws where the text is no script, and says what is missing. */
export function parseScript(text: string): GoldenScript {
  const lines = text.trimEnd().split('\n');
  const first = lines.findIndex(isCommand);
  if (first < 0) throw new Error('a script has commands: lines that begin with ">"');
  const removes = lines.findIndex((line) => line.startsWith(removesMark));
  if (removes < 1 || removes > first) {
    throw new Error(`a script says before its commands what it needs: "${removesMark}"`);
  }
  const head = lines.slice(0, removes);
  if (!/§|Figure \d/u.test(head.join(' '))) {
    throw new Error('a script opens with a sentence, and says where it stands: (§5.2)');
  }
  const starts = lines.flatMap((line, at) => (isCommand(line) ? [at] : []));
  return {
    head,
    removes: lines[removes]!.slice(removesMark.length),
    preface: lines.slice(removes + 1, first).filter((line) => !line.startsWith(withoutMark)),
    commands: starts.map((at, i) => commandOf(lines.slice(at, starts[i + 1]), at + 1)),
  };
}

/** The script as a file, with what came of it, and what comes of it without what it needs. */
export function printScript(script: GoldenScript, now: Played, without: Played): string {
  const lines = script.commands.flatMap(({ words, remarks }, at) => [
    `> ${words.join(' ')}`,
    ...(now.traces[at] ?? []),
    ...remarks,
  ]);
  const { head, removes, preface } = script;
  const other = firstDifference(script, now, without) ?? 'it makes no difference';
  const marks = [`${removesMark}${removes}`, `${withoutMark} ${other}`];
  return `${[...head, ...marks, ...preface, ...lines].join('\n')}\n`;
}

/** Where what came of a script is first another. Undefined if it is the same throughout. */
export function firstDifference(
  { commands }: GoldenScript,
  now: Played,
  without: Played,
): string | undefined {
  for (const [at, { words }] of commands.entries()) {
    const lines = without.traces[at];
    if (lines === undefined) return `"${words.join(' ')}" fails: ${without.failure}`;
    const expected = now.traces[at] ?? [];
    const length = Math.max(lines.length, expected.length);
    for (let i = 0; i < length; i++) {
      if (lines[i] === expected[i]) continue;
      const other = lines[i] === undefined ? `nothing${i > 0 ? ' more' : ''}` : `"${lines[i]}"`;
      return `"${words.join(' ')}" gives ${other}`;
    }
  }
  return undefined;
}

function commandOf([command, ...rest]: readonly string[], line: number): ScriptCommand {
  const remarks = rest.filter((text) => text === '' || text.startsWith('#'));
  return { words: command!.slice(1).trim().split(/ +/u), remarks, line };
}

function isCommand(line: string): boolean {
  return line.startsWith('>');
}
