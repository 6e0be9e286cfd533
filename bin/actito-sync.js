#!/usr/bin/env node
/* The command line: as it was built (npm run build), else from the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(built)) {
  await import(built.href);
} else {
  process.argv.splice(2, 0, fileURLToPath(new URL('../cli/main.ts', import.meta.url)));
  await import('../dev/start.js');
}
