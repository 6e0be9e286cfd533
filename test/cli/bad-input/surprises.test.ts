import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import type { RunResult } from '../../../contract/result.ts';
import { pastForTests, seedPeople } from '../past/support.ts';

/* Correct commands with wrong variables, files, rights or tables of the worker. */

const past = pastForTests();
let usualEnv: NodeJS.ProcessEnv;
beforeEach(async () => {
  usualEnv ??= { ...past.stand.env };
  Object.assign(past.stand.env, usualEnv);
  await Promise.all([past.stand.writeSource(), past.stand.writeDestination()]);
  await seedPeople(past.stand);
});

const STRUCTURE = '/profile-table-structure';
const without = (name: string) => () => void delete past.stand.env[name];
const forbid = (route: string, method?: 'GET' | 'POST') => () =>
  past.stand.actito.setFault('forbidden', { route, method });

type Surprise = [what: string, make: () => unknown, says: string | RegExp, code?: number, line?: string];

test.each<Surprise>([
  // Environment variables where the worker runs
  [
    'no key',
    without('ACTITO_API_KEY'),
    'ConfigurationInvalid: The environment variable ACTITO_API_KEY (for apiKey) is not set. ',
  ],
  [
    'no password',
    without('SFTP_PASSWORD'),
    'ConfigurationInvalid: The environment variable SFTP_PASSWORD (for delivery.password) is not set. ',
  ],
  [
    'no warehouse',
    without('SHOP_URL'),
    'ConfigurationInvalid: The environment variable SHOP_URL (for connection) is not set. ',
  ],
  [
    'an empty key',
    () => (past.stand.env.ACTITO_API_KEY = ''),
    'The environment variable ACTITO_API_KEY (for apiKey) is empty. ',
  ],
  ['a warehouse with an invalid URL', () => (past.stand.env.SHOP_URL = 'hunter2'), 'ConfigurationInvalid: '],
  [
    'a port in words',
    () => past.stand.writeDestination({ delivery: { ...DELIVERY, port: { env: 'SFTP_PASSWORD' } } }),
    'SFTP_PASSWORD (for delivery.port) must be a port number from 1 to 65535.',
  ],
  // The project folder where the worker runs
  [
    'a broken file',
    () => write('activations/vip.yaml', 'nonsense: true\n'),
    'activations/vip.yaml:1 nonsense: unknown setting',
  ],
  [
    'a file that is not YAML',
    () => write('sources/shop.yaml', 'driver: [\n'),
    'ConfigurationInvalid: Activation vip cannot run because of',
  ],
  [
    'a missing source',
    () => past.stand.writeActivation({ source: 'shopp' }),
    /source: .*"shopp", did you mean "shop"\?/,
  ],
  [
    'an activation that is gone',
    () => rm(join(past.stand.projectFolder, 'activations/vip.yaml')),
    'InvalidActivation: The project has no activation "vip"; its folder activations/ is empty',
    EXIT.usage,
  ],
  // Rights in Actito
  [
    'a wrong key',
    () => (past.stand.env.ACTITO_API_KEY = 'hunter2'),
    /^ActitoUnauthorized: Actito answered 401 to GET token.*Check the API key: it is wrong, revoked or expired\./,
  ],
  [
    'a key that may not read the table',
    forbid(STRUCTURE),
    /^ActitoUnauthorized: Actito answered 403 to GET profileTables.* The API key lacks the permission\./,
  ],
  [
    'a key that may not create attributes',
    forbid(STRUCTURE, 'POST'),
    /^ActitoUnauthorized: Actito answered 403 to POST changeRequests.* The API key lacks the permission/,
  ],
  [
    'a key that may not read lists',
    forbid('/external-target-lists'),
    /^ActitoUnauthorized: Actito answered 403 to GET lists.* The API key lacks the permission/,
  ],
  [
    'a key that may not make lists',
    forbid('/external-target-lists', 'POST'),
    /^ActitoUnauthorized: Actito answered 403 to POST lists.* The API key lacks the permission/,
  ],
  [
    'attributes, by a key that may not read',
    forbid(STRUCTURE),
    /^ActitoUnauthorized: Actito answered 403 to GET profileTables/,
    EXIT.failed,
    'attributes actito',
  ],
  [
    'an entity that the key does not see',
    () => past.stand.writeDestination({ entity: 'other' }),
    /^ActitoRefused: Actito answered 404 to GET profileTables.* Check the names of the entity and the profile table/,
  ],
  [
    'a table that there is not',
    () => past.stand.writeDestination({ profileTable: 'Profile' }),
    'ConfigurationInvalid: Entity shop has no profile table Profile. Its profile tables are Profiles.',
  ],
  // The warehouse
  [
    'a table that is not there',
    () => past.stand.writeActivation({ segment: { name: 'VIP', table: 'poeple' } }),
    /^SegmentQueryFailed: .*poeple/,
  ],
  [
    'a column that is not there',
    () =>
      past.stand.writeActivation({
        matchingKey: { column: 'mail', type: 'email', attribute: 'emailAddress' },
      }),
    /^MappingInvalid: .*mail/,
  ],
])('%s: the run says so', async (_, make, says, code = EXIT.failed, line = 'run vip') => {
  await make();
  const ended = await past.ask(line.split(' '));
  expect(ended.err).toMatch(says);
  expect(ended.err + ended.out).not.toContain('hunter2');
  expect(ended.code).toBe(code);
  expect(past.stand.actito.lists()).toEqual([]);
});

test('an API key without the right to import removes no member: the run succeeds, and a note names the right', async () => {
  past.stand.actito.setFault('forbidden', { route: '/mass-imports', method: 'POST' });
  const { code, out } = await past.ask(['run', 'vip']);
  expect(code).toBe(0);
  expect(out).toMatch(
    /\n {2}note +Some attributes were not sent: Actito answered 403 to POST .* The API key lacks the permission\./,
  );
});

test('a stale plan is rejected with what has changed, and an applied plan with what to do', async () => {
  const { planHash } = await past.json<RunResult>(['plan', 'vip']);
  await past.stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  const stale = await past.ask(['run', 'vip', '--plan', planHash!]);
  expect(stale).toMatchObject({ code: EXIT.failed });
  expect(stale.err).toMatch(new RegExp(`^PlanStale: Plan ${planHash} \\(made 20\\S+Z\\) no longer matches`));
  const approved = await past.ask(['approve', 'vip', planHash!, '--reason', 'x']);
  expect(approved).toMatchObject({ code: EXIT.failed });
  expect(approved.err).toBe(
    `PlanUnknown: Plan ${planHash} of activation vip is not held, so there is nothing to approve or decline.\n`,
  );
});

const write = (file: string, text: string) => writeFile(join(past.stand.projectFolder, file), text);

const DELIVERY = {
  protocol: 'sftp',
  host: 'localhost',
  username: 'u',
  directory: '/in',
  hostKey: `SHA256:${'x'.repeat(43)}`,
  password: { env: 'SFTP_PASSWORD' },
};
