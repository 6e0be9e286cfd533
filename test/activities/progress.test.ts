import { AsyncResource } from 'node:async_hooks';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { progress } from '../../activities/progress.ts';

test('progress from a callback of a connection that was opened elsewhere reaches the right activity', async () => {
  const connection = new AsyncResource('a connection of before any activity');
  const beats: Record<string, unknown[]> = { one: [], other: [] };
  const activity = async (name: string, rows: number) => {
    const env = new MockActivityEnvironment();
    env.on('heartbeat', (details: unknown) => void beats[name]!.push(details));
    await env.run(async () => {
      const report = progress();
      connection.runInAsyncScope(() => report(rows));
    });
  };
  await Promise.all([activity('one', 5), activity('other', 7)]);
  expect(beats).toEqual({ one: [{ rows: 5 }], other: [{ rows: 7 }] });
});
