import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { WarehouseFixture } from './fixture.ts';

/** Of `npm start`. */
const OPTIONS = ['--expose-gc', '--max-semi-space-size=2'];
const env = { ...process.env, MALLOC_ARENA_MAX: '1' };

/** How much memory a read needs, in a process of its own: the server is in the process of the tests. */
export function describeMemory(fixture: WarehouseFixture): void {
  test(
    '2,000,000 rows in the largest chunks are read within 256 MB, less than their own size and that of Node',
    { timeout: 300_000 },
    async () => {
      const { stop, ...opening } = await fixture.apart();
      try {
        const request = { ...opening, query: fixture.rows(2_000_000) };
        const program = [
          ...OPTIONS,
          'dev/start.js',
          'test/warehouse/contract/read-apart.ts',
          JSON.stringify(request),
        ];
        const { stdout } = await promisify(execFile)(process.execPath, program, { env });
        const { lines, counted, megabytes } = JSON.parse(stdout) as Record<string, number>;
        expect({ lines, counted }).toEqual({ lines: 2_000_000, counted: 2_000_000 });
        expect(megabytes).toBeLessThan(256);
      } finally {
        await stop?.();
      }
    },
  );
}
