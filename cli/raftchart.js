#!/usr/bin/env node
/**
 * The command `raftchart`. In an installed package it runs what was shipped; in a checkout, which
 * has sources, it brings `dist` up to date first, so that nobody ever runs what the sources no
 * longer say.
 */
import { existsSync } from 'node:fs';

async function run() {
  if (existsSync(new URL('../tsconfig.build.json', import.meta.url))) {
    const { buildCheckout } = await import('./buildCheckout.js');
    if (!buildCheckout()) {
      process.exitCode = 1;
      return;
    }
  }
  await import('../dist/cli/main.js');
}

void run();
