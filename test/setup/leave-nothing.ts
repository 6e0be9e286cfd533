import { afterAll, vi } from 'vitest';

/* The files of a project share their processes, so that modules are loaded once: none may leave anything to the next. */
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
