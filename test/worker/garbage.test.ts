import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { collectGarbage } from '../../worker/garbage.ts';

const MB = 2 ** 20;

test('buffers of processed rows are collected long before V8 would collect them', async () => {
  const program = ['dev/start.js', 'test/worker/passing-buffers.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  const most = JSON.parse(stdout) as { without: number; with: number };
  expect(most.without).toBeGreaterThan(25 * MB); // otherwise this test proves nothing
  expect(most.with).toBeLessThan(22 * MB);
});

test('without --expose-gc nothing is done', async () => {
  vi.stubGlobal('gc', undefined);
  vi.useFakeTimers();
  collectGarbage();
  expect(vi.getTimerCount()).toBe(0);
});
