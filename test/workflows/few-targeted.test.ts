import { beforeEach, expect, test } from 'vitest';
import { resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/* The profile directory says how many members have a profile before the list is delivered. */

const { stand, hosted } = await standWithWorker();

const address = (i: number) => `a${i}@shop.be`;
const exported = () => stand.actito.exportNow('full');

/** Ten members with a profile each, which a full export lists. */
beforeEach(async () => {
  await resetStand(stand);
  await stand.warehouse.query(`truncate people;
    insert into people (email, spent) select 'a' || i || '@shop.be', i from generate_series(1, 10) i`);
  await stand.actito.seedContacts(Array.from({ length: 10 }, (_, i) => ({ emailAddress: address(i + 1) })));
  const columns = { profileId: 'profileId', emailAddress: 'emailAddress' };
  const full = 'full_$HH$mm$ss.csv';
  await stand.writeDestination({
    profiles: { export: { directory: '/exports', file: 'daily_*.csv', full: 'full_*.csv', columns } },
  });
  await stand.writeActivation({ list: { identifier: 'profileId' } });
  stand.actito.createExport({ name: 'full', kind: 'full', fileName: full, columns });
  await exported();
});

/** Profiles that were deleted since the export: their ids match nobody. */
const deleteProfiles = (count: number) => {
  for (let i = 1; i <= count; i++) stand.actito.deleteContact('emailAddress', address(i));
};
const failed = () =>
  hosted.run().then(
    () => expect.fail('the run should have failed'),
    (error: { cause: { type: string; message: string } }) => error.cause,
  );

test('a list of profile IDs that are all profiles succeeds', async () => {
  expect(await hosted.run()).toMatchObject({ list: { profiles: 10 }, counts: { members: 10, waiting: 0 } });
});

test('a list succeeds if half of its profiles still exist', async () => {
  deleteProfiles(5);
  expect(await hosted.run()).toMatchObject({ list: { profiles: 5 } });
});

test('a run fails if Actito targets less than half of the profiles that the directory matched, and says what to check', async () => {
  deleteProfiles(6);
  const { type, message } = await failed();
  expect(type).toBe('NobodyTargeted');
  expect(message).toContain(
    'The list "VIP" targets only 4 profiles: Actito retrieved it with 10 profile IDs from the exports of profiles.',
  );
  expect(message).toContain('accepts profile IDs as its identifiers');
  expect(message).toContain(
    `Check that the export is one of profile table ${stand.actito.profileTable.name} of entity ${stand.actito.entity}`,
  );
});

test('a run fails if Actito targets none of them', async () => {
  deleteProfiles(10);
  expect(await failed()).toMatchObject({
    type: 'NobodyTargeted',
    message: expect.stringContaining(
      'The list "VIP" targets nobody: Actito retrieved it with 10 profile IDs',
    ),
  });
});
