import { setImmediate } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { keepForeignWords } from '../../activities/keep-words.ts';
import { Failure } from '../../contract/failure.ts';
import { SILENT } from '../support/direct-run.ts';

test('a failure is reported without its words if the activity is stopped before the state answers', async () => {
  const state = { raw: () => new Promise(() => undefined) };
  const failure = new Failure('stateUnreachable', {}, { words: 'the server is full' });
  const env = new MockActivityEnvironment({}, { logger: SILENT });
  const told = env.run(() => keepForeignWords({ state } as never, failure, { run: '1' }));
  env.cancel();
  const late = async () => {
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    return 'it still waits';
  };
  expect(await Promise.race([told, late()])).toEqual(failure.told);
});
