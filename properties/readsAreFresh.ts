/**
 * Linearizable reads: whatever was acknowledged to anyone before a read was asked, the read sees
 * (§8).
 */
import type { Law } from '../sim/law.js';

export const readsAreFresh: Law = {
  name: 'Fresh Reads',
  sentence: 'A read sees everything that was acknowledged before it was asked, to whomever.',
  watch() {
    const sometimes = { 'a read was answered': 0 };
    return {
      sometimes,
      readAnswered(server, appliedIndex, acknowledgedIndex) {
        sometimes['a read was answered']++;
        if (appliedIndex >= acknowledgedIndex) return undefined;
        const late = `when ${acknowledgedIndex} was acknowledged before`;
        return `${server} answered from entry ${appliedIndex}, ${late}`;
      },
    };
  },
};
