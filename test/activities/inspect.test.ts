import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, expect, test } from 'vitest';
import { createActivities, type Activities } from '../../activities/create.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand, usualActivation } from '../support/stand.ts';

/* The attributes and lists of Actito, as `attributes <destination>` and `lists <destination>` show them. */

const { stand, runner } = await standWithRunner();
const activities = createActivities(stand);
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email) values ('anna@shop.be')`);
});

function inspect<Name extends 'inspectAttributes' | 'inspectLists'>(name: Name, destination = 'actito') {
  const { client } = runner;
  const env = new MockActivityEnvironment(
    {},
    { client, logger: new DefaultLogger('ERROR', () => undefined) },
  );
  return env.run(activities[name] as never, destination as never) as ReturnType<Activities[Name]>;
}

test('attributes are shown with type, length, uniqueness and the activations that write them', async () => {
  const attributes = [...(usualActivation().attributes as object[]).slice(0, 1)];
  await stand.writeActivation({ attributes, list: { name: 'Second' } }, 'second');
  await runner.run();
  const { attributes: found, ...rest } = await inspect('inspectAttributes');
  expect(rest).toEqual({ what: 'attributes', destination: 'actito', profileTable: 'Profiles', more: 0 });
  const named = (name: string) => found.find((attribute) => attribute.name === name);
  expect(named('emailAddress')).toMatchObject({
    type: 'EMAIL_ADDRESS',
    unique: true,
    mandatory: true,
    mappedBy: [],
  });
  expect(named('firstName')).toMatchObject({ unique: false, mappedBy: ['second', 'vip'] });
  expect(named('city')).toMatchObject({ type: 'STRING', maxLength: 255, mappedBy: ['vip'] });
  expect(named('spent')).toEqual({
    name: 'spent',
    type: 'NUMBER',
    unique: false,
    mandatory: false,
    mappedBy: ['vip'],
  });
});

test('lists are shown with their size, who created them, and whether an activation still feeds them', async () => {
  await stand.writeActivation({}, 'vip');
  await runner.run();
  stand.actito.createList({ name: 'By hand' });
  stand.actito.createList({ name: 'Old', description: 'Was good [actito-sync:gone]' });
  const { lists, ...rest } = await inspect('inspectLists');
  expect(rest).toEqual({ what: 'lists', destination: 'actito', more: 0 });
  const nobody = { profiles: 0, expires: null, file: null };
  expect(lists).toEqual([
    {
      name: LIST,
      profiles: 1,
      file: 'VIP.csv',
      owner: 'vip',
      orphaned: false,
      expires: stand.actito.list(LIST)!.expirationDate,
    },
    { name: 'By hand', ...nobody, owner: null, orphaned: false },
    { name: 'Old', ...nobody, owner: 'gone', orphaned: true },
  ]);
});

test('at most a thousand are shown, with the number of all others', async () => {
  for (let no = 0; no < 1_003; no++) stand.actito.createList({ name: `L${no}` });
  const { lists, more } = await inspect('inspectLists');
  expect([lists.length, more]).toEqual([1_000, 3]);
});

test('lists that cannot be read are reported as unreadable, and attributes are still shown', async () => {
  stand.actito.changeLicence({ assumedRoutes: 404 });
  await expect(inspect('inspectLists')).rejects.toMatchObject({ type: 'ActitoRefused', nonRetryable: true });
  await expect(inspect('inspectLists')).rejects.toThrow(
    /The external target lists of this license cannot be read: .*404.*contract\.paths\.lists.*list\.provision: existing/,
  );
  expect((await inspect('inspectAttributes')).attributes.length).toBeGreaterThan(5);
});

test('an unknown destination is an error that suggests the nearest name', async () => {
  const asked = inspect('inspectLists', 'actitoo');
  await expect(asked).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
  await expect(asked).rejects.toThrow(
    `The worker's project has no destination "actitoo", did you mean "actito"?`,
  );
});
