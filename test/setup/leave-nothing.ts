import { afterAll, vi } from 'vitest';

/*
 * The test files of a project share their processes, so that modules are loaded once. No file may leave
 * anything for the next.
 */
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
