/** The options of the command line. */
import { parseArgs } from 'node:util';

export interface KillOptions {
  /** How often the leader is killed. */
  readonly rounds: number;
  /** How often each of the other faults comes. */
  readonly repeats: number;
  /** How long servers stay stopped, or followers down. */
  readonly seconds: number;
  /** Decides which tag goes to which key, which follower is hit, and how long all is well. */
  readonly seed: number;
  /** How long each connection waits after an answer, ms. */
  readonly pauseMs: number;
  /** The folder in which the plot is written. */
  readonly plot: string | undefined;
}

export const usage = [
  'npm run test:kill -- [options]',
  '',
  '  --rounds N    how often the leader is killed (20)',
  '  --repeats N   how often each of the other faults comes (3)',
  '  --seconds N   how long servers stay stopped, or followers down (3)',
  '  --seed N      which keys, which followers, how long between the rounds (1)',
  '  --pause MS    how long each connection waits after an answer (5)',
  '  --plot DIR    write the plot, light and dark, to this folder',
].join('\n');

/** What the words ask for; a line that says what is wrong with them where something is. */
export function parseOptions(words: readonly string[]): KillOptions | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        rounds: { type: 'string', default: '20' },
        repeats: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '3' },
        seed: { type: 'string', default: '1' },
        pause: { type: 'string', default: '5' },
        plot: { type: 'string' },
      },
    });
    const rounds = wholeNumber('rounds', values.rounds, 0, 1_000);
    if (rounds === 0 && values.plot !== undefined) {
      throw new RangeError('--plot draws kills of the leader: it needs --rounds of at least 1');
    }
    return {
      rounds,
      repeats: wholeNumber('repeats', values.repeats, 0, 1_000),
      seconds: wholeNumber('seconds', values.seconds, 1, 60),
      seed: wholeNumber('seed', values.seed, 0, 2 ** 32 - 1),
      pauseMs: wholeNumber('pause', values.pause, 0, 1_000),
      plot: values.plot,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(`--${name} takes a whole number from ${min} to ${max}, not '${text}'`);
}
