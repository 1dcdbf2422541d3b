/**
 * Charts that lack something: a line, its guard, an action, the change of state, what is done on
 * entry and on exit. A test of a chart is good if it misses each of them.
 */
import { dropStale, updateTerm } from '../../machines/raft.js';

/** A line of a table. */
export interface Line {
  readonly guard?: string;
  readonly target?: string;
  readonly reenter?: boolean;
  readonly actions?: string | readonly string[];
}

/** What the tables of the roles are made of. */
export interface State {
  readonly entry?: string;
  readonly exit?: string;
  readonly always?: string | Line | readonly Line[];
  readonly on?: Readonly<Record<string, string | Line | readonly Line[]>>;
  readonly initial?: string;
  readonly states?: Readonly<Record<string, State>>;
}

/** A table that lacks something. */
export interface Mutant<T> {
  /** What is missing. */
  readonly lacks: string;
  readonly rest: T;
}

/** Every chart that lacks one part of this one. */
export function* withoutOnePart(state: State, path = ''): Generator<Mutant<State>> {
  const { entry, exit, always = [], on = {}, states = {} } = state;
  if (entry !== undefined) {
    yield { lacks: `${path}entry ${entry}`, rest: { ...state, entry: undefined } };
  }
  if (exit !== undefined) {
    yield { lacks: `${path}exit ${exit}`, rest: { ...state, exit: undefined } };
  }
  for (const { lacks, rest } of withoutOneLine(linesOf(always))) {
    yield { lacks: `${path}always ${lacks}`, rest: { ...state, always: rest } };
  }
  for (const [event, lines] of Object.entries(on)) {
    for (const { lacks, rest } of withoutOneLine(linesOf(lines))) {
      yield { lacks: `${path}${event} ${lacks}`, rest: { ...state, on: { ...on, [event]: rest } } };
    }
  }
  for (const [name, child] of Object.entries(states)) {
    for (const { lacks, rest } of withoutOnePart(child, `${path}${name}: `)) {
      yield { lacks, rest: { ...state, states: { ...states, [name]: rest } } };
    }
  }
}

function* withoutOneLine(lines: readonly Line[]): Generator<Mutant<readonly Line[]>> {
  for (const [i, line] of lines.entries()) {
    const number = `line ${i + 1}`;
    yield { lacks: `${number} (${summary(line)})`, rest: lines.toSpliced(i, 1) };
    for (const { lacks, rest } of withoutOneWord(line)) {
      // What a shared line does besides is asked of all the roles at once, below.
      if (isShared(line) && rest.guard === line.guard) continue;
      yield { lacks: `${number}, ${lacks}`, rest: lines.toSpliced(i, 1, rest) };
    }
  }
}

/** Every line that lacks one word of this one. */
export function* withoutOneWord(line: Line): Generator<Mutant<Line>> {
  const actions = [line.actions ?? []].flat() as string[];
  if (line.guard !== undefined) {
    yield { lacks: `guard ${line.guard}`, rest: { ...line, guard: undefined } };
  }
  if (line.target !== undefined) {
    yield { lacks: `target ${line.target}`, rest: { ...line, target: undefined } };
  }
  if (line.reenter !== undefined) {
    yield { lacks: 'reenter', rest: { ...line, reenter: undefined } };
  }
  for (const [i, action] of actions.entries()) {
    if (action === 'ignore') continue; // To do nothing is as good as no action.
    yield { lacks: `action ${action}`, rest: { ...line, actions: actions.toSpliced(i, 1) } };
  }
}

function isShared(line: unknown): boolean {
  return line === updateTerm || line === dropStale;
}

/** The lines of a table for one event, however few they are written as. */
export function linesOf(lines: string | Line | readonly Line[]): readonly Line[] {
  if (typeof lines === 'string') return [{ target: lines }];
  return [lines].flat() as Line[];
}

function summary({ guard, target, actions }: Line): string {
  return [guard ?? 'else', target && `to ${target}`, actions].flat().filter(Boolean).join(' ');
}
