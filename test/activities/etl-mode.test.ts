import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { startGateway } from '../support/gateway.ts';
import { resetStand } from '../support/stand.ts';

/* An ETL is read before its first use, because one in another mode than UPDATE_ONLY creates profiles. */

const { stand, runner } = await standWithRunner();
const READ = 'GET /mass-imports/v5/entities/{entity}/etls/{etl}';
const afterTest: (() => unknown)[] = [];

beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
  await stand.writeActivation({
    importMode: { etl: '12' },
    attributes: [
      { column: 'first_name', attribute: 'firstName' },
      { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
    ],
  });
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, first_name) values ('anna@shop.be', 'Anna'), ('new@shop.be', 'New')`,
  );
});
afterEach(async () => {
  for (const undo of afterTest.splice(0)) await undo();
});

type Mode = NonNullable<Parameters<typeof stand.actito.createEtl>[0]['mode']>;
const createEtl = (mode?: Mode) =>
  stand.actito.createEtl({
    id: '12',
    mode,
    key: 'emailAddress',
    columns: { emailAddress: 'emailAddress', firstName: 'firstName' },
  });
const spent = () => stand.actito.attributes().some(({ name }) => name === 'spent');
const reads = () => stand.actito.calls()[READ] ?? 0;

test.each<[Mode]>([['CREATE_UPDATE'], ['CREATE_ONLY']])(
  'an ETL in mode %s ends the run before anything is written, and no contact is created',
  async (mode) => {
    createEtl(mode);
    const { outcome, failure } = await runner.run();
    expect([outcome, failure?.type]).toEqual(['failed', 'ConfigurationInvalid']);
    expect(failure!.message).toContain(`contains the mode ${mode}, which creates profiles`);
    expect(await readdir(join(stand.actito.sftp.root, 'in'))).toEqual([]);
    expect([stand.actito.contactCount(), stand.actito.imports(), spent()]).toEqual([1, [], false]);
  },
);

test('a dry run reports that a run would refuse the ETL', async () => {
  createEtl('CREATE_UPDATE');
  const { plan } = await runner.run({ dryRun: true });
  expect(plan!.preview!.problems).toMatchObject([
    { reason: 'wouldFail', facts: { cause: { reason: 'etlCreates' } } },
  ]);
});

test('an ETL that does not exist ends the run before anything is written', async () => {
  const { outcome, failure } = await runner.run();
  expect([outcome, failure?.type]).toEqual(['failed', 'ConfigurationInvalid']);
  expect(failure!.message).toContain('The ETL 12 in importMode of activation vip does not exist in Actito');
  expect([stand.actito.imports(), spent()]).toEqual([[], false]);
});

test('the ETL is read once, and again after a change of the activation', async () => {
  createEtl();
  await stand.writeActivation({ importMode: { etl: '12' }, attributes: [] });
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded' });
  const first = reads(); // a call whose token has expired is counted, too
  expect(first).toBeGreaterThan(0);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded' });
  expect(reads()).toBe(first);
  await stand.writeActivation({ importMode: { etl: '12' }, attributes: [], description: 'Other' });
  await runner.run();
  expect(reads()).toBe(first + 1);
});

test('a page of a gateway is noted, and the next run reads the ETL again', async () => {
  createEtl('CREATE_UPDATE');
  await stand.writeActivation({ importMode: { etl: '12' }, attributes: [] });
  let isGateway = true;
  const gateway = await startGateway(stand.actito.apiUrl, (path, answered) =>
    isGateway && path.endsWith('/etls/12')
      ? { status: 200, type: 'text/html', body: Buffer.from('<html>Maintenance</html>') }
      : answered,
  );
  afterTest.push(() => gateway.stop());
  await stand.writeDestination({ baseUrl: gateway.url });

  const first = await runner.run();
  expect(first.outcome).toBe('succeeded');
  expect(first.provisioned!.notes.map(({ reason }) => reason)).toContain('etlModeUnclear');
  isGateway = false;
  const second = await runner.run();
  expect(second.failure?.message).toContain('contains the mode CREATE_UPDATE');
});
