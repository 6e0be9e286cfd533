import { expect, test } from 'vitest';
import { readEtl } from '../../actito/imports/read-etl.ts';
import { startSimulator } from '../../simulator/start.ts';
import { clientFor, definitionFor, failureOf, json, startScripted, text } from './support.ts';

/* An ETL is read before its first use. The answer is not documented, so the modes are looked for anywhere in it. */

const simulator = await startSimulator({ pollInterval: 3_600_000 });
await simulator.stop();
const definition = definitionFor(simulator, { importMode: { etl: 12 } });

async function read(script: Parameters<typeof startScripted>[0]) {
  const server = await startScripted(script);
  try {
    return { reading: await readEtl(clientFor(server), definition), requests: server.requests.slice(1) };
  } finally {
    await server.stop();
  }
}
const notesOf = async (script: Parameters<typeof startScripted>[0]) =>
  (await read(script)).reading!.notes.map(({ message }) => message);

test('an ETL in mode UPDATE_ONLY may be used, and nothing else is said', async () => {
  expect(await read(json(200, { id: '12', mode: 'UPDATE_ONLY' }))).toEqual({
    reading: { updatesOnly: true, notes: [], asksAgain: false },
    requests: ['GET /mass-imports/v5/entities/shop/etls/12'],
  });
});

test.each([
  ['deep in it, in lower case', { steps: [{ load: { how: 'update_only' } }] }, true],
  ['as part of a name', { name: 'crm_update_only_v2', mode: 'INSERT_OR_UPDATE' }, false],
  ['as the name of a field', { UPDATE_ONLY: false }, false],
])('a description with UPDATE_ONLY %s: it counts only as a whole value', async (_, body, updatesOnly) => {
  const { reading } = await read(json(200, body));
  expect(reading).toMatchObject({ updatesOnly });
  expect(reading!.notes.map(({ reason }) => reason)).toEqual(updatesOnly ? [] : ['etlModeUnclear']);
});

test.each<[what: string, script: Parameters<typeof startScripted>[0], mode: string]>([
  ['in a field', json(200, { mode: 'CREATE_UPDATE' }), 'CREATE_UPDATE'],
  ['deep in it', json(200, { steps: [{ load: { options: ['x', { how: 'CREATE_ONLY' }] } }] }), 'CREATE_ONLY'],
  ['in lower case', json(200, { mode: 'create_only' }), 'CREATE_ONLY'],
  ['in the name of a field', json(200, { CREATE_UPDATE: true }), 'CREATE_UPDATE'],
  ['beside UPDATE_ONLY', json(200, { modes: ['UPDATE_ONLY', 'CREATE_UPDATE'] }), 'CREATE_UPDATE'],
  ['in an answer that is no JSON', text(200, '<etl mode="CREATE_ONLY"/>', 'application/xml'), 'CREATE_ONLY'],
  ['in JSON with escapes', text(200, '{"mode":"CREATE\\u005fUPDATE"}', 'application/json'), 'CREATE_UPDATE'],
])(
  'an ETL is refused if its description contains a mode that creates profiles %s',
  async (_, script, mode) => {
    const failure = await failureOf(read(script));
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false });
    expect(failure.message).toContain(
      `The ETL 12 in importMode of activation vip is not used: Actito's description of it contains the mode ${mode}, which ` +
        'creates profiles. actito-sync never creates a contact. Set the id of an ETL in mode UPDATE_ONLY in importMode',
    );
  },
);

test('an ETL that does not exist is a failure that names the ETL, the setting and the path', async () => {
  const failure = await failureOf(read(json(404, { message: 'no ETL' })));
  expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false, notDone: true });
  expect(failure.message).toContain(
    'The ETL 12 in importMode of activation vip does not exist in Actito (404 to GET etl).',
  );
  expect(failure.message).toContain('set contract.paths.etl');
});

const CHECK = 'Check in Actito that its mode is UPDATE_ONLY: an ETL in another mode creates profiles.';

test.each<[what: string, script: Parameters<typeof startScripted>[0], note: string]>([
  [
    'has no mode',
    json(200, { id: '12', name: 'Anna', columns: [{ header: 'x' }], 'anna@shop.be': 1 }),
    'The mode of ETL 12 is unknown: the response to GET etl contains none of UPDATE_ONLY, CREATE_ONLY and CREATE_UPDATE. ' +
      'It has the fields id, name, columns, columns[].header, ….',
  ],
  [
    'is no JSON',
    text(200, 'maintenance of Anna'),
    'The mode of ETL 12 is unknown: the response to GET etl contains none of UPDATE_ONLY, CREATE_ONLY and CREATE_UPDATE. ' +
      'It has no fields.',
  ],
  [
    'is forbidden',
    json(403, {}),
    'The mode of ETL 12 cannot be read: Actito answered 403 to GET etl. The API key lacks the permission.',
  ],
  [
    'is refused',
    json(400, {}),
    'The mode of ETL 12 cannot be read: Actito answered 400 to GET etl. The request is not valid, so it is not retried.',
  ],
])('an answer that %s is a note, and the ETL may be used', async (_, script, note) => {
  expect((await read(script)).reading).toMatchObject({ updatesOnly: false, asksAgain: false });
  expect(await notesOf(script)).toEqual([`${note} ${CHECK}`]);
});

test('an HTML page is a note, and the ETL is read again by the next run', async () => {
  const page = text(200, '<html>Sorry</html>', 'text/html');
  expect((await read(page)).reading).toMatchObject({ updatesOnly: false, asksAgain: true });
  expect(await notesOf(page)).toEqual([
    `The mode of ETL 12 is unknown, because the response to GET etl is an HTML page. ${CHECK}`,
  ]);
});

test.each([[429], [503]])('a call that Actito answers with %i is repeated', async (status) => {
  expect(await failureOf(read(json(status, {})))).toMatchObject({ retryable: true });
});

test('a key that Actito does not accept is a failure', async () => {
  expect(await failureOf(read(json(401, {})))).toMatchObject({ type: 'ActitoUnauthorized' });
});

test('a one-shot import has no ETL, and nothing is read', async () => {
  const server = await startScripted(json(500, {}));
  expect(await readEtl(clientFor(server), definitionFor(simulator))).toBeUndefined();
  expect(server.requests).toEqual([]);
  await server.stop();
});
