/** The project's rules of style and structure, as far as a machine can check them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const notOurs = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);

interface File {
  readonly path: string;
  /** The first folder of its path, or nothing for a file of the project folder. */
  readonly folder: string;
  readonly text: string;
  /** The text without comments and without what is in quotes. */
  readonly code: string;
  /** Whether it exists for tests only. */
  readonly isTest: boolean;
}

/**
 * Comments, and what stands in quotes of each kind; a quote in a regular expression ends with its
 * line.
 */
const notCode = new RegExp(
  [
    /\/\*[\s\S]*?\*\//u,
    /\/\/[^\n]*/u,
    /'(?:\\.|[^'\\\n])*'/u,
    /"(?:\\.|[^"\\\n])*"/u,
    /`(?:\\.|\$\{[^}]*\}|[^`\\])*`/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

const files = filesBelow(root).map((path): File => {
  const text = readFileSync(join(root, path), 'utf8');
  const isTest = /\.(test|contract)\.[jt]s$/u.test(path) || path.startsWith('properties/support/');
  return { path, folder: folderOf(path), text, code: codeOf(text), isTest };
});
const sources = files.filter(({ path }) => /\.(ts|js)$/u.test(path) && !path.endsWith('.d.ts'));
const shipped = sources.filter(({ isTest }) => !isTest);

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (notOurs.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [relative(root, path)];
  });
}

function codeOf(text: string): string {
  return text.replaceAll(notCode, (part) => part.replaceAll(/[^\n]/gu, ' '));
}

/** A line for each place in `files` where `pattern` matches. */
function places(where: readonly File[], pattern: RegExp, part: 'text' | 'code' = 'text'): string[] {
  return where.flatMap((file) =>
    file[part]
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? `${file.path}:${i + 1}: ${line.trim()}` : [])),
  );
}

describe('imports', () => {
  /** From each folder, the folders and packages that it may import besides itself. */
  const allowed: Readonly<Record<string, readonly string[]>> = {
    machines: ['xstate'],
    actors: ['machines', 'rxjs'],
    services: ['machines', 'actors', 'xstate'],
    sim: ['machines', 'actors', 'rxjs'],
    diagram: ['machines', 'xstate', 'elkjs'],
    properties: ['machines', 'actors', 'services', 'sim', 'diagram', 'xstate', 'fast-check'],
    examples: ['raftchart'],
    entries: ['machines', 'actors', 'services', 'sim', 'diagram', 'properties'],
    bench: ['machines', 'actors', 'services', 'sim', 'properties', 'ioredis'],
    cli: ['machines', 'actors', 'services', 'sim', 'diagram', 'properties', 'commander'],
    '': ['machines', 'actors', 'services', 'vitest'],
  };
  /** What is there for tests, and may be imported by tests of any folder. */
  const forTests = ['vitest', 'fast-check', '@fast-check/vitest', '@xstate/test', 'xstate', 'rxjs'];
  const clients = ['redis', 'ioredis'];
  const testFolders = ['machines', 'actors', 'sim', 'properties'];

  function importsOf({ path, text }: File): string[] {
    const statements = text.matchAll(/^(?:(?:import|export)\b[^;'"]*? from|import) '([^']+)'/gmu);
    return [...statements].flatMap(([, name = '']) => {
      if (name.startsWith('node:')) return [];
      if (name.startsWith('.')) return folderOf(join(path, '..', name));
      return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
    });
  }

  it('go one way', () => {
    const wrong = sources.flatMap((file) => {
      const may = new Set([file.folder, ...(allowed[file.folder] ?? [])]);
      if (file.isTest) for (const name of [...forTests, ...clients, ...testFolders]) may.add(name);
      const found = importsOf(file).filter((name) => !may.has(name));
      return found.map((name) => `${file.path} imports ${name || 'a file of the project folder'}`);
    });
    expect(wrong).toEqual([]);
  });

  it('of what ships are never of tests', () => {
    expect(places(shipped, /from '.*(\.(test|contract)\.js|properties\/support\/)/u)).toEqual([]);
  });

  it('of the platform are only in files that are named for it', () => {
    const portable = shipped.filter(
      ({ path, folder }) =>
        !['cli', 'bench', ''].includes(folder) &&
        !basename(path).startsWith('node') &&
        path !== 'entries/node.ts',
    );
    expect(places(portable, /from 'node:/u)).toEqual([]);
  });
});

describe('time, chance and the world', () => {
  const names = [
    'Date|performance|setTimeout|setInterval|setImmediate|clearTimeout|queueMicrotask',
    // Those of Math that engines compute differently are as bad as chance.
    'crypto|Math\\.(?:random|log\\w*|exp\\w*|pow|sin|cos|tan)',
    'console|process|Buffer|fetch|require|globalThis',
  ];
  const platform = new RegExp(`(?<![.\\w#])(?:${names.join('|')})\\b(?!:)`, 'u');
  /** The two ports through which a server meets them. */
  const ports = new Set([
    'actors/clock.ts',
    'actors/random.ts',
    'services/replicated/platformTraps.ts',
  ]);

  it('do not exist in machines and sim', () => {
    const pure = shipped.filter(({ folder }) => folder === 'machines' || folder === 'sim');
    expect(places(pure, platform, 'code')).toEqual([]);
  });

  it('are elsewhere only in the ports to them, and in files named for the platform', () => {
    const portable = shipped.filter(
      ({ path, folder }) =>
        ['actors', 'services', 'properties', 'diagram', 'entries'].includes(folder) &&
        !basename(path).startsWith('node') &&
        !ports.has(path),
    );
    expect(places(portable, platform, 'code')).toEqual([]);
  });
});

describe('a file', () => {
  /** By path, why a file is not named after an export. */
  const namedOtherwise: Readonly<Record<string, string>> = {
    'index.ts': 'what users import',
    'vitest.config.ts': 'the tool wants it so',
    'vitest.slowest.ts': 'stands beside its configuration',
    'bench/main.ts': 'a program',
    'bench/kill/main.ts': 'a program',
    'bench/sizedServer.ts': 'a program',
    'cli/main.ts': 'a program',
    'cli/raftchart.js': 'a program',
    'cli/search.ts': 'a program',
    'actors/nodeTcpHandshake.ts': 'both ends of one: introduce and receive',
    'actors/nodeDiskReading.ts': 'opens a file for that, and does it',
    'actors/storeOwner.ts': 'refuses a store that is not its server’s',
    'bench/grpcMessage.ts': 'the requests, as messages of gRPC',
    'bench/workload.ts': 'what a load is made of: keys, values, requests',
    'bench/durability.ts': 'what shows it',
    'services/kv/authentication.ts': 'the command AUTH, and all about it',
    'services/kv/resp.ts': 'the protocol of that name',
    'sim/chance.ts': 'all that is drawn',
  };
  /** The rules of one subject, and the sections of the bench, which all export `run`. */
  const isNamedForSubject = ({ path, folder, text }: File): boolean =>
    folder === 'entries' ||
    /^(machines\/rules|sim\/faults)\//u.test(path) ||
    (folder === 'bench' && exportsOf(text).includes('run'));
  /** By path, why a file is longer than 300 lines. */
  const longer: Readonly<Record<string, string>> = {
    'actors/router.ts':
      'one queue and its route: the order of requests is kept here and nowhere else',
    'actors/server.ts': 'the surface that users program against, documented whole, in one place',
    'actors/serverActor.ts': 'one mailbox: all events and all effects of a server pass here',
    'actors/serverActor.test.ts': 'all sentences about a server that stands alone',
    'services/kv/commands.test.ts': 'every command of the front',
    'services/kv/connection.test.ts': 'everything that a client may send',
    'services/kv/kvStore.test.ts': 'every operation of the store',
    'properties/tidy.test.ts': 'every rule, in one place',
    'services/kv/redisClients.e2e.test.ts': 'every client, with the same front',
  };

  /** By path and name, why a function has 40 lines or more. */
  const longerFunctions: Readonly<Record<string, string>> = {
    'actors/serverActor.ts constructor': 'puts the parts of a server together, once',
    'actors/wire.ts readMessage': 'one case for each type of message',
  };

  it('opens with a doc comment that says what it is for', () => {
    const wrong = shipped.filter(({ text }) => !/^(#![^\n]*\n)?\/\*\*\s/u.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('is named after what it exports: has a word in common with it', () => {
    const wrong = shipped.filter((file) => {
      if (namedOtherwise[file.path] !== undefined || isNamedForSubject(file)) return false;
      const words = new Set(exportsOf(file.text).flatMap(wordsOf));
      return !wordsOf(basename(file.path).split('.')[0] ?? '').some((word) => words.has(word));
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('is named in camel case, and never for what it could be about', () => {
    const vague = /^(utils?|helpers?|types|misc|common|shared)\b|Manager|Helper|Util(?!i)/iu;
    const wrong = sources.filter(({ path }) => {
      const name = basename(path);
      return (
        !/^[a-z][A-Za-z0-9]*(\.(e2e|test|contract|config|slowest))*\.(ts|js)$/u.test(name) ||
        vague.test(name)
      );
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ path }) => /(^|\/)(src|utils|helpers)\//u.test(path))).toEqual([]);
  });

  it('has lines of at most 100 columns', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, i) => (line.length > 100 ? `${path}:${i + 1}: ${line.length}` : [])),
    );
    expect(wrong).toEqual([]);
  });

  it('has at most 300 lines, unless there is a reason', () => {
    const long = sources
      .filter(({ text }) => text.split('\n').length > 301)
      .map(({ path }) => path);
    expect(long.filter((path) => longer[path] === undefined)).toEqual([]);
    const needless = Object.keys(longer).filter((path) => !long.includes(path));
    expect(needless, 'these have become shorter').toEqual([]);
  });

  it('has functions of fewer than 40 lines', () => {
    const long = shipped.flatMap(longFunctions);
    const hasReason = (line: string) =>
      Object.keys(longerFunctions).find((name) => {
        const [path = '', called = ''] = name.split(' ');
        return line.startsWith(`${path}:`) && line.includes(`${called}(`);
      });
    expect(long.filter((line) => hasReason(line) === undefined)).toEqual([]);
    const needless = new Set(Object.keys(longerFunctions));
    for (const line of long) needless.delete(hasReason(line)!);
    expect([...needless], 'these have become shorter').toEqual([]);
  });

  it('leaves nothing to be done, and names no machine of ours', () => {
    // Put together here, or this file would be the first to break the rule.
    const unfinished = new RegExp(`\\b(${['TO', 'DO|FIX', 'ME|X', 'XX'].join('')})\\b`, 'u');
    expect(places(files, unfinished)).toEqual([]);
    const folders = ['work', 'root', 'tmp', 'home'].join('|');
    expect(places(files, new RegExp(`(?<![\\w.])/(${folders})/`, 'u'))).toEqual([]);
  });
});

function exportsOf(text: string): string[] {
  const declared =
    /^export (?:(?:default|async|abstract) )*(?:function\*?|class|const|interface|type) (\w+)/gmu;
  const names = [...text.matchAll(declared)].map(([, name = '']) => name);
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gmu)].map(([, list = '']) => list);
  const listed = lists.flatMap((list) =>
    list.split(',').map((name) => name.trim().split(' ').pop()),
  );
  return [...names, ...listed.flatMap((name) => name ?? [])];
}

/** The words of a name in camel case, without the ends that make nouns of verbs and many of one. */
function wordsOf(name: string): string[] {
  const words = name.split(/(?=[A-Z])/u).map((word) => word.toLowerCase());
  return words.map((word) => word.replace(/s$/u, '').slice(0, 5));
}

/** As the formatter indents: a function ends where its indentation comes back. */
function longFunctions({ path, code }: File): string[] {
  const lines = code.split('\n');
  return lines.flatMap((line, i) => {
    const [indent = ''] = /^ */u.exec(line) ?? [];
    const isControl = /^\s*(\} )?(if|else|for|while|switch|do|try|catch|finally)\b/u.test(line);
    if (isControl || !/(\)|\): [^=]*|=>) \{$/u.test(line)) return [];
    const rest = lines.slice(i + 1);
    const length = rest.findIndex((other) => other.startsWith(`${indent}}`)) + 2;
    return length > 40 ? `${path}:${i + 1}: ${length} lines: ${line.trim()}` : [];
  });
}

describe('the lock file', () => {
  const lock = files.filter(({ path }) => path === 'package-lock.json');

  it('names no registry', () => {
    expect(places(lock, /"resolved"|registry\.|npmjs|verdaccio|artifactory/iu)).toEqual([]);
  });
});
