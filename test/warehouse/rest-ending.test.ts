import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRest } from '../../warehouse/rest/open.ts';
import type { RestService, Running } from '../../warehouse/rest/service.ts';
import { SNOWFLAKE } from '../../warehouse/snowflake/statements.ts';
import { readAll } from './reading.ts';

/**
 * A service that accepts a statement when the test says so, and has one column in each.
 * @param rows the document with its rows, and their number as it counts them
 */
function heldService(rows = { document: '[]', counted: 0 }) {
  const calls: string[] = [];
  let accept!: (running: Running) => void;
  const accepted = new Promise<Running>((resolve) => (accept = resolve));
  const running: Running = {
    columns: async () => [{ name: 'c', kind: 'text', databaseType: 'TEXT', expression: (name) => name }],
    async *lines(encoder) {
      yield* encoder.push(Buffer.from(rows.document));
      encoder.endDocument();
      return rows.counted;
    },
    cancel: async () => void calls.push('cancel'),
  };
  const service: RestService = {
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: false },
    dialect: SNOWFLAKE,
    quoteColumn: (name) => `"${name}"`,
    clock: 'select now()',
    submit({ text }) {
      calls.push(text);
      return accepted;
    },
    unreadable: () => new Error('unreadable'),
    failure: (error) => error,
    close: async () => void calls.push('close'),
  };
  return { service, calls, accept: () => accept(running) };
}

const QUESTION = { query: 'select 1', setting: 'guards.freshness' };

test('a statement that the service accepts after the cancellation is canceled there, before the connections end', async () => {
  const { service, calls, accept } = heldService();
  const warehouse = openRest(service);
  const controller = new AbortController();
  const asked = warehouse.look({ ...QUESTION, signal: controller.signal });
  controller.abort(new Error('enough of it'));
  await expect(asked).rejects.toThrow('enough of it');
  await setImmediate();
  expect(calls).toEqual([expect.stringContaining('select 1')]); // nothing is closed before the answer
  accept();
  await warehouse.close();
  expect(calls.slice(1)).toEqual(['cancel', 'close']);
});

test('after the end, no statement is sent', async () => {
  const { service, calls, accept } = heldService();
  accept();
  const warehouse = openRest(service);
  await warehouse.close();
  const { signal } = new AbortController();
  await expect(warehouse.look({ ...QUESTION, signal })).rejects.toMatchObject({ type: 'SourceUnavailable' });
  expect(calls).toEqual(['close']);
});

test('a question reads one row, however many its query has', async () => {
  const { service, calls, accept } = heldService();
  accept();
  const { signal } = new AbortController();
  expect(await openRest(service).look({ ...QUESTION, signal })).toMatchObject({ found: false, value: null });
  expect(calls[1]).toMatch(/from answer limit 1$/);
});

test.each([0, 1, 2, 3])(
  'two rows that the service counts as %i are complete only if it counts two',
  async (counted) => {
    const { signal } = new AbortController();
    const open = () => {
      const held = heldService({ document: '[["a"],["b"]]', counted });
      held.accept();
      return { ...held, warehouse: openRest(held.service) };
    };
    const [reading, asking] = [open(), open()];
    const read = readAll(reading.warehouse, 'select 1', ['c']);
    const asked = asking.warehouse.look({ ...QUESTION, signal });
    if (counted === 2) {
      expect(await read).toMatchObject({ lines: [['a'], ['b']], rows: 2 });
      expect(await asked).toMatchObject({ found: true });
      expect(reading.calls).not.toContain('cancel'); // nothing runs any more
    } else {
      await expect(read).rejects.toMatchObject({ type: 'SourceUnavailable' });
      await expect(asked).rejects.toMatchObject({ type: 'SourceUnavailable' });
      expect(reading.calls).toContain('cancel');
    }
  },
);
