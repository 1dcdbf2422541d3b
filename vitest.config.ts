/** The three tiers of tests, one after the other: without any I/O, the laws, real processes. */
import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    reporters: ['default', './vitest.slowest.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{machines,actors,services,sim,diagram,cli,bench}/**/*.test.ts'],
          exclude: [...everywhere, '**/*.e2e.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'properties',
          sequence: { groupOrder: 1 },
          include: ['properties/**/*.test.ts'],
          exclude: everywhere,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          sequence: { groupOrder: 2 },
          include: ['**/*.e2e.test.ts', 'examples/**/*UnderVitest.test.js'],
          exclude: everywhere,
          globalSetup: 'cli/buildForTests.js',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
