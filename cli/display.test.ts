import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Status } from '../actors/status.js';
import type { ServerRow } from './clusterTable.js';
import { displayOn } from './display.js';
import type { Output } from './linesInPlace.js';

/**
 * A terminal that understands what the table needs: the cursor goes up, and the rest is cleared.
 */
class Screen implements Output {
  readonly isTTY = true;
  readonly columns = 80;
  lines: string[] = [''];
  #row = 0;
  writes = 0;

  write(text: string): void {
    this.writes++;
    const escape = String.fromCodePoint(27);
    for (const part of text.split(new RegExp(`(\\n|\\r|${escape}\\[\\d*[AJ])`, 'u'))) {
      if (part === '\n') this.lines[++this.#row] ??= '';
      else if (part.startsWith(`${escape}[`) && part.endsWith('A'))
        this.#row -= Number(part.slice(2, -1));
      else if (part.endsWith('J')) this.lines.splice(this.#row, Infinity, '');
      else if (part !== '\r') this.lines[this.#row] += part;
    }
  }
}

function rows(leader: number, term: number, state: ServerRow['state'] = 'up'): ServerRow[] {
  return [1, 2, 3].map((i) => {
    const role = i === leader ? 'leader' : 'follower';
    const status = { role, term, commitIndex: 0, lastApplied: 0 } as Status;
    return {
      id: `s${i}`,
      pid: i,
      address: `127.0.0.1:700${i}`,
      folder: `data/s${i}`,
      state,
      status,
    };
  });
}

describe('what start shows on a terminal', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is one table, drawn anew in its place, with the lines that stay above it', () => {
    const screen = new Screen();
    const display = displayOn(screen);
    display.say('welcome');
    display.show(rows(1, 2));
    vi.advanceTimersByTime(1_000);
    display.say('s3 is down');
    display.show(rows(2, 3));
    vi.advanceTimersByTime(1_000);
    const text = screen.lines.map((line) => line.replaceAll(/ +/gu, ' '));
    expect(text).toEqual([
      'welcome',
      's3 is down',
      '',
      'SERVER PROCESS REDIS CLIENTS ROLE TERM COMMIT APPLIED FOLDER',
      's1 1 127.0.0.1:7001 follower 3 0 0 data/s1',
      's2 2 127.0.0.1:7002 leader 3 0 0 data/s2',
      's3 3 127.0.0.1:7003 follower 3 0 0 data/s3',
      '',
    ]);
  });

  it('is drawn a few times a second at most, and not at all where nothing changes', () => {
    const screen = new Screen();
    const display = displayOn(screen);
    for (let ms = 0; ms < 1_000; ms++) {
      display.show(rows(1, ms));
      vi.advanceTimersByTime(1);
    }
    expect(screen.writes).toBeLessThanOrEqual(5);
    display.show(rows(1, 1_000));
    vi.advanceTimersByTime(1_000);
    const { writes } = screen;
    display.show(rows(1, 1_000));
    vi.advanceTimersByTime(1_000);
    expect(screen.writes).toBe(writes);
  });

  it('is the latest when it is closed, with nothing left to draw', () => {
    const screen = new Screen();
    const display = displayOn(screen);
    display.show(rows(1, 2));
    display.close();
    expect(screen.lines.join('\n')).toContain('leader');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what start shows elsewhere', () => {
  it('is a line when all servers are up and one leads, and one for each leader after that', () => {
    const lines: string[] = [];
    const display = displayOn({ write: (text) => lines.push(text) });
    display.show(rows(0, 0, 'starting'));
    display.show(rows(0, 1));
    display.show(rows(1, 2));
    display.show(rows(1, 2));
    display.show(rows(0, 2));
    display.show(rows(3, 4));
    expect(lines).toEqual([
      'all servers are up: s1 is process 1, s2 is process 2, s3 is process 3; s1 leads in term 2\n',
      's3 leads in term 4\n',
    ]);
  });

  it('believes the leader of the highest term, when an older one has not heard of it yet', () => {
    const lines: string[] = [];
    const display = displayOn({ write: (text) => lines.push(text) });
    display.show([...rows(1, 2), ...rows(3, 3)]);
    expect(lines[0]).toContain('s3 leads in term 3');
  });
});
