import { beforeEach, expect, test } from 'vitest';
import type { ContractResult } from '../../contract/inspect.ts';
import { LIST, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { cli } from './support.ts';

/* `contract check` against the simulator, through a worker. */

const { stand, hosted } = await standWithWorker();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
});

const check = (...args: string[]) =>
  cli(['contract', 'check', 'actito', ...args], {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
  });
async function results(): Promise<Record<string, string>> {
  const { code, out, err } = await check('--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { checks } = JSON.parse(out) as ContractResult;
  return Object.fromEntries(checks.map(({ route, result }) => [route, result]));
}

/** Imports a member that has a profile, and one that has none. */
async function runOnce(): Promise<void> {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, first_name) values ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob')`,
  );
  await hosted.run();
}

test('before the first run, what needs an import or a list is not checked', async () => {
  expect(await results()).toMatchObject({
    token: 'asAssumed',
    entities: 'asAssumed',
    profileTables: 'asAssumed',
    profileTable: 'asAssumed',
    locations: 'asAssumed',
    synchronizations: 'asAssumed',
    lists: 'asAssumed',
    list: 'notChecked',
    execution: 'notChecked',
    executionResult: 'notChecked',
    etl: 'notChecked',
    executions: 'notChecked',
  });
});

test('after a run, its last import and its list are checked as well', async () => {
  await runOnce();
  expect(await results()).toMatchObject({
    execution: 'asAssumed',
    executionsByFile: 'notFound',
    executionResult: 'asAssumed',
    executionResultFile: 'asAssumed',
    list: 'asAssumed',
  });
});

test('nothing is written, and the list of the simulator is as before', async () => {
  await runOnce();
  const before = [stand.actito.list(LIST), stand.actito.imports().length, stand.actito.attributes()];
  await check();
  expect([stand.actito.list(LIST), stand.actito.imports().length, stand.actito.attributes()]).toEqual(before);
});

test('the report shows marks, paths, statuses, fields and settings, and nothing of the license or its people', async () => {
  await runOnce();
  stand.actito.changeLicence({ assumedRoutes: 404 });
  const { code, out, err } = await check();
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(
    /^Contract with Actito, checked by reading \(destination actito, an address that is not shown\)\n/,
  );
  expect(out).toMatch(/^✔ D token +200 {2}GET \/auth\/token$/m);
  expect(out).toMatch(/^✔ D execution +200 {2}GET \/mass-imports\/.*\{execution\}$/m);
  expect(out).toContain('The status of the last import is in the field status: WITH_ERROR.');
  expect(out).toMatch(/^ {6}fields: id, status, .*$/m);
  expect(out).toMatch(/^✖ A lists +404 {2}GET \/external-target-lists\/.*$/m);
  expect(out).toMatch(/^• D executions +– {2}POST \/mass-imports\/.*$/m);
  expect(out).toMatch(/^→ contract\.rowResults: none$/m);
  expect(out).toMatch(/^→ list\.provision: existing$/m);
  const { entity, profileTable, sftp, apiKey } = stand.actito;
  const own = [`"${entity}"`, profileTable.name, sftp.host, apiKey, LIST];
  for (const secret of [...own, 'anna', 'Anna', 'bob', 'firstName', 'city', '.csv'])
    expect(out, secret).not.toContain(secret);
});

test('no setting has to change because of routes of lists if the activations use lists created in Actito', async () => {
  stand.actito.changeLicence({ assumedRoutes: 404 });
  await stand.writeActivation({ list: { provision: 'existing' } });
  const { code, out, err } = await check();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^✖ A lists +404 /m);
  expect(out).toContain('No setting of the destination has to change.');
});

test('a route that fails, or a documented one that is missing, makes the command exit with 1', async () => {
  stand.actito.setFault('serverError', { route: '/entities' });
  expect(await check()).toMatchObject({ code: 1, err: '', out: expect.stringMatching(/^✖ D entities /m) });
  stand.actito.setFault('serverError', null);
  await stand.writeDestination({ contract: { paths: { entities: '/no-such-path' } } });
  const { code, out } = await check('--json');
  expect(code).toBe(1);
  const { checks } = JSON.parse(out) as ContractResult;
  expect(checks.find(({ route }) => route === 'entities')).toMatchObject({
    result: 'notFound',
    settings: [],
  });
});

test('an unknown destination is rejected with the nearest name', async () => {
  const { code, err } = await cli(['contract', 'check', 'actitoo'], {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
  });
  expect(code).toBe(2);
  expect(err).toContain('did you mean "actito"?');
});
