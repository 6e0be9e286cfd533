import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { collectGarbage } from '../../worker/garbage.ts';

const MB = 2 ** 20;

afterEach(() => vi.unstubAllGlobals());

/** Lets 60 MB of buffers pass, a little at a time. @returns the most that lay outside V8's heap, beyond what lay there before */
async function passBuffers(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  const before = getHeapStatistics().external_memory;
  let most = 0;
  for (let passed = 0; passed < 60; passed++) {
    Buffer.alloc(MB);
    await sleep(20);
    most = Math.max(most, getHeapStatistics().external_memory - before);
  }
  gc();
  return most;
}

test('buffers of rows that have passed are collected long before V8 would', async () => {
  expect(await passBuffers()).toBeGreaterThan(25 * MB); // else this test shows nothing
  vi.stubGlobal('gc', runInNewContext('gc'));
  const end = collectGarbage();
  expect(await passBuffers()).toBeLessThan(22 * MB);
  end();
});

test('without --expose-gc nothing is done', async () => {
  vi.stubGlobal('gc', undefined);
  vi.useFakeTimers();
  collectGarbage();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
