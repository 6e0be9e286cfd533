import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { destination } from '../../support/stand.ts';
import { ALL, doctor, probes, stand, withDoctor } from './support.ts';

withDoctor();

const extra = async (id: string, changes: object) => {
  const file = join(stand.projectFolder, `destinations/${id}.yaml`);
  await writeFile(file, stringify({ ...destination(stand.actito), ...changes }));
  afterTest.push(() => rm(file));
};
const createEtl = (mode: 'UPDATE_ONLY' | 'CREATE_UPDATE') =>
  stand.actito.createEtl({ id: '12', mode, key: 'emailAddress', columns: { emailAddress: 'emailAddress' } });
const afterTest: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of afterTest.splice(0)) await undo();
});

test('a destination is checked alone, and an activation with everything that it uses', async () => {
  await extra('other', {});
  const names = async (target: string) => (await probes([target])).probes.slice(4).map(({ name }) => name);
  expect(await names('other')).toEqual([
    'Actito key of other',
    'profile table of other',
    'lists of other',
    'file server of other',
    'clock of Actito (other)',
  ]);
  expect(await names('vip')).toEqual(ALL.slice(4));
});

test.each([
  { what: 'created by actito-sync, as one activation says', provisions: ['existing', 'api'], tried: true },
  { what: 'all created in Actito', provisions: ['existing'], tried: false },
])('lists $what: for a destination alone they are checked: $tried', async ({ provisions, tried }) => {
  stand.actito.changeLicence({ assumedRoutes: 404 });
  for (const [i, provision] of provisions.entries()) {
    const id = i === 0 ? 'vip' : `more-${i}`;
    await stand.writeActivation({ list: { name: id, provision } }, id);
    if (i > 0) afterTest.push(() => rm(join(stand.projectFolder, `activations/${id}.yaml`)));
  }
  const of = async (target: string) =>
    (await probes([target])).probes.filter(({ name }) => name.startsWith('lists')).map(({ ok }) => ok);
  expect(await of('actito')).toEqual(tried ? [false] : []);
  expect(await of('vip')).toEqual([]); // it does not need them itself
});

test.each([['vip'], []])(
  'a list or ETL that a person must create in Actito is reported, and fails nothing (doctor %s)',
  async (...target) => {
    await stand.writeActivation({
      list: { name: 'Gold club', provision: 'existing' },
      importMode: { etl: 12 },
    });
    stand.actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
    createEtl('UPDATE_ONLY');
    const { code, out } = await doctor(target);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^• list of vip +The external target list "Gold club" must exist in Actito; .* profile table Profiles, .*Gold-club\.csv/m,
    );
    expect(out).toMatch(
      /^• ETL of vip +Actito's description of ETL 12 contains the mode UPDATE_ONLY\.\n +ETL 12 must .* UPDATE_ONLY, match on emailAddress, .* emailAddress, city, firstName, spent /m,
    );
    expect(out).toMatch(
      /\n12 probes passed\. Lines with • cannot be checked automatically: compare them in Actito\.\n$/,
    );
    expect(
      (await probes(target)).probes.filter(({ told }) => told).map(({ name, ok }) => [name, ok]),
    ).toEqual([
      ['list of vip', true],
      ['ETL of vip', true],
    ]);
  },
);

test('an ETL that does not exist, or creates profiles, fails, and an unreadable mode is reported', async () => {
  await stand.writeActivation({ importMode: { etl: 12 } });
  const probe = async () => (await probes(['vip'])).probes.find(({ name }) => name === 'ETL of vip')!;
  expect(await probe()).toMatchObject({
    ok: false,
    type: 'ConfigurationInvalid',
    says: [{ reason: 'etlUnknown', message: expect.stringContaining('(404 to GET etl)') }],
    advice: { message: expect.stringContaining('importMode in activations/vip.yaml') },
  });
  createEtl('CREATE_UPDATE');
  expect(await probe()).toMatchObject({ ok: false, says: [{ reason: 'etlCreates' }] });
  // Another path of the license, whose answer says nothing about the mode.
  await stand.writeDestination({
    contract: { paths: { etl: '/profile-table-structure/v5/entities/{entity}/profile-tables/16?etl={etl}' } },
  });
  expect(await probe()).toMatchObject({
    ok: true,
    told: true,
    says: [{ reason: 'etlModeUnclear' }, { reason: 'etlRequired' }, { reason: 'whereEtlsAre' }],
  });
});

test("a clock that differs from the worker's is reported with the difference, whatever else is wrong", async () => {
  const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(404, { Date: anHourAgo }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterTest.push(async () => server.close());
  await extra('late', { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

  const { probes: told } = await probes(['late']);
  const named = (name: string) => told.find((probe) => probe.name === name)!;
  expect(named('clock of Actito (late)')).toMatchObject({
    ok: false,
    type: 'ConfigurationInvalid',
    says: [
      {
        reason: 'clockTooFarApart',
        message: expect.stringMatching(/^The clock is 3[56]\d\d s behind the worker's/),
      },
    ],
    advice: { message: expect.stringContaining('NTP') },
  });
  expect(named('Actito key of late').ok).toBe(false);
  expect(named('file server of late').ok).toBe(true);
});

test('a target that is not in the project is rejected with the nearest name', async () => {
  const { code, out, err } = await doctor(['actitoo']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('has no destination or activation "actitoo", did you mean "actito"?');
});

test('a target that only the worker does not know is a failed probe', async () => {
  const mine = join(stand.projectFolder, '..', `mine-${process.pid}`);
  for (const kind of ['sources', 'destinations', 'activations'])
    await mkdir(join(mine, kind), { recursive: true });
  afterTest.push(() => rm(mine, { recursive: true }));
  await writeFile(join(mine, 'destinations/new.yaml'), stringify(destination(stand.actito)));
  const { code, out } = await doctor(['new'], { env: { ACTITO_SYNC_PROJECT: mine } });
  expect(code).toBe(1);
  expect(out).toContain(`The worker's project has no destination or activation "new"`);
  expect(out).toMatch(/\n1 of 4 probes failed\.\n$/);
});
