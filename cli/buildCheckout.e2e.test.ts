import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workplace } from './commandRun.contract.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = {
  target: 'es2023',
  module: 'nodenext',
  types: [],
  rootDir: '.',
  outDir: 'dist',
  incremental: true,
  tsBuildInfoFile: 'dist/.tsbuildinfo',
};

let place: Workplace;
const at = (name: string) => path.join(place.folder, name);
const says = (word: string) =>
  writeFileSync(at('cli/word.ts'), `export const word: string = ${word};\n`);

/** A checkout of a program that prints a word. */
beforeEach(() => {
  place = new Workplace();
  mkdirSync(at('cli'));
  mkdirSync(at('node_modules'));
  for (const name of ['cli/raftchart.js', 'cli/buildCheckout.js']) {
    cpSync(path.join(root, name), at(name));
  }
  symlinkSync(path.join(root, 'node_modules/typescript'), at('node_modules/typescript'));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(
    at('tsconfig.build.json'),
    JSON.stringify({ compilerOptions: options, include: ['cli/*.ts'] }),
  );
  writeFileSync(
    at('cli/main.ts'),
    [
      "import { word } from './word.js';",
      'declare const console: { log(word: string): void };',
      'console.log(word);',
    ].join('\n'),
  );
  says("'one'");
});

afterEach(() => place.remove());

async function run() {
  const command = place.runScript(at('cli/raftchart.js'));
  const exitCode = await command.ended;
  const { stdout, stderr } = command;
  return { exitCode, stdout, stderr };
}

const built = (word: string) => ({
  exitCode: 0,
  stdout: `${word}\n`,
  stderr: 'raftchart: building …\n',
});
const unbuilt = (word: string) => ({ exitCode: 0, stdout: `${word}\n`, stderr: '' });

describe('the command in a checkout', () => {
  it('builds before it runs, says so, and does not where nothing has changed', async () => {
    expect(await run()).toEqual(built('one'));
    expect(await run()).toEqual(unbuilt('one'));
    says("'two'");
    expect(await run()).toEqual(built('two'));
    expect(await run()).toEqual(unbuilt('two'));
  });

  it('runs nothing where the sources do not compile, today and next time', async () => {
    await run();
    says('2');
    for (let i = 0; i < 2; i++) {
      const { exitCode, stdout, stderr } = await run();
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('cli/word.ts');
      expect(stderr).toContain('TS2322');
      expect(stderr).toMatch(/\nraftchart: the sources do not compile; nothing was started\n$/u);
    }
    says("'three'");
    expect(await run()).toEqual(built('three'));
  });

  it('runs nothing that somebody has left in, changed in, or taken out of dist', async () => {
    await run();
    rmSync(at('dist'), { recursive: true });
    expect(await run()).toEqual(built('one'));
    writeFileSync(at('dist/cli/word.js'), "export const word = 'forged';");
    expect(await run()).toEqual(built('one'));
    rmSync(at('dist/cli/word.js'));
    expect(await run()).toEqual(built('one'));
    expect(await run()).toEqual(unbuilt('one'));
  });

  it('notices a source that was removed', async () => {
    await run();
    rmSync(at('cli/word.ts'));
    expect((await run()).stderr).toContain("Cannot find module './word.js'");
  });

  it('builds once for many commands of the same moment, which all run', async () => {
    const runs = await Promise.all([run(), run(), run()]);
    expect(runs.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
      [0, 'one\n'],
      [0, 'one\n'],
      [0, 'one\n'],
    ]);
    expect(runs.map(({ stderr }) => stderr).join('')).toBe('raftchart: building …\n');
  });

  it('is not held up by a build that was killed', async () => {
    writeFileSync(at('node_modules/.raftchart-build'), '4194304');
    expect(await run()).toEqual(built('one'));
    expect(existsSync(at('node_modules/.raftchart-build'))).toBe(false);
  });

  it('says what to do where the compiler is not installed', async () => {
    rmSync(at('node_modules/typescript'));
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('raftchart: the compiler is not installed: run npm ci, then try again\n');
  });
});

describe('the command in an installed package', () => {
  it('runs what was shipped, and builds nothing', async () => {
    await run();
    for (const name of [
      'tsconfig.build.json',
      'cli/buildCheckout.js',
      'cli/main.ts',
      'cli/word.ts',
    ]) {
      rmSync(at(name));
    }
    expect(await run()).toEqual(unbuilt('one'));
  });

  it('is shipped with all that it needs', () => {
    const { files, bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(bin).toEqual({ raftchart: 'cli/raftchart.js' });
    expect(files).toContain('cli/raftchart.js');
    expect(files).toContain('dist');
  });
});
