import { expect, test } from 'vitest';
import { Failure } from '../../contract/failure.ts';
import { warehouseOf, type Lines } from '../../warehouse/reading.ts';

/** A read of three lines that can be canceled; `ended` has what happened at its end. */
async function startReading(lines: () => Lines) {
  const controller = new AbortController();
  const ended: string[] = [];
  const failure = new Failure('segmentIncomplete', {});
  const warehouse = warehouseOf({
    guarantees: { snapshot: 'none', readOnly: 'wrapped', errorPosition: 'all', tried: false },
    failures: () => failure,
    async look() {
      controller.abort(new Error('enough of it'));
      return { found: false, kind: 'text', value: null };
    },
    clock: async () => 0,
    read: async () => ({ columns: [], statement: { text: 'select 1', offset: 0 }, lines: lines() }),
    close: async () => void ended.push('closed'),
  });
  const request = { segment: { query: 'select 1' }, columns: [], signal: controller.signal };
  const read = await warehouse.read(request);
  const batches = read.batches[Symbol.asyncIterator]();
  return { controller, ended, failure, rows: () => read.rows(), batches, warehouse };
}

async function* threeLines(): Lines {
  for (const line of ['1\n', '2\n', '3\n']) yield Buffer.from(line);
  return 3;
}

test('a read to its end has the count, and leaves the warehouse open for a later cancellation', async () => {
  const { batches, rows, ended, controller } = await startReading(threeLines);
  while (!(await batches.next()).done);
  controller.abort();
  expect([rows(), ended]).toEqual([3, []]);
});

test('a read that is canceled ends with the reason, also after its last line', async () => {
  const { batches, rows, ended, controller } = await startReading(threeLines);
  for (let line = 1; line <= 3; line++) await batches.next();
  controller.abort(new Error('enough of it'));
  await expect(batches.next()).rejects.toThrow('enough of it');
  expect(ended).toEqual(['closed']);
  expect(rows).toThrow(Failure);
});

test('an error is converted, and closes the warehouse', async () => {
  const { batches, ended, failure } = await startReading(async function* () {
    yield* threeLines();
    throw new Error('of the server');
  });
  for (let line = 1; line <= 3; line++) expect((await batches.next()).value).toHaveLength(2);
  await expect(batches.next()).rejects.toBe(failure);
  expect(ended).toEqual(['closed']);
});

test('a consumer that stops early closes the warehouse, once', async () => {
  const { batches, ended, warehouse } = await startReading(threeLines);
  await batches.next();
  await batches.return!();
  expect(ended).toEqual(['closed']);
  await warehouse.close();
  expect(ended).toEqual(['closed']);
});

test('a question that is canceled ends with the reason, also if the server still answers', async () => {
  const { controller, ended, warehouse } = await startReading(threeLines);
  const question = { query: 'select 1', setting: 'guards.freshness', signal: controller.signal };
  await expect(warehouse.look(question)).rejects.toThrow('enough of it');
  expect(ended).toEqual(['closed']);
});
