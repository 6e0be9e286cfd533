import { expect, test } from 'vitest';
import { Failure } from '../../contract/failure.ts';
import { onlyOnce, watch } from '../../warehouse/reading.ts';

/** A read of three lines that can be canceled; `ended` has what happened at its end. */
function startReading(lines: () => AsyncGenerator<Buffer, number, undefined>) {
  const controller = new AbortController();
  const ended: string[] = [];
  const close = onlyOnce(async () => void ended.push('closed'));
  const failure = new Failure('segmentIncomplete', {});
  const { batches } = watch(controller.signal, close, () => failure);
  return { controller, ended, failure, batches: batches({ text: 'select 1', offset: 0 }, lines()) };
}

async function* threeLines(): AsyncGenerator<Buffer, number, undefined> {
  for (const line of ['1\n', '2\n', '3\n']) yield Buffer.from(line);
  return 3;
}

test('a read to its end returns the count, and leaves the warehouse open for a later cancellation', async () => {
  const { batches, ended, controller } = startReading(threeLines);
  let item = await batches.next();
  while (!item.done) item = await batches.next();
  controller.abort();
  expect([item.value, ended]).toEqual([3, []]);
});

test('a read that is canceled ends with the reason, also after its last line', async () => {
  const { batches, ended, controller } = startReading(threeLines);
  for (let line = 1; line <= 3; line++) await batches.next();
  controller.abort(new Error('enough of it'));
  await expect(batches.next()).rejects.toThrow('enough of it');
  expect(ended).toEqual(['closed']);
});

test('an error is converted, and closes the warehouse', async () => {
  const { batches, ended, failure } = startReading(async function* () {
    yield* threeLines();
    throw new Error('of the server');
  });
  const consume = async () => {
    for await (const batch of batches) expect(batch.length).toBe(2);
  };
  await expect(consume()).rejects.toBe(failure);
  expect(ended).toEqual(['closed']);
});

test('a consumer that stops early closes the warehouse', async () => {
  const { batches, ended } = startReading(threeLines);
  await batches.next();
  await batches.return(0);
  expect(ended).toEqual(['closed']);
});
