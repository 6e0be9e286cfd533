import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Definition } from '../../../activation/definition/definition.ts';
import { rows } from '../../../state/state.ts';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { ended } from '../../support/ended.ts';
import { deliver, listLines, planned } from '../sending.ts';
import { activationRow, extract, freshState, marksOf, open, type StateWorld } from '../support.ts';
import { begin, deltaRows, listOf, load, outcomesOf, ownTable, resolvedBy, rowsOf, run } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

test('the list contains the ids of the profiles with the keys; a member without a profile waits', async () => {
  const { id, definition } = await begin(world, [
    ['p1', 'anna'],
    ['p2', 'ben'],
    ['p8', 'twin'],
    ['p9', 'twin'],
  ]);
  const made = await planned(
    world,
    definition,
    rowsOf([
      ['anna', '1'],
      ['ben', '2'],
      ['nobody', '3'],
      ['twin', '4'],
    ]),
  );
  expect(await listLines(world, made)).toEqual(['p1', 'p2']);
  expect(made.counts).toMatchObject({ read: 4, members: 2, added: 2, waiting: 2 });
  expect(await deltaRows(world, made)).toEqual([
    { key: 'anna', membership: 'added', attributes: 'fresh' },
    { key: 'ben', membership: 'added', attributes: 'fresh' },
    { key: 'nobody', membership: 'waiting', attributes: null },
    { key: 'twin', membership: 'several', attributes: null },
  ]);
  await deliver(world, made);
  await settleRun(world.state, made);
  expect(await listOf(world, id)).toEqual([
    ['anna', 'p1'],
    ['ben', 'p2'],
  ]);
  expect(await outcomesOf(world, id)).toEqual({ anna: 'ok', ben: 'ok', nobody: 'waiting', twin: 'several' });
});

test('an unchanged segment and directory write nothing, also about members who wait', async () => {
  const { definition } = await begin(world, [['p1', 'anna']]);
  const segment = [
    ['anna', '1'],
    ['nobody', '2'],
  ] as const;
  await run(world, definition, segment);
  await confirm(definition, 'anna', '1');
  const later = [
    ['anna', '1'],
    ['nobody', 'another value'],
  ] as const;
  const again = await planned(world, definition, rowsOf(later));
  expect(await deltaRows(world, again)).toEqual([]);
  expect(again.counts).toMatchObject({ members: 1, waiting: 1, added: 0, removed: 0 });
});

/** Records that Actito confirmed this value of a member. */
async function confirm({ activation, ...rest }: Definition, key: string, value: string): Promise<void> {
  const { seed } = await activationRow(world, activation.id);
  const marks = marksOf({ activation, ...rest }, String(seed), { key, values: [value] });
  await world.state.raw(
    `update members_${activation.id.replaceAll('-', '_')}
     set attribute_mark = :attributeMark, hashes = decode(:hashes, 'hex'), waits_since = null where key = :key`,
    { attributeMark: marks.attributeMark, hashes: marks.hashes, key },
  );
}

describe('after a change of the directory, with an unchanged segment', () => {
  const segment = [
    ['anna', '1'],
    ['ben', '2'],
    ['nobody', '3'],
  ] as const;
  const start = async () => {
    const begun = await begin(world, [
      ['p1', 'anna'],
      ['p2', 'ben'],
    ]);
    await run(world, begun.definition, segment);
    return begun;
  };

  test('a member who waited is added, with all attributes', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    const made = await planned(world, definition, rowsOf(segment));
    const [found] = (await deltaRows(world, made)).filter((row) => (row as { key: string }).key === 'nobody');
    expect(found).toEqual({ key: 'nobody', membership: 'added', attributes: 'fresh' });
    expect(made.counts).toMatchObject({ added: 1, removed: 0, waiting: 0 });
    await deliver(world, made);
    await settleRun(world.state, made);
    expect(await listOf(world, id)).toContainEqual(['nobody', 'p3']);
    expect(await outcomesOf(world, id)).toMatchObject({ nobody: 'ok' });
  });

  test('a member whose profile is gone leaves the list, counts as removed, and waits', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p2', null]]);
    const made = await planned(world, definition, rowsOf(segment));
    expect(made.counts).toMatchObject({ members: 1, added: 0, removed: 1, waiting: 2 });
    expect(await listLines(world, made)).toEqual(['p1']);
    await deliver(world, made);
    await settleRun(world.state, made);
    await closeRun(world.state, made, ended('succeeded'));
    expect(await listOf(world, id)).toEqual([['anna', 'p1']]);
    expect(await outcomesOf(world, id)).toMatchObject({ ben: 'waiting' });
    const [logged] = await rows(
      world.state,
      `select change, key, identifier from changes where run = ? and key = 'ben'`,
      [made.run],
    );
    expect(logged).toEqual({ change: 'left', key: 'ben', identifier: 'p2' });
  });

  test('a member whose key moved to another profile has that profile on the list, and all attributes are sent', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [
      ['p2', 'former@ben'],
      ['p7', 'ben'],
    ]);
    const made = await planned(world, definition, rowsOf(segment));
    expect(await deltaRows(world, made)).toContainEqual({
      key: 'ben',
      membership: 'reidentified',
      attributes: 'fresh',
    });
    expect(await listLines(world, made)).toEqual(['p1', 'p7']);
    await deliver(world, made);
    await settleRun(world.state, made);
    expect(await listOf(world, id)).toEqual([
      ['anna', 'p1'],
      ['ben', 'p7'],
    ]);
  });

  test('a member whose key got a second profile leaves the list; when one of them goes, they return', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p5', 'anna']]);
    await run(world, definition, segment);
    expect(await outcomesOf(world, id)).toMatchObject({ anna: 'several' });
    await load(world, directory, [['p1', 'old@anna']]);
    await run(world, definition, segment);
    expect(await listOf(world, id)).toContainEqual(['anna', 'p5']);
  });

  test('a change that was not delivered is noticed again by the next run', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    const failed = await planned(world, definition, rowsOf(segment));
    await settleRun(world.state, failed); // nothing was delivered
    await closeRun(world.state, failed, ended('failed'));
    expect(await listOf(world, id)).not.toContainEqual(['nobody', 'p3']);
    await run(world, definition, segment);
    expect(await listOf(world, id)).toContainEqual(['nobody', 'p3']);
  });

  test('an activation that missed more loads than the log keeps looks up everyone', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    await world.state.raw(
      `delete from profile_changes_${directory.id}; update directories set logged_after = load where id = ${directory.id}`,
    );
    await run(world, definition, segment);
    expect(await listOf(world, id)).toContainEqual(['nobody', 'p3']);
  });
});

test('a grace period ends when the profile changes, so the list keeps no foreign profile', async () => {
  const { id, directory, definition } = await begin(
    world,
    [
      ['p1', 'anna'],
      ['p2', 'ben'],
    ],
    { removal: { after: '5 runs' } },
  );
  await run(world, definition, [
    ['anna', '1'],
    ['ben', '1'],
  ]);
  await run(world, definition, []);
  expect(await listOf(world, id)).toHaveLength(2);
  await load(world, directory, [['p2', 'somebody else']]);
  await run(world, definition, []);
  expect(await listOf(world, id)).toEqual([['anna', 'p1']]);
});

test('switching a list from keys to profile ids replaces its entries, and sends no attributes again', async () => {
  const { id, directory, definition } = await begin(world, []);
  const byKey = ownTable(id, resolvedBy(id, { list: {} }));
  await run(world, byKey, [['anna', '1']]);
  await confirm(byKey, 'anna', '1');
  await load(world, directory, [['p1', 'anna']]);
  const made = await planned(world, definition, rowsOf([['anna', '1']]));
  expect(await deltaRows(world, made)).toEqual([
    { key: 'anna', membership: 'reidentified', attributes: null },
  ]);
  expect(await listLines(world, made)).toEqual(['p1']);
});

test('without an export the list cannot be made, and nothing is taken from it', async () => {
  const { definition } = await begin(world, []);
  const opened = await open(world, definition);
  await expect(extract(world, opened, rowsOf([['anna', '1']]))).rejects.toMatchObject({
    type: 'ExportInvalid',
    told: { reason: 'directoryEmpty' },
  });
});

test('the activation remembers the load that its list reflects', async () => {
  const { id, directory, definition } = await begin(world, [['p1', 'anna']]);
  await run(world, definition, [['anna', '1']]);
  expect(await activationRow(world, id)).toMatchObject({ directory: directory.id, directory_load: '1' });
  await load(world, directory, [['p2', 'ben']]);
  await run(world, definition, [['anna', '1']]);
  expect(await activationRow(world, id)).toMatchObject({ directory_load: '2' });
});
