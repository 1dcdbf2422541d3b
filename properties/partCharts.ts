/**
 * The charts of which a server is made besides its roles: what it knows of a follower, and of a
 * snapshot on its way in. A server keeps both as plain data and steps them by the charts' own
 * functions, so which line of them was taken is seen by what a step has changed.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import { installationMachine } from '../machines/installation.js';
import { type Progress, progressMachine } from '../machines/progress.js';
import type { Law } from '../sim/law.js';
import type { TransitionCounter } from './transitionCounter.js';

/** Counts the lines of both charts. No law: it breaks never. */
export function partCharts(counter: TransitionCounter): Law {
  counter.expect(progressMachine);
  counter.expect(installationMachine);
  const step = (_server: string, { event, before, after }: Step): undefined => {
    const [was, is] = [before!.context, after.context];
    if (was.installation !== is.installation) {
      counter.take(`${was.installation?.state ?? 'idle'}: ${installationLine(event?.type, is)}`);
    }
    if (was.leadership === undefined || is.leadership === undefined) return;
    if (was.leadership.progress === is.leadership.progress) return;
    for (const [id, now] of Object.entries(is.leadership.progress)) {
      const then = was.leadership.progress[id];
      if (then === undefined || then === now) continue;
      for (const line of progressLines(then, now)) counter.take(line);
    }
  };
  return {
    name: 'Lines of Parts',
    sentence: 'Counts what becomes of followers and of snapshots on their way, and breaks never.',
    watch: () => ({ sometimes: {}, step }),
  };
}

function installationLine(event: string | undefined, { installation }: ServerContext): string {
  if (event !== 'InstallSnapshotRequest') return `${event} line 1`;
  return installation?.state === 'completing' ? 'chunk line 1' : 'chunk line 2';
}

/** The lines that lead from one to the other; an answer often makes a leader send at once. */
function progressLines(was: Progress, is: Progress): string[] {
  const lines: string[] = [];
  const { installing } = is;
  if (installing !== undefined && installing !== was.installing) {
    const isSame = installing.base === was.installing?.base;
    lines.push(isSame ? 'snapshotting: chunkSent line 1' : 'progress: compacted line 1');
  }
  switch (was.state) {
    case 'probing':
      if (is.state === 'replicating') lines.push('probing: accepted line 1');
      else if (is.nextIndex < was.nextIndex) lines.push('probing: refused line 1');
      if (is.state === 'probing' && is.isProbed) lines.push('probing: sent line 1');
      break;
    case 'replicating':
      if (is.state === 'probing') lines.push('replicating: refused line 1');
      else if (is.matchIndex > was.matchIndex) lines.push('replicating: accepted line 1');
      if (is.inFlight.length > was.inFlight.length) lines.push('replicating: sent line 1');
      break;
    case 'snapshotting':
      if (is.state === 'replicating') lines.push('snapshotting: accepted line 1');
      else if (is.matchIndex > was.matchIndex) lines.push('snapshotting: accepted line 2');
  }
  return lines;
}
