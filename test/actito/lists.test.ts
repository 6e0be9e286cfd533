import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createdBody } from '../../actito/contract.ts';
import { ownerOf } from '../../actito/lists/marker.ts';
import { provisionList } from '../../actito/lists/provision.ts';
import { readList } from '../../actito/lists/read.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { clientFor, definitionFor, failureOf, json, startScripted } from './support.ts';

const PLACE = { entity: 'shop', table: '16' };
const MARKER = '[actito-sync:vip]';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

function provision(activation: object = {}, delivery: object = {}) {
  const definition = definitionFor(simulator, activation, delivery);
  return provisionList(clientFor(simulator), PLACE, definition, { host: simulator.sftp.host });
}
const calls = (method: string, what: string) =>
  Object.entries(simulator.calls())
    .filter(([route]) => route.startsWith(`${method} `) && route.includes(what))
    .reduce((sum, [, count]) => sum + count, 0);

/** A list that a marketer, or another activation, has created. */
async function foreignList(description: string): Promise<void> {
  await provision({ description: 'the first owner' });
  const client = clientFor(simulator);
  const { id, fileSynchronizationId, identifierAttribute } = simulator.list('VIP')!;
  const body = { name: 'VIP', description, fileSynchronizationId, identifierAttribute, validityHours: 48 };
  await client.call({ method: 'PUT', route: 'list', parts: { ...PLACE, list: id }, json: body }, createdBody);
}

test('a list is created with our marker, its file, identifier and validity', async () => {
  const made = await provision({ description: 'Our best', list: { validity: '36h' } });
  expect(made).toMatchObject({ id: simulator.list('VIP')!.id, created: true });
  expect(simulator.list('VIP')).toMatchObject({
    description: `Our best ${MARKER}`,
    identifierAttribute: 'emailAddress',
    validityHours: 36,
    lastRetrievedFile: null,
  });
  expect(await readList(clientFor(simulator), PLACE, made.id)).toMatchObject({ id: made.id, name: 'VIP' });
});

test('an existing list is found again, and nothing is written', async () => {
  const { id } = await provision();
  expect(await provision()).toMatchObject({ id, created: false });
  expect([calls('POST', '/'), calls('PUT', '/')]).toEqual([2, 0]); // the synchronization and the list, once
  expect(simulator.lists()).toHaveLength(1);
});

test.each([
  ['validity', { list: { validity: '12h' } }, { validityHours: 12 }],
  ['description', { description: 'New' }, { description: `New ${MARKER}` }],
  [
    'identifier',
    { list: { identifier: { column: 'id', attribute: 'customerId' } } },
    { identifierAttribute: 'customerId' },
  ],
])('a changed %s is written to the existing list', async (_, activation, expected) => {
  const { id } = await provision();
  expect(await provision(activation)).toMatchObject({ id, created: false });
  expect(simulator.list('VIP')).toMatchObject(expected);
  expect(calls('PUT', 'external-target-lists')).toBe(1);
});

test.each([
  `Copied from another one ${MARKER.replace('vip', 'other')}`,
  '[actito-sync:other]',
  '[actito-sync:other] [actito-sync:x]',
  `${MARKER} ${MARKER}`,
])('a list remains ours if its description says %s', async (description) => {
  const { id } = await provision({ description });
  expect(await provision({ description })).toMatchObject({ id, created: false });
  expect(calls('PUT', 'external-target-lists')).toBe(0);
  expect(ownerOf(simulator.list('VIP')!)).toBe('vip');
});

test('a list that was created with a copied marker in its description is still ours', async () => {
  await foreignList(`Copied [actito-sync:other] ${MARKER}`);
  const { id } = simulator.list('VIP')!;
  expect(await provision()).toMatchObject({ id, created: false });
});

test('a description with our marker does not make the list of another activation ours', async () => {
  await provision({ description: MARKER });
  await foreignList(`${MARKER} [actito-sync:other]`);
  expect(await failureOf(provision())).toMatchObject({ type: 'ListConflict' });
});

test.each(['Made by hand', '', '[actito-sync:other]', '[actito-sync:vip2]'])(
  'a foreign list is rejected (%s), and stays unchanged',
  async (description) => {
    await foreignList(description);
    const before = simulator.list('VIP');
    const failure = await failureOf(provision());
    expect(failure).toMatchObject({ type: 'ListConflict', retryable: false });
    expect(failure.message).toContain('list.adopt: true');
    expect(simulator.list('VIP')).toEqual(before);
  },
);

test('a foreign list is adopted if the activation says so, and is ours from then on', async () => {
  await foreignList('Made by hand');
  const { id } = simulator.list('VIP')!;
  expect(await provision({ list: { adopt: true } })).toMatchObject({ id, created: false });
  expect(await provision()).toMatchObject({ id, created: false });
});

test.each(['/file-transfers', '/external-target-lists'])(
  'if the answer to a creation is lost (%s), the next attempt finds what was created',
  async (route) => {
    simulator.setFault('lostAnswer', { times: 1, route });
    expect(await failureOf(provision())).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
    await provision();
    expect(simulator.lists()).toHaveLength(1);
    expect(calls('POST', 'file-synchronizations')).toBe(1);
  },
);

test('two lists have one file each', async () => {
  await provision();
  await provision({ list: { name: 'Other' } });
  const [one, other] = simulator.lists();
  expect(one!.fileSynchronizationId).not.toBe(other!.fileSynchronizationId);
});

test('a list valid for minutes is valid for an hour, since Actito counts in hours', async () => {
  await provision({ list: { validity: '10m' } });
  expect(simulator.list('VIP')).toMatchObject({ validityHours: 1 });
});

/**
 * Actito with other file transfer locations than the simulator; it rejects creations, so that the test sees
 * the requests.
 */
async function withLocations(locations: object[], delivery: object = {}) {
  const asked: unknown[] = [];
  const server = await startScripted((request, response) => {
    const answer = (body: unknown) => json(200, body)(request, response);
    if (request.url!.endsWith('external-target-lists')) return answer({ externalTargetLists: [] });
    if (request.url!.endsWith('locations')) return answer({ fileTransferLocations: locations });
    if (request.method === 'GET') return answer({ fileSynchronizations: [] });
    request.on('data', (body: Buffer) => asked.push(JSON.parse(body.toString())));
    request.on('end', () => json(400, { message: 'enough seen' })(request, response));
  });
  const definition = definitionFor(simulator, {}, { directory: '/in', ...delivery });
  const failure = await failureOf(
    provisionList(clientFor(server), PLACE, definition, { host: 'files.shop.be' }),
  );
  await server.stop();
  return { failure, asked };
}
const OURS = { id: '7', name: 'Ours', host: 'files.shop.be', directory: 'in/' };
const OTHER = { id: '8', name: 'Other', host: 'files.shop.be', directory: '/other' };

test.each([
  ['the one with our host and folder', [OTHER, OURS], {}],
  ['the one that the configuration names', [OTHER, { ...OURS, host: null }], { location: 'Ours' }],
  ['the only one, if Actito knows the server by another name', [{ ...OURS, host: '10.0.0.1' }], {}],
])('the file comes from %s', async (_, locations, delivery) => {
  const { asked } = await withLocations(locations, delivery);
  expect(asked).toMatchObject([{ fileTransferLocationId: '7', fileName: 'VIP.csv' }]);
});

test.each([
  ['several fit', [OURS, { ...OURS, name: 'Twin' }], {}, /2 file transfer locations .* Ours, Twin\./],
  ['none fits', [OTHER, { ...OTHER, name: 'Third' }], {}, /no file transfer location .* Other, Third\./],
  ['no location exists', [], {}, /It has none at all\./],
  ['the named one is missing', [OURS], { location: 'Nowhere' }, /for Nowhere\. All locations: Ours\./],
])('if %s, the configuration must be completed', async (_, locations, delivery, message) => {
  const { failure, asked } = await withLocations(locations, delivery);
  expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
  expect(failure.message).toMatch(message);
  expect(failure.message).toContain('delivery.location');
  expect(asked).toEqual([]);
});
