/**
 * A run as a space-time diagram in text: time runs down, every server has a lane, and what arrives
 * is an arrow across. Only what changed something is drawn; heartbeats that find all as it was are
 * not.
 */
import type { ServerId } from '../machines/entry.js';
import type { Fault } from './fault.js';
import type { ClientEvent, FaultEvent, LossEvent, StepEvent, TraceEvent } from './trace.js';

export interface SpaceTimeOptions {
  /** At most so many lines, the last ones (60). */
  readonly linesMax?: number;
}

/** How wide a lane is. */
const laneWidth = 5;

/** The lane of a server by what it is. */
const strokes = { follower: '│', preCandidate: '┆', candidate: '┊', leader: '┃' } as const;
const down = ' ';

/** The lanes, from the left, and what is said beside them. */
interface Line {
  readonly at: number;
  readonly lanes: string;
  readonly text: string;
}

/** The lines of the diagram, its head first. */
export function spaceTime(
  servers: readonly ServerId[],
  trace: readonly TraceEvent[],
  { linesMax = 60 }: SpaceTimeOptions = {},
): string[] {
  const drawing = new Drawing(servers);
  for (const event of trace) drawing.add(event);
  const { lines } = drawing;
  const shown = lines.slice(-linesMax);
  const head = servers.map((id) => id.padEnd(laneWidth)).join('');
  const left = lines.length - shown.length;
  return [
    `${'ms'.padStart(9)}  ${head}`.trimEnd(),
    ...(left === 0 ? [] : [`${'...'.padStart(9)}  ${left} lines before these`]),
    ...shown.map(({ at, lanes, text }) =>
      `${at.toFixed(1).padStart(9)}  ${lanes}${text}`.trimEnd(),
    ),
  ];
}

class Drawing {
  readonly lines: Line[] = [];
  readonly #servers: readonly ServerId[];
  readonly #last = new Map<ServerId, StepEvent>();

  constructor(servers: readonly ServerId[]) {
    this.#servers = servers;
  }

  add(event: TraceEvent): void {
    switch (event.type) {
      case 'step':
        return this.#step(event);
      case 'lost':
        return this.#lost(event);
      case 'fault':
      case 'healed':
        return this.#fault(event);
      default:
        return this.#client(event);
    }
  }

  #step(event: StepEvent): void {
    const before = this.#last.get(event.server);
    this.#last.set(event.server, event);
    const changes = changesOf(before, event);
    if (changes.length === 0) return;
    const said = `${event.event}: ${changes.join(', ')}`;
    this.#say(event.at, said, event.from, event.server, event.role === 'leader' ? '◆' : '●');
  }

  /** Heartbeats are lost all the time, and say nothing. */
  #lost({ at, from, to, event }: LossEvent): void {
    if (event.startsWith('AppendEntries')) return;
    this.#say(at, `${event} is lost`, from, to, '×');
  }

  #fault({ type, at, fault, server }: FaultEvent): void {
    const ends = ['crash', 'kill', 'wipe', 'swap'].includes(fault.kind);
    if (type === 'fault' && ends && server !== undefined) this.#last.delete(server);
    const mark = type === 'fault' ? '↯' : '○';
    const said = `${type === 'fault' ? 'FAULT' : 'over:'} ${wordsOf(fault)}`;
    this.#say(at, said, undefined, server, mark);
  }

  #client({ type, at, client, input, outcome, output }: ClientEvent): void {
    const what = input === undefined ? 'a read' : JSON.stringify(input);
    const answer = output === undefined ? '' : ` ${JSON.stringify(output)}`;
    const said =
      type === 'asked'
        ? `client ${client} asks for ${what}`
        : `client ${client}: ${outcome}${answer}`;
    this.#say(at, said, undefined, undefined, '');
  }

  #say(
    at: number,
    text: string,
    from: ServerId | undefined,
    to: ServerId | undefined,
    mark: string,
  ): void {
    const [begin, end] = [from, to].map((id) => this.#servers.indexOf(id ?? '') * laneWidth);
    const lanes = this.#servers.map((id) => this.#stroke(id).padEnd(laneWidth));
    const cells = lanes.join('').split('');
    if (begin! >= 0 && end! >= 0 && begin !== end) {
      const [left, right] = [Math.min(begin!, end!), Math.max(begin!, end!)];
      for (let at = left + 1; at < right; at++) cells[at] = cells[at] === ' ' ? '─' : '┼';
      cells[begin!] = begin! < end! ? '├' : '┤';
      cells[begin! < end! ? end! - 1 : end! + 1] = begin! < end! ? '▷' : '◁';
    }
    if (end! >= 0 && mark !== '') cells[end!] = mark;
    this.lines.push({ at, lanes: cells.join(''), text });
  }

  #stroke(id: ServerId): string {
    const last = this.#last.get(id);
    return last === undefined ? down : strokes[last.role as keyof typeof strokes];
  }
}

/** What a step changed, in words. */
function changesOf(before: StepEvent | undefined, after: StepEvent): string[] {
  const changes: string[] = [];
  const { role, term, votedFor, lastIndex, commitIndex } = after;
  if (before === undefined) {
    return [`${role} of term ${term}, log up to ${lastIndex}, committed ${commitIndex}`];
  }
  if (before.term !== term) changes.push(`term ${term}`);
  if (before.role !== role) changes.push(role === 'leader' ? 'LEADS' : `is ${role}`);
  if (votedFor !== undefined && (before.votedFor !== votedFor || before.term !== term)) {
    changes.push(`votes for ${votedFor}`);
  }
  if (before.lastIndex !== lastIndex) {
    changes.push(`log ${lastIndex < before.lastIndex ? 'cut to' : 'up to'} ${lastIndex}`);
  }
  if (before.commitIndex !== commitIndex) changes.push(`committed ${commitIndex}`);
  return changes;
}

/** `delay percent 30 maxMs 40` */
function wordsOf({ kind, ...rest }: Fault): string {
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [kind, ...parts].join(' ').replaceAll('"', '');
}
