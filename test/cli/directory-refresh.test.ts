import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ANSWERS } from '../../cli/json/answers.ts';
import { inspectWorkflowId, type DirectoryResult } from '../../contract/inspect.ts';
import { exportsFolder, exportText, profilesSetting } from '../support/exported.ts';
import { resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { cli } from './support.ts';

/* `directory refresh`, through a worker. */

const { stand, hosted } = await standWithWorker();
const folder = exportsFolder(stand);
beforeEach(async () => {
  await resetStand(stand);
  await folder.clear();
  await stand.writeDestination({ profiles: profilesSetting() });
  await stand.writeActivation({ list: { identifier: 'profileId' } });
});

const refresh = (...args: string[]) =>
  cli(['directory', 'refresh', ...args], {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
  });
const people = (...ids: number[]) => exportText(ids.map((id) => [String(id), `p${id}@shop.be`]));

test('it shows what was read, what was not and why, and the age of the directory', async () => {
  await folder.write('full_20260101.csv', people(1, 2));
  await folder.write('profiles_20260102.csv', `${people(3)}4;not an address\n`);
  await folder.write('profiles_20260103.csv', people(5).slice(0, -1));
  const { code, out, err } = await refresh('actito');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [title, age, ...rest] = out.trimEnd().split('\n');
  expect(title).toBe('Profile directory of destination actito');
  expect(age).toMatch(/^Profiles by emailAddress: newest export of \d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(rest).toEqual([
    '  ✔ full_20260101.csv (full): 2 profiles',
    '  ✔ profiles_20260102.csv (daily): 2 profiles, 1 with an unusable key',
    '  ! The export profiles_20260103.csv may still be growing, so the profile directory does not include it yet. The next run reads it.',
  ]);
  expect(out).not.toContain('shop.be');
});

test('before the first export and after the last one, it says that there is none', async () => {
  expect((await refresh('actito')).out).toBe(
    'Profile directory of destination actito\nProfiles by emailAddress: no export was read yet\n  No new export.\n',
  );
  await folder.write('full_20260101.csv', people(1));
  await refresh('actito');
  expect((await refresh('actito')).out).toMatch(/newest export of .*\n {2}No new export\.\n$/);
});

test('if an export is refused, it exits with 1; --json prints the answer of its schema, and nothing else', async () => {
  await folder.write('full_20260101.csv', people(1, 2));
  await folder.write('profiles_20260102.csv', 'profileId;emailAddress\n3\n');
  const { code, out, err } = await refresh('actito', '--json');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const answer = JSON.parse(out) as DirectoryResult;
  const { error } = (ANSWERS.directoryRefresh as z.ZodType).safeParse(answer);
  expect(error && z.prettifyError(error)).toBeUndefined();
  expect(answer).toMatchObject({
    destination: 'actito',
    directories: [
      {
        attribute: 'emailAddress',
        read: [{ file: 'full_20260101.csv', kind: 'full', profiles: 2, unusable: 0 }],
        notes: [{ reason: 'exportRefused', facts: { file: 'profiles_20260102.csv', full: false } }],
      },
    ],
  });
});

test('each matching key has a directory of its own', async () => {
  const columns = { profileId: 'profileId', emailAddress: 'emailAddress', customerId: 'customer' };
  await stand.writeDestination({ profiles: profilesSetting({ columns }) });
  const matchingKey = { column: 'customer_id', type: 'externalId', attribute: 'customerId' };
  await stand.writeActivation({ matchingKey, list: { identifier: 'profileId', name: 'Second' } }, 'second');
  await stand.writeActivation({ list: { identifier: 'profileId', name: 'Third' } }, 'third');
  await folder.write(
    'full_20260101.csv',
    'profileId;emailAddress;customer\n1;p1@shop.be;C-1\n2;p2@shop.be;\n',
  );
  const { directories } = JSON.parse((await refresh('actito', '--json')).out) as DirectoryResult;
  expect(directories.map(({ attribute, read }) => [attribute, read[0]!.profiles]).sort()).toEqual([
    ['customerId', 2],
    ['emailAddress', 2],
  ]);
});

test('--accept uses a full export with far fewer profiles, and only one that is on the server', async () => {
  await folder.write('full_20260101.csv', people(1, 2, 3));
  await refresh('actito');
  await folder.write('full_20260102.csv', people(3));
  const refused = await refresh('actito');
  expect(refused.code).toBe(1);
  expect(refused.out).toContain('directory refresh <destination> --accept full_20260102.csv');
  expect(refused.out).toContain('has 1 profile with a usable key, but 3 are known');
  const wrong = await refresh('actito', '--accept', 'full_20260109.csv');
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain('There is no full export full_20260109.csv on the file server');
  const accepted = await refresh('actito', '--accept', 'full_20260102.csv');
  expect(accepted.out).toContain('✔ full_20260102.csv (full): 1 profile\n');
});

test('a request that accepts an export does not join one that accepts none', () => {
  const request = { destination: 'actito', what: 'directory' } as const;
  const ids = [request, { ...request, accept: 'a.csv' }, { ...request, accept: 'b.csv' }];
  expect(new Set(ids.map(inspectWorkflowId)).size).toBe(3);
});

test('an export that cannot be used fails the command while the directory is empty', async () => {
  await folder.write('full_20260101.csv', 'profileId,emailAddress\n1,p1@shop.be\n');
  const { code, out, err } = await refresh('actito');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /^ExportInvalid: The profile directory is empty, because no export can be used\. .*comma/,
  );
});

test('a destination whose activations need no directory is an error', async () => {
  await stand.writeActivation();
  await stand.writeActivation({ list: { name: 'Second' } }, 'second');
  await stand.writeActivation({ list: { name: 'Third' } }, 'third');
  const { code, err } = await refresh('actito');
  expect(code).toBe(1);
  expect(err).toContain('No activation of destination actito needs the profile directory');
});

test('an unknown destination is rejected with the nearest name', async () => {
  const { code, err } = await refresh('actitoo');
  expect(code).toBe(2);
  expect(err).toContain('did you mean "actito"?');
});
