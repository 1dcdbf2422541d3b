import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{machines,actors,services,sim,diagram,cli,bench}/**/*.test.ts'],
          exclude: [...everywhere, '**/*.e2e.test.ts'],
        },
      },
      {
        test: {
          name: 'properties',
          include: ['properties/**/*.test.ts'],
          exclude: everywhere,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
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
