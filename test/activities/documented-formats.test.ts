import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand } from '../support/stand.ts';

const { stand, runner } = await standWithRunner();
const project = (text: string) => writeFile(join(stand.projectFolder, 'project.yaml'), text);
beforeEach(async () => {
  await resetStand(stand);
  await rm(join(stand.projectFolder, 'project.yaml'), { force: true });
  await stand.writeDestination();
});

const profile = (name: string) => stand.actito.contact('emailAddress', `${name}@shop.be`)!;
const seed = (...names: string[]) =>
  stand.actito.seedContacts(names.map((name) => ({ emailAddress: `${name}@shop.be` })));

/** An activation whose segment has one row for each of these people, with the columns of the select list. */
const select = (columns: string, attributes: object[], more: object = {}) =>
  stand.writeActivation({
    segment: { name: LIST, query: `select email, ${columns} from people` },
    attributes,
    ...more,
  });
const people = (...names: string[]) =>
  stand.warehouse.query(`insert into people (email) select unnest($1::text[]) || '@shop.be'`, [names]);

describe('a timestamp that becomes a date', () => {
  const BORN = `timestamptz '2000-03-01 00:00+02' as born`;
  const BIRTH_DATE = { column: 'born', attribute: 'birthDate' };
  beforeEach(async () => {
    await seed('anna', 'bob');
    await people('anna', 'bob');
  });

  test('is rejected without a time zone, by the plan and by the run, and the message says what to do', async () => {
    await select(BORN, [BIRTH_DATE]);
    const advice = /born" has type timestamp with time zone: its date .* Set timezone/;
    const { plan } = await runner.run({ dryRun: true });
    expect(plan?.preview?.problems).toMatchObject([{ reason: 'wouldFail' }]);
    expect(plan?.preview?.problems[0]!.message).toMatch(advice);
    const run = await runner.run();
    expect(run).toMatchObject({ outcome: 'failed', failure: { type: 'MappingInvalid' } });
    expect(run.failure!.message).toMatch(advice);
    expect(profile('anna')).toMatchObject({ birthDate: null });
    expect(stand.actito.imports()).toEqual([]);
  });

  test('has the date of the time zone that the attribute, the activation or the project sets', async () => {
    await project('timezone: America/New_York\n');
    await select(BORN, [BIRTH_DATE]);
    expect(await runner.run()).toMatchObject({ counts: { updated: 2 } });
    expect(profile('anna')).toMatchObject({ birthDate: '2000-02-29' });

    await select(BORN, [BIRTH_DATE], { timezone: 'Europe/Athens' });
    expect(await runner.run()).toMatchObject({ counts: { changed: 2, updated: 2 } });
    expect(profile('anna')).toMatchObject({ birthDate: '2000-03-01' });
    expect(await runner.run()).toMatchObject({ plan: { toSend: 0 } });

    await select(BORN, [{ ...BIRTH_DATE, timezone: 'Europe/Brussels' }], { timezone: 'Europe/Athens' });
    expect(await runner.run()).toMatchObject({ counts: { updated: 2 } });
    expect(profile('anna')).toMatchObject({ birthDate: '2000-02-29' });
  });

  test('is sent again, without other attributes, when the time zone changes', async () => {
    const attributes = [BIRTH_DATE, { column: 'points', attribute: 'points', create: { type: 'LONG' } }];
    await select(`${BORN}, 7 as points`, attributes, { timezone: 'UTC' });
    await runner.run();
    await select(`${BORN}, 7 as points`, attributes, { timezone: 'Europe/Athens' });
    expect(await runner.run()).toMatchObject({ counts: { updated: 2 } });
    expect(stand.actito.imports().at(-1)).toMatchObject({ columns: ['emailAddress', 'birthDate'] });
    expect(profile('bob')).toMatchObject({ birthDate: '2000-03-01', points: '7' });
  });

  test('a local time is read in the configured time zone', async () => {
    const seen = { column: 'seen', attribute: 'seen', create: { type: 'TIMESTAMP' } };
    await select(`timestamp '2026-07-01 00:30' as seen`, [seen]);
    expect((await runner.run()).failure!.message).toMatch(/its point in time depends on a time zone/);
    await select(`timestamp '2026-07-01 00:30' as seen`, [seen], { timezone: 'Europe/Brussels' });
    expect(await runner.run()).toMatchObject({ counts: { updated: 2 } });
    expect(profile('anna')).toMatchObject({ seen: '2026-06-30 22:30:00' });
  });
});

describe('a value that Actito would refuse is left out, and everything else is sent', () => {
  const BAD: [string, string, string][] = [
    ['gsmNumber', `'0475 12 34 56'`, 'ValueCountryMissing'],
    ['city', `repeat('😀', 200)`, 'ValueTooLong'],
    ['motherLanguage', `'xx'`, 'ValueNotALanguage'],
    ['sex', `'X'`, 'ValueNotASex'],
    ['birthDate', `'31/12/1990'`, 'ValueNotADate'],
  ];

  test.each(BAD)('%s: %s', async (attribute, sql, reason) => {
    const PEOPLE = 280;
    const names = Array.from({ length: PEOPLE }, (_, i) => `p${i}`);
    await seed(...names);
    await people(...names);
    const attributes = [
      { column: 'bad', attribute },
      { column: 'name', attribute: 'firstName' },
    ];
    await select(`${sql} as bad, 'Anna' as name`, attributes);
    expect(await runner.run()).toMatchObject({
      counts: { updated: PEOPLE, refused: 0, badValues: PEOPLE },
      rejects: [{ stage: 'import', reason, attribute, count: PEOPLE }],
      imported: { imports: 1 },
    });
    for (const name of names) expect(profile(name)).toMatchObject({ firstName: 'Anna', [attribute]: null });
  });

  test('a number of 150 digits', async () => {
    await seed('anna');
    await people('anna');
    await select(`repeat('9', 150)::numeric as big, 'Anna' as name`, [
      { column: 'big', attribute: 'big', create: { type: 'NUMBER' } },
      { column: 'name', attribute: 'firstName' },
    ]);
    expect(await runner.run()).toMatchObject({
      counts: { updated: 1, badValues: 1 },
      rejects: [{ reason: 'ValueTooManyDigits', attribute: 'big' }],
    });
    expect(profile('anna')).toMatchObject({ firstName: 'Anna', big: null });
  });
});

test('a phone number is sent in the international format of the mapped country and sent again when the country changes', async () => {
  await seed('anna');
  await people('anna');
  const attributes = [{ column: 'phone', attribute: 'gsmNumber' }];
  await select(`'0475 12 34 56' as phone`, attributes, { defaultCountry: 'BE' });
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  expect(profile('anna')).toMatchObject({ gsmNumber: '+32475123456' });
  await project('defaultCountry: FR\n');
  await select(`'06 12 34 56 78' as phone`, attributes);
  expect(await runner.run()).toMatchObject({ counts: { updated: 1, badValues: 0 } });
  expect(profile('anna')).toMatchObject({ gsmNumber: '+33612345678' });
});

test('the worker applies the formats and lengths of the contract, and sends a rejected value once it changes', async () => {
  await seed('anna');
  await people('anna');
  await select(`'de' as home, repeat('é', 200) as note`, [
    { column: 'home', attribute: 'country' },
    { column: 'note', attribute: 'city' },
  ]);
  await stand.writeDestination({ contract: { lengthUnit: 'utf8Bytes', formats: { country: 'country' } } });
  expect(await runner.run()).toMatchObject({ counts: { updated: 1, badValues: 1 } });
  expect(profile('anna')).toMatchObject({ country: 'DE', city: null });
  await stand.writeDestination({ contract: { lengthUnit: 'codePoints', formats: { country: 'country' } } });
  expect(await runner.run()).toMatchObject({ counts: { updated: 1, badValues: 0 } });
  expect(profile('anna')).toMatchObject({ city: 'é'.repeat(200) });
});
