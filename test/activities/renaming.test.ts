import { beforeEach, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand } from '../support/stand.ts';
import { words } from '../support/words.ts';

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email) values ('anna@shop.be')`);
});

const RENAMED = 'The external target list "VIP" was renamed to "Best" in Actito';
const members = (name: string) => [...stand.actito.listMembers(name)];
const idOf = (name: string) => stand.actito.list(name)?.id;

test('a renamed list continues under its new name with its members, and the run reports it once', async () => {
  await runner.run();
  const id = idOf(LIST);
  await stand.writeActivation({ list: { name: 'Best' } });
  const run = await runner.run();
  expect(run).toMatchObject({
    outcome: 'succeeded',
    plan: { push: 'first delivery' },
    list: { retrieved: true },
  });
  expect(words(run.provisioned!.notes)).toEqual([expect.stringContaining(RENAMED)]);
  expect([idOf('Best'), idOf(LIST)]).toEqual([id, undefined]);
  expect(members('Best')).toEqual(['anna@shop.be']);
  expect((await runner.run()).provisioned!.notes).toEqual([]);
});

test('after a run that fails after renaming, the next one finds the list by its new name', async () => {
  await runner.run();
  await stand.writeActivation({ list: { name: 'Best' } });
  stand.actito.setFault('renameRefused', {});
  expect(await runner.run()).toMatchObject({ outcome: 'failed' });
  stand.actito.setFault('renameRefused', null);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    provisioned: { notes: [], push: 'first delivery' },
  });
  expect(stand.actito.lists().map(({ name }) => name)).toEqual(['Best']);
  expect(members('Best')).toEqual(['anna@shop.be']);
});

test('an activation whose file was renamed takes over its list if the file says so, and feeds it', async () => {
  await runner.run();
  const id = idOf(LIST);
  await stand.writeActivation({ list: { name: LIST, fileName: 'other.csv' } }, 'best');
  await stand.writeActivation({ list: { name: 'Away' } }); // its path in the project is free
  const refused = await runner.run({ activation: 'best' });
  expect(refused.failure).toMatchObject({ type: 'ListConflict' });
  expect(refused.failure!.message).toContain('belongs to activation vip, not to best');
  await stand.writeActivation({ list: { name: LIST, fileName: 'other.csv', adopt: true } }, 'best');
  expect(await runner.run({ activation: 'best' })).toMatchObject({ outcome: 'succeeded' });
  expect(idOf(LIST)).toBe(id);
  expect(members(LIST)).toEqual(['anna@shop.be']);
});
