import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeInWords } from '../../../contract/probes.ts';
import { destination } from '../../support/stand.ts';
import { ALL, doctor, probes, stand, usualEnv, withDoctor } from './support.ts';

withDoctor();

test('if all is well, every line says so, and nothing is left behind anywhere', async () => {
  const { code, out, err } = await doctor();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines.pop()).toBe(`${ALL.length} probes passed.`);
  const probed = lines.filter((line) => !line.startsWith(' ')); // a probe can say several things, one below the other
  expect(probed.map((line) => line.split(/ {2,}/)[0])).toEqual(ALL.map((name) => `✔ ${name}`));
  expect(out).toMatch(/^✔ project folder +1 source, 1 destination, 1 activation$/m);
  expect(out).toMatch(/^✔ state database +PostgreSQL \d+\S*, schema up to date$/m);
  expect(out).toMatch(
    /^✔ Temporal +namespace default, with the search attributes Activation, RunPhase, RunOutcome$/m,
  );
  expect(out).toMatch(
    /^✔ source shop +connected; the timeout of a query is 15 minutes\n +guards and segment read one state of the data; the warehouse refuses writes$/m,
  );
  expect(out).toMatch(
    /^✔ attributes of vip +2 of 3 mapped attributes exist; the first run creates spent \(NUMBER\)$/m,
  );

  expect(await readdir(join(stand.actito.sftp.root, 'in'))).toEqual([]);
  expect(stand.actito.lists()).toEqual([]);
  expect(stand.actito.imports()).toEqual([]);
  expect(stand.actito.attributes().map(({ name }) => name)).not.toContain('spent');
});

test('--json prints the probes, and nothing else', async () => {
  const { ended, probes: told } = await probes();
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(told.map(({ name, ok, advice }) => ({ name, ok, advice }))).toEqual(
    ALL.map((name) => ({ name, ok: true, advice: undefined })),
  );
});

interface Broken {
  what: string;
  make: () => Promise<unknown> | void;
  /** The failed probes, in their order; the first of them says… */
  fail: string[];
  says: RegExp;
}

test.each<Broken>([
  {
    what: 'a source whose variable is not set',
    make: () => void delete stand.env.SHOP_URL,
    fail: ['source shop', 'segment of vip', 'attributes of vip'],
    says: /^ConfigurationInvalid: The environment variable SHOP_URL \(for connection\) is not set/,
  },
  {
    what: 'a source that refuses the login',
    make: () => {
      const url = new URL(stand.env.SHOP_URL!);
      url.username = 'nobody-of-that-name';
      stand.env.SHOP_URL = url.href;
    },
    fail: ['source shop', 'segment of vip', 'attributes of vip'],
    says: /^ConfigurationInvalid: The warehouse rejected the login .*SHOP_URL/,
  },
  {
    what: 'a segment that the warehouse does not understand',
    make: () => stand.writeActivation({ segment: { name: 'VIP', table: 'peple' } }),
    fail: ['segment of vip', 'attributes of vip'],
    says: /^SegmentQueryFailed: The segment's table peple does not exist, .*did you mean people\?/,
  },
  {
    what: 'a column that is not in the segment',
    make: () => stand.writeActivation({ attributes: [{ column: 'first', attribute: 'firstName' }] }),
    fail: ['segment of vip', 'attributes of vip'],
    says: /^MappingInvalid: The segment has no column "first"/,
  },
  {
    what: 'a wrong API key',
    make: () => void (stand.env.ACTITO_API_KEY = 'not-the-key-at-all'),
    fail: [
      'Actito key of actito',
      'profile table of actito',
      'lists of actito',
      'matching key of vip',
      'attributes of vip',
    ],
    says: /^ActitoUnauthorized: Actito answered 401 .*Check the API key/,
  },
  {
    what: 'an entity that the key may not see',
    make: () => stand.writeDestination({ entity: 'other' }),
    fail: [
      'Actito key of actito',
      'profile table of actito',
      'lists of actito',
      'matching key of vip',
      'attributes of vip',
    ],
    says: /^ConfigurationInvalid: This API key cannot see the entity "other"\. It can see shop\.$/,
  },
  {
    what: 'a profile table that does not exist',
    make: () => stand.writeDestination({ profileTable: 'Profils' }),
    fail: ['profile table of actito', 'lists of actito', 'matching key of vip', 'attributes of vip'],
    says: /^ConfigurationInvalid: Entity shop has no profile table Profils. Its profile tables are Profiles\.$/,
  },
  {
    what: 'lists that cannot be read',
    make: () => stand.actito.changeLicence({ assumedRoutes: 404 }),
    fail: ['lists of actito'],
    says: /^ActitoRefused: Actito answered 404 to GET lists/,
  },
  {
    what: 'a matching key that is not unique',
    make: () =>
      stand.writeActivation({
        matchingKey: { column: 'first_name', type: 'externalId', attribute: 'firstName' },
        attributes: [],
      }),
    fail: ['matching key of vip'],
    says: /^MappingInvalid: matchingKey\.attribute of vip: firstName is not unique/,
  },
  {
    what: 'an attribute that is missing and may not be created',
    make: () => stand.writeActivation({ attributes: [{ column: 'note', attribute: 'remark' }] }),
    fail: ['attributes of vip'],
    says: /^MappingInvalid: Profile table Profiles has no attribute remark/,
  },
  {
    what: 'a file server that refuses the password',
    make: () => void (stand.env.SFTP_PASSWORD = 'not-the-password'),
    fail: ['file server of actito'],
    says: /^DeliveryRefused: .*rejected the login/,
  },
  {
    what: 'a file server that forbids renaming',
    make: () => stand.actito.setFault('renameRefused', {}),
    fail: ['file server of actito'],
    says: /^DeliveryRefused: .*Add under delivery: in destinations\/actito\.yaml:\n {2}write: direct/,
  },
  {
    what: 'a folder that does not exist on the file server',
    make: () =>
      stand.writeDestination({
        delivery: { ...(destination(stand.actito).delivery as object), directory: '/nowhere' },
      }),
    fail: ['file server of actito'],
    says: /^DeliveryRefused: .* has no folder \/nowhere\. Check delivery\.directory\.$/,
  },
  {
    what: 'an outdated schema',
    make: () => stand.state.raw(`update knex_migrations set name = 'x' where name = 'schema.sql'`),
    fail: ['state database'],
    says: /^StateRefused: The schema of the state database lacks the migration schema.sql\. Restart the worker/,
  },
])('$what is reported with what to do, and all other probes run', async ({ make, fail, says }) => {
  await make();
  const { ended, probes: told } = await probes();
  await stand.state.raw(`update knex_migrations set name = 'schema.sql' where name = 'x'`);

  expect(ended).toMatchObject({ code: 1, err: '' });
  expect(told.map(({ name }) => name)).toEqual(ALL);
  const failed = told.filter(({ ok }) => !ok);
  expect(failed.map(({ name }) => name)).toEqual(fail);
  expect(probeInWords(failed[0]!).join('\n')).toMatch(says);
  for (const { advice } of failed) expect(advice?.message).toMatch(/\w/);
  const secrets = ['ACTITO_API_KEY', 'SFTP_PASSWORD', 'SHOP_URL'].flatMap((name) => [
    usualEnv[name],
    stand.env[name],
  ]);
  for (const secret of secrets) if (secret) expect(ended.out).not.toContain(secret);
  expect(await readdir(join(stand.actito.sftp.root, 'in'))).toEqual([]);
});

test('a revoked key is reported, although the worker still has a token', async () => {
  expect((await probes()).ended.code).toBe(0);
  stand.actito.setFault('unauthorized', { route: '/auth' });
  const { probes: told } = await probes();
  const key = told.find(({ name }) => name === 'Actito key of actito')!;
  expect(key).toMatchObject({ ok: false, advice: { message: expect.stringContaining('ACTITO_API_KEY') } });
  expect(probeInWords(key)[0]).toMatch(/^ActitoUnauthorized: Actito answered 401 to GET token.*revoked/);
});

test('a failed probe shows what to do behind an arrow', async () => {
  await stand.writeDestination({ entity: 'other' });
  const { code, out } = await doctor();
  expect(code).toBe(1);
  expect(out).toMatch(
    /^✖ Actito key of actito +ConfigurationInvalid: This API key cannot see the entity "other".*\n {4}→ Check ACTITO_API_KEY/m,
  );
  expect(out).toMatch(/\n5 of 13 probes failed\.\n$/);
});

test('a broken project folder on the side of the worker ends no other probe', async () => {
  await writeFile(join(stand.projectFolder, 'activations/vip.yaml'), 'nonsense: true\n');
  const { ended, probes: told } = await probes();
  expect(ended.code).toBe(1);
  const failed = told.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(['project folder']);
  expect(told.map(({ name }) => name)).toContain('source shop');
  expect(probeInWords(told[0]!).join('\n')).toContain('activations/vip.yaml:1 nonsense: unknown setting');
});
