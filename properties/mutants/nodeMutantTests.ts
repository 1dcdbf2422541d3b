/**
 * The configuration of vitest for the unit tests of a mutant: the sources read as it has them. Its
 * changes of text are in the environment, as JSON.
 */
import process from 'node:process';
import { changeText, type TextChange } from './textChange.js';

/** The variable that holds the changes. */
export const mutantVariable = 'RAFTCHART_MUTANT';

const changes = JSON.parse(process.env[mutantVariable] ?? '[]') as readonly TextChange[];

const mutantTests = {
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform(source: string, id: string): string | undefined {
        const ours = changes.filter(({ file }) => id.split('?')[0]!.endsWith(`/${file}`));
        return ours.length === 0 ? undefined : ours.reduce(changeText, source);
      },
    },
  ],
  test: { include: ['**/*.test.ts'], exclude: ['**/node_modules/**'], testTimeout: 30_000 },
};

export default mutantTests;
