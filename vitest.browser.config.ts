import { defineConfig } from 'vitest/config';
import { findChromium } from './test/browser/setup/find-chromium.ts';
import { reporter } from './test/setup/log-reporter.ts';

findChromium(process.env); // without a browser nothing is skipped: the command fails, and says what is missing

/** `npm run test:browser`: what needs a browser, apart from `npm test`, which must work without one. */
export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.browser.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [reporter()],
  },
});
