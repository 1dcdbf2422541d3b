import { describe, expect, it } from 'vitest';
import { nodeDiskError } from './nodeDiskError.js';

const failure = (code?: string) => Object.assign(new Error('as the system says it'), { code });

describe('an error of the disk', () => {
  it('says what, where, why, and what to do', () => {
    const cause = failure('EACCES');
    const error = nodeDiskError(cause, 'write', './data/s1');
    expect(error.message).toBe(
      'cannot write in ./data/s1: permission denied; choose another folder with --data',
    );
    expect([error.code, error.cause]).toEqual(['EACCES', cause]);
  });

  it('has a remedy for each of the usual reasons', () => {
    const words: Record<string, RegExp> = {
      EROFS: /read-only; choose another folder with --data$/,
      ENOSPC: /no space is left; make room/,
      EDQUOT: /quota is used up; make room/,
      EIO: /the disk failed; replace the disk/,
      EMFILE: /too many files are open; allow more/,
    };
    for (const [code, pattern] of Object.entries(words))
      expect(nodeDiskError(failure(code), 'write', 'd').message).toMatch(pattern);
  });

  it('repeats what the system said where it knows no better', () => {
    for (const code of ['EWEIRD', undefined])
      expect(nodeDiskError(failure(code), 'open log', 'd').message).toBe(
        'cannot open log in d: as the system says it; check that disk',
      );
  });
});
