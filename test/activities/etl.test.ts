import { beforeEach, describe, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand } from '../support/stand.ts';

/* Attributes that are sent by an ETL which was defined in Actito beforehand. */

const { stand, runner } = await standWithRunner();

const COLUMNS = ['emailAddress', 'firstName', 'lastName', 'city'];
const mapped = (nulls: 'keep' | 'clear') => [
  { column: 'first_name', attribute: 'firstName', nulls },
  { column: 'note', attribute: 'lastName', nulls },
  { column: 'city', attribute: 'city', nulls },
];

beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
  await stand.writeActivation({ importMode: { etl: '12' }, attributes: mapped('keep') });
  await stand.actito.seedContacts(
    ['anna', 'bob', 'eve'].map((name) => ({
      emailAddress: `${name}@shop.be`,
      firstName: 'before',
      lastName: 'before',
      city: 'before',
    })),
  );
});

const createEtl = (more: object = {}) =>
  stand.actito.createEtl({
    id: '12',
    key: 'emailAddress',
    columns: Object.fromEntries(COLUMNS.map((name) => [name, name])),
    ...more,
  });
const insert = (...rows: string[]) =>
  stand.warehouse.query(`insert into people (email, first_name, note, city) values ${rows.join(', ')}`);
const profile = (name: string) => {
  const contact = stand.actito.contact('emailAddress', `${name}@shop.be`)!;
  return [contact.firstName, contact.lastName, contact.city];
};
const listed = () => [...stand.actito.listMembers(LIST)].sort();

test('values arrive through an ETL, and the run reports what was not applied, as with a one-shot import', async () => {
  createEtl();
  await insert(`('anna@shop.be', 'Anna', 'A', 'Gent')`, `('nobody@shop.be', 'N', 'N', 'N')`);
  expect(await runner.run()).toMatchObject({
    outcome: 'succeeded',
    counts: { updated: 1, unmatched: 1 },
    provisioned: {
      notes: [{ message: expect.stringContaining('in mode UPDATE_ONLY, match on emailAddress') }],
    },
  });
  expect(profile('anna')).toEqual(['Anna', 'A', 'Gent']);
  expect(stand.actito.imports()).toMatchObject([{ etlId: '12' }]);
  expect(stand.actito.contactCount()).toBe(3);
});

test('a null that keeps the value in Actito leaves its column out of the file', async () => {
  createEtl();
  await insert(`('anna@shop.be', null, 'A', null)`);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  expect(profile('anna')).toEqual(['before', 'A', 'before']);
  expect(stand.actito.imports()).toMatchObject([{ columns: ['emailAddress', 'lastName'] }]);
});

test('an ETL that Actito no longer has uses no import and no list member, and the run reports what to do', async () => {
  createEtl();
  await insert(`('bob@shop.be', 'Bob', 'B', 'Gent')`);
  await runner.run();
  stand.actito.deleteEtl('12');
  await insert(`('anna@shop.be', 'Anna', 'A', 'Gent')`);
  const { outcome, failure } = await runner.run();
  expect([outcome, failure?.type]).toEqual(['failed', 'ConfigurationInvalid']);
  expect(failure!.message).toContain('The ETL 12 in importMode of activation vip does not exist in Actito');
  expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  const { rows } = await stand.state.raw<{ rows: { status: string }[] }>(
    'select status from imports order by id',
  );
  expect(rows.at(-1)).toEqual({ status: 'refused' }); // it does not count against the quota of the day

  createEtl();
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  expect(profile('anna')).toEqual(['Anna', 'A', 'Gent']);
});

test('a run fails if its ETL does not map a sent attribute, says which, and sends everything once the ETL is fixed', async () => {
  createEtl({ columns: { emailAddress: 'emailAddress', Vorname: 'firstName' } });
  await insert(`('anna@shop.be', 'Anna', 'A', 'Gent')`);
  const { failure } = await runner.run();
  expect(failure?.type).toBe('ImportFailed');
  expect(failure!.message).toContain(
    'header line with the technical names emailAddress, city, firstName, lastName',
  );
  stand.actito.deleteEtl('12');
  createEtl();
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
});

describe('an ETL that requires all of its columns', () => {
  test('gets all columns, and a null keeps its value in Actito if the ETL ignores empty fields', async () => {
    createEtl({ columnsPolicy: 'all' });
    stand.actito.changeLicence({ emptyValue: 'ignored' });
    await stand.writeDestination({ contract: { etlColumns: 'all', emptyValue: 'ignored' } });
    const long = 'x'.repeat(300);
    await insert(
      `('anna@shop.be', null, 'A', 'Gent')`,
      `('bob@shop.be', 'Bob', null, null)`,
      `('eve@shop.be', '${long}', 'E', 'Lyon')`,
    );
    expect(await runner.run()).toMatchObject({
      outcome: 'succeeded with rejects',
      counts: { updated: 3, badValues: 1 },
    });
    expect(['anna', 'bob', 'eve'].map(profile)).toEqual([
      ['before', 'A', 'Gent'],
      ['Bob', 'before', 'before'],
      ['before', 'E', 'Lyon'], // only the rejected value is left out
    ]);
    for (const { columns } of stand.actito.imports()) expect(columns).toHaveLength(4);
  });

  test('gets no row with a rejected value if an empty field clears: the profile stays unchanged until the value is fixed', async () => {
    createEtl({ columnsPolicy: 'all' });
    await stand.writeDestination({ contract: { etlColumns: 'all' } });
    await stand.writeActivation({ importMode: { etl: '12' }, attributes: mapped('clear') });
    await insert(
      `('anna@shop.be', null, 'A', 'Gent')`,
      `('bob@shop.be', 'Bob', '${'x'.repeat(300)}', 'Lyon')`,
    );
    expect(await runner.run()).toMatchObject({
      outcome: 'succeeded with rejects',
      rejects: [{ stage: 'import', attribute: 'lastName', reason: 'ValueTooLong', count: 1 }],
    });
    expect(['anna', 'bob'].map(profile)).toEqual([
      [null, 'A', 'Gent'],
      ['before', 'before', 'before'],
    ]);
    expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
    expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
    await stand.warehouse.query(`update people set note = 'B' where email = 'bob@shop.be'`);
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
    expect(profile('bob')).toEqual(['Bob', 'B', 'Lyon']);
  });
});
