/**
 * Progress: liveness, as far as a run that ends can show it. When nothing changes for the worse any
 * more and a majority hears each other, a leader is elected and commits, within the time that the
 * schedule leaves it: several election timeouts (§5.6: broadcast time and faults permitting).
 */
import type { Law } from '../sim/law.js';

export const progress: Law = {
  name: 'Progress',
  sentence: 'A majority that is left alone commits a new entry within some election timeouts.',
  watch() {
    const sometimes = { 'the cluster was left alone, and went on': 0 };
    return {
      sometimes,
      leftAlone(tookMs) {
        if (tookMs === undefined) return 'nothing was committed';
        sometimes['the cluster was left alone, and went on']++;
        return undefined;
      },
    };
  },
};
