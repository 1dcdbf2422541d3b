import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadInput } from '../sim/format/parseJson.js';
import { inputName, inputText, understood } from './inputFile.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that a command is given', () => {
  it('is read whole, up to its limit', () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'häuser');
    expect(inputText(path)).toBe('häuser');
    expect(inputText(path, 7)).toBe('häuser');
    expect(() => inputText(path, 6)).toThrow(
      `${path}: it has more than 6 bytes; give a part of it`,
    );
  });

  it('is refused beyond it, too, where nobody knows its size', () => {
    expect(() => inputText('/dev/zero', 3_000_000)).toThrow('it has more than 3000000 bytes');
  });

  it('is standard input by the name of -', () => {
    expect(inputName('-')).toBe('standard input');
    expect(inputName('a')).toBe('a');
  });
});

describe('what is found bad in it', () => {
  it('is refused with exit code 2, and where the form is documented', () => {
    const refusal = {
      name: 'Refusal',
      exitCode: 2,
      message: 'f: bad; docs/simulator.md has the form',
    };
    const bad = () => {
      throw new BadInput('f: bad');
    };
    expect(() => understood(bad)).toThrow(expect.objectContaining(refusal));
  });

  it('is not mixed up with faults of the program', () => {
    const broken = () => {
      throw new RangeError('ours');
    };
    expect(() => understood(broken)).toThrow(RangeError);
    expect(understood(() => 3)).toBe(3);
  });
});
