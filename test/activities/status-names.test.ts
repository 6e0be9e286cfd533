import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { directRunner } from '../support/direct-run.ts';
import { startGateway } from '../support/gateway.ts';
import { resetStand, startStand, type Stand } from '../support/stand.ts';

/*
 * An Actito with other names for the states of an import: the simulator behind a server that replaces them.
 */

const WORDS: Record<string, string> = { RUNNING: 'IN_REVIEW', WITH_ERROR: 'PARTLY' };
const EXECUTION = /^\/mass-imports\/.*\/etl-executions\/\d+$/;

let stand: Stand;
let runner: Awaited<ReturnType<typeof directRunner>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let asked = 0;
const logged: LogEntry[] = [];
beforeAll(async () => {
  stand = await startStand();
  runner = await directRunner(stand, new DefaultLogger('WARN', (entry) => logged.push(entry)));
  gateway = await startGateway(stand.actito.apiUrl, (path, answered) => {
    if (!EXECUTION.test(path)) return answered;
    asked++;
    const body = answered.body
      .toString()
      .replace(/"status":"(\w+)"/, (_, word: string) => `"status":"${WORDS[word] ?? word}"`);
    return { ...answered, body: Buffer.from(body) };
  });
});
afterAll(async () => {
  await runner?.close();
  gateway?.stop();
  await stand?.dispose();
});
beforeEach(async () => {
  await resetStand(stand);
  logged.length = 0;
  asked = 0;
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, city) values ('anna@shop.be', 'Gent'), ('x@shop.be', 'Gent')`,
  );
});
const contract = (more: object = {}) => stand.writeDestination({ baseUrl: gateway.url, contract: more });

test('an unknown status means that the import is still running, and is logged once', async () => {
  await contract({ statusNames: { PARTLY: 'withErrors' } });
  stand.actito.setFault('importsStuck', { times: 1 });
  const running = runner.run();
  await until('several requests arrived', async () => asked >= 4);
  stand.actito.setFault('importsStuck', null);
  expect(await running).toMatchObject({ outcome: 'succeeded', counts: { updated: 1, unmatched: 1 } });
  expect(logged.map(({ message }) => message)).toEqual([
    'Actito reported the unknown status "IN_REVIEW"; the import counts as still running. If the status is final, add it to contract.statusNames of the ' +
      'destination. If another field has the status, set contract.statusField.',
  ]);
});

test('a status that the contract explains is not logged', async () => {
  await contract({ statusNames: { PARTLY: 'withErrors', IN_REVIEW: 'running' } });
  stand.actito.setFault('importsStuck', { times: 1 });
  const running = runner.run();
  await until('several requests arrived', async () => asked >= 3);
  stand.actito.setFault('importsStuck', null);
  expect(await running).toMatchObject({ outcome: 'succeeded', counts: { updated: 1, unmatched: 1 } });
  expect(logged).toEqual([]);
});

test('an unknown final status is shown to people who wait for the run', async () => {
  await contract();
  const { failure } = await runner.run();
  expect(failure?.type).toBe('ImportPending');
  expect(failure!.message).toContain('unknown status "PARTLY"');
  expect(failure!.message).toContain('contract.statusNames');
});
