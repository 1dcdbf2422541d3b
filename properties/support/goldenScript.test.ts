/** Golden scripts as text: what is kept when one is written anew, and what is refused. */
import { describe, expect, it } from 'vitest';
import { play } from './goldenCommands.js';
import { whole, without } from './goldenRemoval.js';
import { parseScript, printScript } from './goldenScript.js';

const removes = 'candidate RequestVoteResponse line 3 (isGranted countVote)';
const head = `Votes make a leader (§5.2).\nremoves: ${removes}\n`;
const played = (commands: string) => play(parseScript(head + commands), whole);

describe('A golden script', () => {
  it('keeps its sentence, its remarks and its blank lines when its traces are written anew', () => {
    const text = `${head}\n> cluster 3\nS9: something else\n\n# Time passes.\n> wait 1 ms\n`;
    const script = parseScript(text);
    const now = play(script, whole);
    const printed = printScript(script, now, { traces: [['S1: follower']] });
    expect(printed).toBe(
      `${head}without: "cluster 3" gives "S1: follower"\n\n` +
        '> cluster 3\n\n# Time passes.\n> wait 1 ms\n',
    );
    expect(printScript(parseScript(printed), now, { traces: [['S1: follower']] })).toBe(printed);
  });

  it('says where another story comes of it: another line, a missing one, or a failure', () => {
    const script = parseScript(`${head}> timeout S1\n> persist S1\n`);
    const now = { traces: [['a', 'b'], ['c']] };
    const mark = (other: Parameters<typeof printScript>[2]) =>
      printScript(script, now, other).split('\n')[2];
    expect(mark({ traces: [['a', 'x'], ['c']] })).toBe('without: "timeout S1" gives "x"');
    expect(mark({ traces: [['a'], ['c']] })).toBe('without: "timeout S1" gives nothing more');
    expect(mark({ traces: [['a', 'b'], []] })).toBe('without: "persist S1" gives nothing');
    expect(mark({ traces: [['a', 'b']], failure: 'no' })).toBe('without: "persist S1" fails: no');
    expect(mark(now)).toBe('without: it makes no difference');
  });

  it('without commands, a sentence, or what it needs, is none', () => {
    expect(() => parseScript(head)).toThrow('a script has commands');
    expect(() => parseScript('A leader (§5.2).\n> cluster 3\n')).toThrow('removes: ');
    expect(() => parseScript(`A leader.\nremoves: ${removes}\n> cluster 3\n`)).toThrow('(§5.2)');
  });

  it('that needs something unknown is told what there is', () => {
    expect(() => without('follower line 9')).toThrow('follower entry restartElectionTimer');
    expect(() => without('isMoon in mayGrantVote')).toThrow('isUpToDate in mayGrantVote');
  });

  it('with a command that cannot be meant fails there', () => {
    expect(() => played('> elevate S1\n')).toThrow('line 3: elevate is none of cluster, server');
    expect(played('> cluster 3\n> deliver S1 S2\n').failure).toBe(
      'nothing is under way from S1 to S2',
    );
    expect(played('> cluster 3\n> timeout S4\n').failure).toBe('there is no server S4');
    expect(played('> cluster 3\n> crash S1\n> timeout S1\n').failure).toBe('S1 is down');
    expect(played('> cluster 3\n> persist S1\n').failure).toBe('S1 has nothing to save');
    expect(played('> cluster 3\n> store S1\n').failure).toContain('no piece of a snapshot');
    expect(played('> wait 3 days\n').failure).toContain('ms, seconds, hours');
  });
});
