import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAcknowledged } from '../../state/acknowledged.ts';
import type { DeliveryKind } from '../../state/lists/deliveries.ts';
import { withListContent } from '../../state/lists/list-content.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { goodRun, listLines, planned } from './sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const people = (count: number): SegmentRow[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `p${i}`,
    identifier: `card${i}`,
    values: ['1', '2', '3'],
  }));

const linesOf = (run: PlannedRun) => listLines(world, run);

/** Reads the list of a run through `use`, like a delivery. */
async function read<T>(
  run: PlannedRun,
  use: (content: AsyncIterable<Uint8Array>) => Promise<T>,
  kind: DeliveryKind = 'plan',
): Promise<T> {
  const { seed, list } = await readAcknowledged(world.state, run);
  const figures = kind === 'plan' ? run.plan.list : list;
  return withListContent(world.state, run, { kind, figures, seed, separator: ';' }, use);
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a list contains every member of the segment, one line each, with keys quoted where CSV requires it', async () => {
  const segment = [...people(20_000), { key: 'a;"b"', values: ['1', '2', '3'] }];
  const run = await planned(world, definitionFor(newActivation()), segment);
  const lines = await linesOf(run);
  expect(lines).toHaveLength(20_001);
  expect(lines).toContain('"a;""b"""');
  expect(lines).toContain('p19999');
});

test('a list contains the identifier if it is not the key', async () => {
  const run = await planned(world, definitionFor(newActivation(), OWN_IDENTIFIER), people(2));
  expect(await linesOf(run)).toEqual(['card0', 'card1']);
});

test('a list contains the members that stay and the added ones, without the removed ones', async () => {
  const definition = definitionFor(newActivation(), OWN_IDENTIFIER);
  await goodRun(world, definition, people(3));
  const [stays, renamed, ...added] = people(5).slice(1);
  const run = await planned(world, definition, [stays!, { ...renamed!, identifier: 'new' }, ...added]);
  expect(await linesOf(run)).toEqual(['card1', 'card3', 'card4', 'new']);
});

test('a list that is kept alive is the one that was delivered last, whatever the run would change', async () => {
  const definition = definitionFor(newActivation(), OWN_IDENTIFIER);
  await goodRun(world, definition, people(3));
  const run = await planned(world, definition, [
    { ...people(1)[0]!, identifier: 'new' },
    ...people(5).slice(3),
  ]);
  expect(await read(run, textOf, 'kept')).toBe('card0\ncard1\ncard2\n');
});

test('an empty segment gives an empty list', async () => {
  expect(await linesOf(await planned(world, definitionFor(newActivation()), []))).toEqual([]);
});

const LOSSES: Record<string, (tables: { delta: string; members: string }) => string> = {
  'a delta that was emptied': ({ delta }) => `truncate ${delta}`,
  'a delta that has lost a row': ({ delta }) => `delete from ${delta} where key = 'p3'`,
  'a delta that contains another member instead': ({ delta }) =>
    `update ${delta} set key = 'x' where key = 'p3'`,
  'members that were emptied': ({ members }) => `truncate ${members}`,
  'members of whom one is gone': ({ members }) => `delete from ${members} where key = 'p1'`,
  'members that contain another one instead': ({ members }) =>
    `update ${members} set key = 'x' where key = 'p1'`,
};
test.each(Object.keys(LOSSES))('a list from %s never ends successfully', async (loss) => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const run = await planned(world, definition, people(4));
  const members = `members_${run.activation.replaceAll('-', '_')}`;
  await world.state.raw(LOSSES[loss]!({ delta: run.delta, members }));
  await expect(read(run, textOf)).rejects.toMatchObject({ name: 'StateDamaged' });
});

test('a list whose delta is missing never begins', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(3));
  await world.state.raw(`drop table ${run.delta}`);
  await expect(read(run, textOf)).rejects.toMatchObject({ code: '42P01' }); // undefined_table
});

test('changes to its tables during the read do not change the list', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(30_000));
  const run = await planned(world, definition, people(50_000));
  const lines = await read(run, async (content) => {
    let count = 0;
    for await (const chunk of content) {
      if (count === 0) {
        const members = `members_${run.activation.replaceAll('-', '_')}`;
        await world.state.raw(`delete from ${run.delta} where key like '%7'; delete from ${members}`);
      }
      for (const byte of chunk) if (byte === 10) count++;
    }
    return count;
  });
  expect(lines).toBe(50_000);
});

test('a failure of the reader of a list is passed on, and the connection is not reused in the middle of a read', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(50_000));
  for (let i = 0; i < 12; i++) {
    const reading = read(run, async (content) => {
      for await (const {} of content) throw new Error('the file server broke off');
    });
    await expect(reading).rejects.toThrow('the file server broke off');
  }
  expect(await linesOf(run)).toHaveLength(50_000);
});

test('a list whose connection breaks before it is read fails, instead of waiting forever', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(3));
  const { pool } = world.state.client as {
    pool: { used: { resource: { connection: { stream: Socket } } }[] };
  };
  const reading = read(run, async (content) => {
    for (const { resource } of pool.used) resource.connection.stream.destroy(new Error('reset'));
    await setImmediate(); // pg notices it before any read
    return textOf(content);
  });
  await expect(reading).rejects.toThrow(/reset|terminated/);
});
